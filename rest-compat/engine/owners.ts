import type { GraphQLSchema } from 'graphql';
import type { ScopeAlternatives } from '../../src/access/index.ts';
import type { BodyKind } from './body.ts';
import type { Dialect, IssuerKind } from './dialect.ts';
import type { OperationDocument } from './document.ts';
import { findFaultsOfTables } from './error-tables.ts';
import type { DialectErrors } from './fault.ts';
import type { Lookup } from './lookup.ts';
import { loadOperation, noOperation, type Operation } from './operation.ts';
import { type PathPattern, PathTable, parsePattern, writeShape } from './paths.ts';
import { documentsOf, type Method, pathsOf, type Route } from './route.ts';
import { faultsOfTenant } from './tenant.ts';

/** A row that is ready to run, for one of its paths. */
export interface Row {
  readonly route: Route;
  readonly pattern: PathPattern;
  readonly operation: Operation;
  readonly lookups: readonly LoadedLookup[];
  /** What the root fields of all its documents demand of the caller. */
  readonly demands: readonly ScopeAlternatives[];
  /** The kinds of body that it accepts; none if it takes no body. */
  readonly bodies: readonly BodyKind[];
  /** Whether the row declares the header with the end user's address. */
  readonly namesEndUser: boolean;
}

/** A lookup whose document is ready to run. */
export interface LoadedLookup {
  readonly name: string;
  readonly lookup: Lookup;
  readonly operation: Operation;
}

/** A prefix with the rows below it. */
export interface Owner {
  readonly dialect: Dialect;
  readonly errors: DialectErrors;
  readonly api: string;
  /** Value of `$issuerKind`; null if no document of the rows declares it. */
  readonly issuerKind: IssuerKind | null;
  /** `Origin.basePath` of its requests. */
  readonly basePath: string;
  readonly constants: Readonly<Record<string, string>>;
  /** Whether the leftmost label of the host names the tenant. */
  readonly isNamedByHost: boolean;
  /** `Mount.jsonType`; null if it has none. */
  readonly jsonType: string | null;
  /** Whether it owns only the paths of its rows. */
  readonly isExact: boolean;
  readonly prefix: PathPattern;
  readonly tables: ReadonlyMap<Method, PathTable<Row>>;
}

/** Finds the row of a method and path; HEAD finds the row of GET, unless that changes something: looking must use nothing up. */
export function findRow(owner: Owner, method: string, segments: readonly string[]): Row | null {
  const isHead = method === 'HEAD';
  const row = owner.tables.get((isHead ? 'GET' : method) as Method)?.find(segments, owner.prefix.shape.length) ?? null;
  return isHead && row?.operation.isMutation === true ? null : row;
}

/** The methods of a path, including HEAD and OPTIONS; empty when the path does not exist. */
export function methodsOf(owner: Owner, segments: readonly string[]): string[] {
  const methods: string[] = [...owner.tables]
    .filter(([, table]) => table.find(segments, owner.prefix.shape.length) !== null)
    .map(([method]) => method);
  if (methods.length === 0) return [];
  return [...methods, ...(findRow(owner, 'HEAD', segments) === null ? [] : ['HEAD']), 'OPTIONS'];
}

/** Prefixes by their first segment, the most specific first: `/t/{tenant}/blitz` before `/t/{tenant}`. */
export class Owners {
  readonly #byFirst = new Map<string, Owner[]>();
  /** Those that begin with a parameter. */
  readonly #last: Owner[] = [];

