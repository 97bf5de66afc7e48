import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import { type Allowance, Authority, allowed, type Caller, type ScopeAlternatives } from '../../src/access/index.ts';
import { kernelErrors, NOWHERE, type TenantRef } from '../../src/kernel/index.ts';
import { type KnownTenant, tenantErrors } from '../../src/tenants/index.ts';
import type { GraphContext } from '../context.ts';
import { objectTypesOf } from '../object-types.ts';
import { idPathsOf, idTreeOf, tenantOfArguments } from './field-tenant.ts';
import { alternativesOf, type OwnedBy } from './requires-scopes.ts';

type Field = GraphQLField<unknown, GraphContext>;
type Row = Readonly<Record<string, unknown>>;

/** A guarded type: the permissions that its objects require, and the properties that name their owner. */
interface TypeGuard {
  readonly name: string;
  readonly alternatives: ScopeAlternatives;
  readonly tenantProperty: string;
  readonly accountProperty: string | null;
}

const refusal = (caller: Caller) =>
  caller.kind === 'anonymous' ? kernelErrors.UNAUTHENTICATED() : kernelErrors.FORBIDDEN();

/**
 * Says what the caller may do in a tenant. Fields and the translation layer use it.
 * @param tenant Null when it does not exist: then only callers with reach `all` pass, and learn that.
 * @throws UNAUTHENTICATED, FORBIDDEN
 */
export function authorise(caller: Caller, tenant: TenantRef | null, alternatives: ScopeAlternatives): Allowance {
  const allowance = allowed(caller, tenant ?? NOWHERE, alternatives);
  if (allowance === null) throw refusal(caller);
  return allowance;
}

function guardOf(type: GraphQLObjectType): TypeGuard | null {
  const alternatives = alternativesOf(type.astNode);
  if (alternatives === null) return null;
  const owned = (type.extensions['ownedBy'] ?? {}) as OwnedBy;
  return {
    name: type.name,
    alternatives,
    tenantProperty: owned.tenant ?? 'tenantId',
    accountProperty: owned.account === undefined ? 'userId' : owned.account,
  };
}

/** The account that a row belongs to; undefined when its type belongs to no account. */
function accountOf(guard: TypeGuard | null, row: Row): unknown {
  const property = guard === null ? 'userId' : guard.accountProperty;
  return property === null ? undefined : row[property];
}

/** Throws unless the caller may see this object: its tenant and, for reach `self`, its account must be the caller's. */
function checkObject(guard: TypeGuard, row: Row, context: GraphContext): void {
  const { caller } = context;
  if (caller.kind === 'system') return;
  const tenantId = row[guard.tenantProperty] as string;
  const tenant =
    caller.tenant !== null && caller.tenant.id === tenantId ? caller.tenant : ({ id: tenantId } as TenantRef);
  const allowance = authorise(caller, tenant, guard.alternatives);
  if (allowance.reach !== 'self') return;
  const account = accountOf(guard, row);
  if (account === undefined || account === null || account !== caller.userId) throw kernelErrors.FORBIDDEN();
}

type ObjectCheck = (value: unknown, context: GraphContext) => void;

/** The check for the result of a field; null when no type that it can return is guarded. */
function resultCheck(schema: GraphQLSchema, field: Field, guards: ReadonlyMap<string, TypeGuard>): ObjectCheck | null {
  const type = getNamedType(field.type);
  if (isObjectType(type)) {
    const guard = guards.get(type.name);
    return guard === undefined ? null : (value, context) => checkObject(guard, value as Row, context);
  }
  if (!isAbstractType(type)) return null;
  const possible = new Map(
    schema.getPossibleTypes(type).flatMap(({ name }) => (guards.has(name) ? [[name, guards.get(name)!]] : [])),
  );
  if (possible.size === 0) return null;
  return (value, context) => {
    const guard = possible.get((value as { __typename?: string }).__typename ?? '');
    if (guard !== undefined) checkObject(guard, value as Row, context);
  };
}

/** Applies a check to what a resolver returned: an object, a list, or a promise of either. A refused list item becomes its error. */
function checked(result: unknown, check: ObjectCheck, context: GraphContext): unknown {
  if (result === null || result === undefined || result instanceof Error) return result;
  if (typeof (result as PromiseLike<unknown>).then === 'function') {
    return (result as PromiseLike<unknown>).then((value) => checked(value, check, context));
  }
  if (Array.isArray(result)) {
    return result.map((item) => {
      try {
        return checked(item, check, context);
      } catch (error) {
        return error;
      }
    });
  }
  check(result, context);
  return result;
}

function derive(context: GraphContext, authority: Authority): GraphContext {
  // A copy costs a fifth of `Object.create`, and every guarded field makes one.
  return { ...context, authority };
}

