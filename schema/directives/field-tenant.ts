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

/**
 * The route in the ids below a value.
 * @param before The route in the ids that were read before.
 * @throws TENANT_AMBIGUOUS
 */
function routeAt(value: unknown, path: IdPath, at: number, before: string | null): string | null {
  if (value === null || value === undefined) return before;
  if (Array.isArray(value)) {
    let route = before;
    for (const item of value) route = routeAt(item, path, at, route);
    return route;
  }
  if (at < path.length) return routeAt((value as Record<string, unknown>)[path[at]!], path, at + 1, before);
  // Bare ids name no tenant. The resolver that reads the value refuses it when it is not an id.
  if (typeof value !== 'string' || !isGlobalId(value)) return before;
  const { route } = parseGlobalId(value, path.join('.'))!;
  if (before !== null && before !== route) throw tenantErrors.TENANT_AMBIGUOUS();
  return route;
}

function routeIn(paths: readonly IdPath[], args: Readonly<Record<string, unknown>>): string | null {
  let route: string | null = null;
  for (const path of paths) route = routeAt(args, path, 0, route);
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
  paths: readonly IdPath[],
  args: Readonly<Record<string, unknown>>,
  context: GraphContext,
): KnownTenant | null | Promise<KnownTenant | null> {
  const { directory } = context.services;
  const name = tenantNameIn(args);
  const route = routeIn(paths, args);
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