  /** @throws Error The message lists every fault of the dialects' rows, documents and error tables. */
  constructor(dialects: readonly Dialect[], schema: GraphQLSchema, constants: Readonly<Record<string, string>> = {}) {
    const faults: string[] = [];
    const owners = dialects.flatMap((dialect) => {
      faults.push(...findFaultsOfTables(dialect));
      return ownersOf(dialect, schema, faults).map((owner) => ({
        ...owner,
        constants: { ...constants, ...owner.constants },
      }));
    });
    for (const owner of owners) this.#add(owner);
    for (const list of this.#byFirst.values()) list.sort(byParticularity);
    faults.push(...owners.flatMap((owner) => this.#hiddenRowsOf(owner)));
    if (faults.length > 0) throw new Error(`The translation layer cannot start:\n${faults.join('\n')}`);
  }

  #add(owner: Owner): void {
    const first = owner.prefix.shape[0];
    if (typeof first !== 'string' && !owner.isExact)
      throw new Error('The prefix of a mount begins with a literal, or the mount is exact.');
    if (typeof first !== 'string') this.#last.push(owner);
    else this.#byFirst.set(first, [...(this.#byFirst.get(first) ?? []), owner]);
  }

  /** Finds the owner of a path; null if it has none. */
  find(segments: readonly string[]): Owner | null {
    return ownerIn(this.#byFirst.get(segments[0]!) ?? [], segments) ?? ownerIn(this.#last, segments);
  }

  /** The rows of an owner whose paths another owner takes, whatever the values of their parameters are. */
  #hiddenRowsOf(owner: Owner): string[] {
    const { dialect, prefix, tables } = owner;
    return [...tables].flatMap(([method, table]) =>
      table.shapes().flatMap((shape) => {
        const other = this.find([...prefix.shape, ...shape].map((part) => (typeof part === 'string' ? part : ANY)));
        if (other === owner || other === null) return [];
        const path = writeShape([...prefix.shape, ...shape]);
        return [`${dialect.name} ${method} ${path}: it is hidden by the mount ${writeShape(other.prefix.shape)}.`];
      }),
    );
  }

  /** First segments of all prefixes: none of them may be the name of a tenant. */
  firstSegments(): string[] {
    return [...this.#byFirst.keys()];
  }
}

/** Stands for the value of a parameter, which equals no literal. */
const ANY = '{}';

/** Finds the first owner of a path in a list. */
function ownerIn(list: readonly Owner[], segments: readonly string[]): Owner | null {
  for (const owner of list)
    if (begins(owner.prefix.shape, segments) && (!owner.isExact || methodsOf(owner, segments).length > 0)) return owner;
  return null;
}

function begins(shape: PathPattern['shape'], segments: readonly string[]): boolean {
  if (segments.length < shape.length) return false;
  return shape.every((part, at) => (part === null ? segments[at] !== '' : part === segments[at]));
}

function byParticularity(a: Owner, b: Owner): number {
  const literals = ({ prefix }: Owner) => prefix.shape.filter((part) => part !== null).length;
  return b.prefix.shape.length - a.prefix.shape.length || literals(b) - literals(a);
}

function bodiesOf({ input = {}, formAsJson }: Route): readonly BodyKind[] {
  if (input.body !== undefined) return ['json'];
  if (input.form !== undefined) return formAsJson === true ? ['form', 'json'] : ['form'];
  return input.text === undefined ? [] : ['text'];
}

/** Those after which a browser sends a GET; with 307 it would repeat a POST with its credentials (RFC 9700 section 4.12). */
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([302, 303]);

function ownersOf(dialect: Dialect, schema: GraphQLSchema, faults: string[]): Owner[] {
  const operations = new Map<OperationDocument, Operation | null>();
  const operationOf = (document: OperationDocument): Operation | null => {
    if (!operations.has(document)) operations.set(document, loaded(schema, dialect, document, faults));
    return operations.get(document)!;
  };
  return dialect.mounts.map((mount) => {
    const { prefix, routes, errors = dialect.errors, api = dialect.api, issuerKind = null, constants = {} } = mount;
    const { basePath = '' } = mount;
    const isNamedByHost = mount.tenantIn === 'host-label';
    if (isNamedByHost && prefix.includes('{'))
      faults.push(`${dialect.name} ${prefix}: both the prefix and the host name the tenant.`);
    const tables = new Map<Method, PathTable<Row>>();
    for (const route of routes) {
      const operation = documentsOf(route).includes(route.operation)
        ? operationOf(route.operation)
        : noOperation(route.tenant !== 'none');
      const lookups = Object.entries(route.lookups ?? {}).flatMap(([name, lookup]): LoadedLookup[] => {
        const loaded = operationOf(lookup.operation);
        return loaded === null ? [] : [{ name, lookup, operation: loaded }];
      });
      if (operation === null) continue;
      const demands = [operation, ...lookups.map((lookup) => lookup.operation)].flatMap((one) => one.demands);
      const namesEndUser = route.input?.headers?.shape['x-forwarded-for'] !== undefined;
      for (const path of pathsOf(route)) {
        const pattern = parsePattern(path);
        const wrong = [
          ...faultsOfTenant(route, pattern, operation.declaresTenant),
          ...Object.keys(route.missing ?? {})
            .filter((root) => !operation.nullableRoots.includes(root) && route.lookups?.[root] === undefined)
            .map((root) => `neither a root field nor a lookup that may be missing is called "${root}".`),
          ...(operation.declaresIssuerKind && issuerKind === null
            ? [`the document ${route.operation.name} declares $issuerKind, and the mount has no issuer kind.`]
            : []),
          ...(route.reply.as === 'browser' && !REDIRECT_STATUSES.has(route.reply.status)
            ? [`a row for browsers redirects with 303 or 302, not ${route.reply.status}.`]
            : []),
        ];
        faults.push(...wrong.map((fault) => `${dialect.name} ${route.method} ${prefix}${path}: ${fault}`));
        const table = tables.get(route.method) ?? new PathTable<Row>();
        tables.set(route.method, table);
        table.add(pattern.shape, {
          route,
          pattern,
          operation,
          lookups,
          demands,
          bodies: bodiesOf(route),
          namesEndUser,
        });
      }
    }
    return {
      dialect,
      errors,
      api,
      issuerKind,
      basePath,
      constants,
      isNamedByHost,
      isExact: mount.exact === true,
      jsonType: mount.jsonType ?? null,
      prefix: parsePattern(prefix),
      tables,
    };
  });
}

function loaded(
  schema: GraphQLSchema,
  dialect: Dialect,
  document: OperationDocument,
  faults: string[],
): Operation | null {
  try {
    return loadOperation(schema, document);
  } catch (error) {
    faults.push(`${dialect.name} ${(error as Error).message}`);
    return null;
  }
}