/** The context of a root field: finds its tenant, checks that the caller may act there and sets the authority. */
function rootContext(
  context: GraphContext,
  tenant: KnownTenant | null,
  alternatives: ScopeAlternatives | null,
): GraphContext {
  const { caller } = context;
  if (alternatives === null) {
    // A public field works without a tenant; one that needs a tenant calls `requireTenant`.
    if (tenant !== null) context.tenants.set(tenant.id, tenant);
    return derive(context, new Authority(caller, tenant as unknown as TenantRef, 'self'));
  }
  if (caller.kind === 'system' && tenant !== null) {
    context.tenants.set(tenant.id, tenant);
    return derive(context, Authority.system(caller, tenant));
  }
  const allowance = authorise(caller, tenant, alternatives);
  if (tenant === null) throw kernelErrors.NOT_FOUND({ message: 'The tenant does not exist.' });
  if (!tenant.enabled && allowance.reach !== 'all') throw tenantErrors.TENANT_DISABLED();
  context.tenants.set(tenant.id, tenant);
  return derive(context, new Authority(caller, tenant, allowance.reach, allowance.only));
}

/**
 * A root field enters its tenant before it is resolved. A subscription does so when it begins and again for each item,
 * which is executed in a separate context: permissions of the caller and the state of the tenant are checked again.
 */
function guardRoot(field: Field, check: ObjectCheck | null): void {
  const alternatives = alternativesOf(field.astNode);
  const ids = idTreeOf(idPathsOf(field.args));
  const enter = (args: Row, context: GraphContext): GraphContext | Promise<GraphContext> => {
    // Before the arguments are looked at, which takes time for each of their items.
    if (alternatives !== null && context.caller.kind === 'anonymous') throw kernelErrors.UNAUTHENTICATED();
    const tenant = tenantOfArguments(ids, args, context);
    if (tenant instanceof Promise) return tenant.then((found) => rootContext(context, found, alternatives));
    return rootContext(context, tenant, alternatives);
  };
  const { resolve = defaultFieldResolver, subscribe } = field;
  if (subscribe !== undefined)
    field.subscribe = async (source, args, context, info) => subscribe(source, args, await enter(args, context), info);
  field.resolve = (source, args, context, info) => {
    const entered = enter(args, context);
    const run = (inner: GraphContext) => {
      const result = resolve(source, args, inner, info);
      return check === null ? result : checked(result, check, context);
    };
    return entered instanceof Promise ? entered.then(run) : run(entered);
  };
}

/** Mutations of one operation run one after another (October 2021, section 6.2.2), so clear the loaders before each. */
function renewing(field: Field): void {
  // `guardRoot` gave it a resolver.
  const resolve = field.resolve!;
  field.resolve = (source, args, context, info) => {
    context.loaders.renew();
    return resolve(source, args, context, info);
  };
}

/** A field of an object that has a directive: the authority is for the object's tenant and account. */
function guardField(parent: TypeGuard | null, field: Field, check: ObjectCheck | null): void {
  const alternatives = alternativesOf(field.astNode);
  if (alternatives === null && check === null) return;
  const resolve = field.resolve ?? ((source: unknown) => (source as Row)[field.name]);
  field.resolve = (source, args, context, info) => {
    const inner = alternatives === null ? context : fieldContext(parent, source as Row, context, alternatives);
    const result = resolve(source, args, inner, info);
    return check === null ? result : checked(result, check, context);
  };
}

function fieldContext(
  parent: TypeGuard | null,
  row: Row,
  context: GraphContext,
  alternatives: ScopeAlternatives,
): GraphContext {
  const { caller } = context;
  const tenantId = row[parent?.tenantProperty ?? 'tenantId'] as string;
  const known =
    context.tenants.get(tenantId) ?? (caller.tenant?.id === tenantId ? caller.tenant : ({ id: tenantId } as TenantRef));
  if (caller.kind === 'system') return derive(context, Authority.system(caller, known));
  const allowance = authorise(caller, known, alternatives);
  const authority = new Authority(caller, known, allowance.reach, allowance.only);
  if (allowance.reach === 'self') authority.requireAccount(String(accountOf(parent, row) ?? ''));
  return derive(context, authority);
}

/**
 * Enforces the directives: root fields get their tenant and authority, guarded fields and objects are checked.
 * Fields that return nothing guarded keep their resolver, so that lists of plain values have no extra cost.
 */
export function enforceScopes(schema: GraphQLSchema): GraphQLSchema {
  const objects = objectTypesOf(schema);
  const guards = new Map<string, TypeGuard>();
  for (const type of objects) {
    const guard = guardOf(type);
    if (guard !== null) guards.set(type.name, guard);
  }
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  for (const type of objects) {
    for (const field of Object.values(type.getFields()) as Field[]) {
      const check = resultCheck(schema, field, guards);
      if (roots.has(type)) guardRoot(field, check);
      else guardField(guards.get(type.name) ?? null, field, check);
    }
  }
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) renewing(field as Field);
  return schema;
}
