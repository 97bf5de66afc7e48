import { kernelErrors, type TenantRef } from '../kernel/index.ts';
import type { Caller } from './caller.ts';
import {
  covers,
  type Permission,
  type PermissionGrant,
  type PermissionSet,
  parseScope,
  type Reach,
} from './permissions.ts';

/**
 * What the caller may do in one tenant. The directives of the schema compute it once per field, and every service takes it
 * as its first argument. A service uses nothing else to decide about permissions.
 */
export class Authority {
  readonly caller: Caller;
  /** The tenant the operation acts on. */
  readonly tenant: TenantRef;
  /** The widest reach that one of the field's alternatives gives. */
  readonly reach: Reach;
  /** When the permission is narrowed: the objects it is held for. Null = not narrowed. */
  readonly only: readonly string[] | null;

  constructor(caller: Caller, tenant: TenantRef, reach: Reach, only: readonly string[] | null = null) {
    this.caller = caller;
    this.tenant = tenant;
    this.reach = reach;
    this.only = only;
  }

  /** The authority of the service itself in one tenant, for work that no caller asked for. */
  static system(caller: Caller, tenant: TenantRef): Authority {
    return new Authority(caller, tenant, 'all');
  }

  /**
   * Does nothing unless only the caller's own account is in reach.
   * @throws FORBIDDEN The account is another one, or the caller is no user.
   */
  requireAccount(userId: string): void {
    if (this.reach !== 'self' || this.isOwnAccount(userId)) return;
    throw kernelErrors.FORBIDDEN({ detail: "not the caller's own account" });
  }

  /** Whether an account of the tenant is the caller's own: the same id may belong to another account in another tenant. */
  isOwnAccount(userId: string): boolean {
    return this.caller.userId === userId && !this.isForeign;
  }

  /** @throws FORBIDDEN The permission is narrowed to other objects than this one. */
  requireOnly(name: string): void {
    if (this.only !== null && !this.only.includes(name))
      throw kernelErrors.FORBIDDEN({ detail: 'narrowed to other objects' });
  }

  /**
   * Whether the caller holds all of these in this tenant. Required of callers who grant them, because a caller may grant
   * only what it holds.
   */
  holds(grants: Iterable<PermissionGrant>): boolean {
    if (this.caller.kind === 'system') return true;
    const { permissions, least } = powersIn(this.caller, this.tenant);
    for (const grant of grants) {
      const needed = covers(grant.reach, least) ? grant : { ...grant, reach: least };
      if (!permissions.includes(needed)) return false;
    }
    return true;
  }

  /**
   * Whether the caller holds every permission that an account holds with more than reach `self`. Only such a caller may act
   * as that account or weaken its credentials.
   */
  matches(held: PermissionSet): boolean {
    // Only a shorter way to the same answer, for administrators.
    if (this.caller.permissions.holdsEverything) return true;
    return this.holds([...held.grants()].filter(({ reach }) => reach !== 'self'));
  }

  /** Whether the operation acts on a tenant other than the caller's own. */
  get isForeign(): boolean {
    return this.caller.tenant?.id !== this.tenant.id;
  }

  /** The same caller and tenant with another reach, for nested checks of one request. */
  withReach(reach: Reach, only: readonly string[] | null = null): Authority {
    return new Authority(this.caller, this.tenant, reach, only);
  }
}

/** The directive's argument: alternatives, each a list of scopes that must all be held. */
export type ScopeAlternatives = readonly (readonly string[])[];

/** What one alternative gives a caller: a reach, or nothing. */
export interface Allowance {
  readonly reach: Reach;
  readonly only: readonly string[] | null;
}

function allowanceOf(permissions: PermissionSet, scopes: readonly string[], needed: Reach): Allowance | null {
  let result: Allowance | null = null;
  for (const scope of scopes) {
    const grant = parseScope(scope);
    if (grant === null) return null;
    const one = single(permissions, grant.permission, covers(grant.reach, needed) ? grant.reach : needed);
    if (one === null) return null;
    result = result === null ? one : narrower(result, one);
  }
  return result;
}

function single(permissions: PermissionSet, permission: Permission, least: Reach): Allowance | null {
  const reach = permissions.reachOf(permission);
  if (reach !== null && covers(reach, least)) return { reach, only: null };
  const only = permissions.onlyOf(permission, least);
  return only.length === 0 ? null : { reach: least, only };
}

function narrower(a: Allowance, b: Allowance): Allowance {
  const reach = covers(a.reach, b.reach) ? b.reach : a.reach;
  if (a.only === null) return { reach, only: b.only };
  if (b.only === null) return { reach, only: a.only };
  return { reach, only: a.only.filter((name) => b.only!.includes(name)) };
}

/** The permissions that count for a caller in one tenant, and the reach that they must have at least. */
interface Powers {
  readonly permissions: PermissionSet;
  readonly least: Reach;
}

/**
 * In a tenant other than the caller's own only reach `all` counts (docs/tenancy.md, rule 4), and what roles on that tenant
 * allow (rule 8). The caller has no account there, so nothing of reach `self` counts.
 */
function powersIn({ tenant: own, permissions, elsewhere }: Caller, tenant: TenantRef | null): Powers {
  if (tenant === null || own?.id === tenant.id) return { permissions, least: 'self' };
  const granted = elsewhere?.get(tenant.id);
  return granted === undefined ? { permissions, least: 'all' } : { permissions: granted, least: 'tenant' };
}

/** What a caller may do in a tenant, each permission with its reach. */
export function permissionsOn(caller: Caller, tenant: TenantRef | null): PermissionGrant[] {
  const { permissions, least } = powersIn(caller, tenant);
  return [...permissions.grants()].filter(({ reach }) => covers(reach, least));
}

/** What the alternatives of a directive give this caller in this tenant: the widest allowance, or null. */
export function allowed(caller: Caller, tenant: TenantRef | null, alternatives: ScopeAlternatives): Allowance | null {
  const { permissions, least } = powersIn(caller, tenant);
  let best: Allowance | null = null;
  for (const scopes of alternatives) {
    const allowance = allowanceOf(permissions, scopes, least);
    if (allowance === null) continue;
    if (best === null || wider(allowance, best)) best = allowance;
  }
  return best;
}

function wider(a: Allowance, b: Allowance): boolean {
  if ((a.only === null) !== (b.only === null)) return a.only === null;
  return !covers(b.reach, a.reach);
}
