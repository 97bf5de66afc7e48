import type { IncomingHttpHeaders } from 'node:http';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Dialect, openApiOf } from '../../rest-compat/engine/index.ts';
import { rawForms } from '../../rest-compat/index.ts';
import { OAUTH_FORMS } from '../../src/server/registry/oauth-forms.ts';

export interface Content {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface DescribedAnswer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, object>>;
  readonly content?: Readonly<Record<string, Content>>;
}

export interface DescribedParameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly DescribedParameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, DescribedAnswer>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly 'x-spec': string;
  readonly 'x-graphql': { readonly operation: string; readonly document: string };
}

export interface ApiDescription {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<
      Record<string, { readonly flows?: Readonly<Record<string, { readonly tokenUrl: string }>> }>
    >;
  };
}

/** The options of the descriptions that tests read. */
export const DESCRIBED_AT = {
  publicUrl: 'https://id.example.com',
  defaultTenant: 'master',
  rawForms: rawForms(OAUTH_FORMS),
} as const;

export const describeApi = (dialect: Dialect): ApiDescription =>
  openApiOf(dialect, DESCRIBED_AT) as unknown as ApiDescription;

/** An operation with its method and path. */
export interface PlacedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: DescribedOperation;
}

export const operationsOf = ({ paths }: ApiDescription): PlacedOperation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

/** Validates values against the schemas of a description. A schema that is not of draft 2020-12 throws. */
export class SchemaChecker {
  readonly #ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
  readonly #components: object;
  readonly #compiled = new Map<object, ValidateFunction>();

  constructor({ components: { schemas } }: ApiDescription) {
    this.#components = { schemas };
    addFormats.default(this.#ajv);
    // Include the components in each schema, so that `#/components/schemas/...` is found.
    this.#ajv.addKeyword('components');
  }

  /** The faults of a value; null when it has none. */
  faultsOf(schema: object, value: unknown): string | null {
    const validate = this.#compiled.get(schema) ?? this.#ajv.compile({ ...schema, components: this.#components });
    this.#compiled.set(schema, validate);
    return validate(value) ? null : this.#ajv.errorsText(validate.errors);
  }
}

/** The prefix that the rows of a dialect have for a tenant that the path names. */
const TENANT_PREFIX = /^(\/\.well-known\/oauth-authorization-server)?\/t\/[^/]+(?=\/blitz)/;

const patternOf = (template: string): RegExp =>
  new RegExp(`^${template.replace(/[.+]/g, '\\$&').replace(/\{[^}]*\}/g, '[^/]+')}$`);

/** An operation with the paths that are its own. */
interface FoundOperation extends PlacedOperation {
  readonly pattern: RegExp;
}

/** Literal segments come before parameters. */
const byLiterals = (a: PlacedOperation, b: PlacedOperation): number =>
  (a.path.match(/\{/g)?.length ?? 0) - (b.path.match(/\{/g)?.length ?? 0);

/** What is compared of an answer. */
export interface CheckedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

/** Checks that a service answers as its descriptions allow. */
export class AnswerChecker {
  readonly #apis: readonly { readonly operations: readonly FoundOperation[]; readonly schemas: SchemaChecker }[];

  constructor(dialects: readonly Dialect[]) {
    this.#apis = dialects.map(describeApi).map((api) => ({
      operations: operationsOf(api)
        .sort(byLiterals)
        .map((placed) => ({ ...placed, pattern: patternOf(placed.path) })),
      schemas: new SchemaChecker(api),
    }));
  }

  /** How an answer differs from the description of its row; null when it does not, or when there is no such row. */
  departureOf(method: string, target: string, answer: CheckedAnswer): string | null {
    const path = target.replace(/[?#].*$/, '').replace(TENANT_PREFIX, '$1');
    for (const { operations, schemas } of this.#apis) {
      const placed = operations.find((one) => one.method === method && one.pattern.test(path));
      if (placed === undefined) continue;
      const fault = faultOf(placed.operation, schemas, answer);
      return fault === null ? null : `${method} ${placed.path} answered ${answer.status} ${answer.text}: ${fault}`;
    }
    return null;
  }
}

function faultOf({ responses }: DescribedOperation, schemas: SchemaChecker, answer: CheckedAnswer): string | null {
  const described = responses[answer.status];
  if (described === undefined) return 'the status is not described.';
  const type = answer.headers['content-type']?.split(';')[0];
  const contents = Object.keys(described.content ?? {});
  if (answer.text === '') return null;
  const content = described.content?.[type ?? ''];
  if (content === undefined) return `the content type ${type} is not among ${contents.join(', ')}.`;
  return type?.endsWith('json') === true ? schemas.faultsOf(content.schema, answer.json) : null;
}
