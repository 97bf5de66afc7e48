import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { type KnownTenant, tenantErrors } from '../../src/tenants/index.ts';
import type { GraphContext } from '../context.ts';
import { isGlobalId, parseGlobalId } from '../global-id.ts';

/** Path to an id in a field's arguments: names from the argument inwards. Input objects are followed four levels deep. */
type IdPath = readonly string[];

const isList = (type: GraphQLInputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);

function pathsIn(name: string, type: GraphQLInputType, depth: number): IdPath[] {
  const named = getNamedType(type);
  if (named.name === 'ID') return [[name]];
  if (!isInputObjectType(named) || depth > 4 || (isList(type) && depth > 3)) return [];
  return Object.values(named.getFields()).flatMap((field) =>
    pathsIn(field.name, field.type, depth + 1).map((path) => [name, ...path]),
  );
}

/** Every path to an id in a field's arguments; collected once, when the schema is built. */
export function idPathsOf(args: readonly GraphQLArgument[]): readonly IdPath[] {
  return args.flatMap((arg) => pathsIn(arg.name, arg.type, 0));
}

/** The members of a value on paths to ids. */
interface IdNode {
  /** The path from the arguments to here. */
  readonly path: string;
  readonly below: Map<string, IdNode>;
  isId: boolean;
}

const newNode = (path: string): IdNode => ({ path, below: new Map(), isId: false });

/** Paths to ids, with what they have in common once: a value is then walked once, however many paths lead through it. */
export function idTreeOf(paths: readonly IdPath[]): IdNode {
  const root = newNode('');
  for (const path of paths) {
    let node = root;
    for (const name of path) {
      const inner = node.below.get(name) ?? newNode(node === root ? name : `${node.path}.${name}`);
      node.below.set(name, inner);
      node = inner;
    }
    node.isId = true;
  }
  return root;
}

/**
 * The route in the ids below a value.
 * @param before The route in the ids that were read before.
 * @throws TENANT_AMBIGUOUS
 */
function routeAt(value: unknown, node: IdNode, before: string | null): string | null {
  if (value === null || value === undefined) return before;
  if (Array.isArray(value)) return value.reduce<string | null>((route, item) => routeAt(item, node, route), before);
  if (node.isId) return routeOf(value, node.path, before);
  let route = before;
  for (const [name, inner] of node.below) route = routeAt((value as Record<string, unknown>)[name], inner, route);
  return route;
}

/** Bare ids name no tenant. The resolver that reads the value refuses it when it is not an id. */
function routeOf(value: unknown, path: string, before: string | null): string | null {
  if (typeof value !== 'string' || !isGlobalId(value)) return before;
  const { route } = parseGlobalId(value, path)!;
  if (before !== null && before !== route) throw tenantErrors.TENANT_AMBIGUOUS();
  return route;
}

function tenantNameIn(args: Readonly<Record<string, unknown>>): string | null {
  const own = args['tenant'] ?? (args['input'] as { tenant?: unknown } | null | undefined)?.tenant;
  return typeof own === 'string' ? own : null;
}

/**
 * The tenant of a root field: the one in its argument, else the one in its global ids, else the caller's
 * (docs/architecture.md).
 * Null when the named tenant does not exist, or when none is named and the caller has none.
 * @throws TENANT_AMBIGUOUS The argument and an id, or two ids, name different tenants.
 */
export function tenantOfArguments(
  ids: IdNode,
  args: Readonly<Record<string, unknown>>,
  context: GraphContext,
): KnownTenant | null | Promise<KnownTenant | null> {
  const { directory } = context.services;
  const name = tenantNameIn(args);
  const route = routeAt(args, ids, null);
  if (name === null && route === null) {
    const own = context.caller.tenant;
    return own === null ? null : directory.byId(own.id);
  }
  if (name === null) return directory.byRoute(route!);
  const named = directory.byName(name);
  if (route === null) return named;
  return Promise.resolve(named).then((tenant) => {
    if (tenant === null || tenant.route !== route) throw tenantErrors.TENANT_AMBIGUOUS();
    return tenant;
  });
}

/** The tenant of a public field that needs one. @throws TENANT_REQUIRED No tenant is named, or it does not exist; TENANT_DISABLED */
export function requireTenant(context: GraphContext): KnownTenant {
  const ref = context.authority.tenant as KnownTenant | null;
  const tenant = ref === null ? undefined : context.tenants.get(ref.id);
  if (tenant === undefined) throw tenantErrors.TENANT_REQUIRED();
  if (!tenant.enabled) throw tenantErrors.TENANT_DISABLED();
  return tenant;
}
