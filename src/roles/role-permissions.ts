import { type Grant, PermissionSet } from '../access/index.ts';
import type { SecurityEvent } from '../events/index.ts';
import { ReadCache } from '../persistence/index.ts';
import type { EffectiveRole, EffectiveRoleStore } from './effective.store.ts';
import { grantsOf } from './escalation.ts';
import type { HolderKind } from './role.entity.ts';

/** What the roles of one holder come to. */
export interface HeldRoles {
  /** Every role held in the own tenant, those inside other roles included. */
  readonly roles: readonly EffectiveRole[];
  readonly permissions: PermissionSet;
  /**
   * What roles granted on another tenant allow there, by that tenant's id: nothing beyond that tenant, and nothing at home
   * (model.md section 2, rule 8). Only holders in `master` have any.
   */
  readonly elsewhere: ReadonlyMap<string, PermissionSet>;
}

const NOTHING: HeldRoles = { roles: [], permissions: PermissionSet.none, elsewhere: new Map() };

/** Holders kept: a handful of roles each, about 4 KB with their permission set, so 40 MB at most. */
const CAPACITY = 10_000;
const MAX_AGE_MS = 5_000;

/** A grant on one other tenant: reach `all` shrinks to that tenant, and there is no own account there. */
function narrowed(grants: readonly Grant[]): Grant[] {
  return grants.filter(({ reach }) => reach !== 'self').map((grant) => ({ ...grant, reach: 'tenant' as const }));
}

function toHeldRoles(tenantId: string, rows: readonly EffectiveRole[]): HeldRoles {
  if (rows.length === 0) return NOTHING;
  const byTenant = Map.groupBy(rows, (row) => row.onTenantId);
  const roles = byTenant.get(tenantId) ?? [];
  byTenant.delete(tenantId);
  const grants = (held: readonly EffectiveRole[]) => grantsOf(held.flatMap(({ permissions }) => permissions));
  const elsewhere = [...byTenant].map(([id, held]) => [id, new PermissionSet(narrowed(grants(held)))] as const);
  return { roles, permissions: new PermissionSet(grants(roles)), elsewhere: new Map(elsewhere) };
}

/** Events after which everybody's roles in a tenant may have changed. */
const TENANT_WIDE: ReadonlySet<string> = new Set(['role.updated', 'role.deleted', 'group.updated', 'group.deleted']);

/** What users and clients may do through their roles, from a bounded cache that events keep true. */
export class RolePermissions {
  readonly #store: EffectiveRoleStore;
  readonly #cache = new ReadCache<HeldRoles>({ max: CAPACITY, ttlMs: MAX_AGE_MS });

  constructor(store: EffectiveRoleStore) {
    this.#store = store;
  }

  /** What a user's roles allow in its own tenant. */
  ofUser(tenantId: string, userId: string): PermissionSet | Promise<PermissionSet> {
    return permissionsOf(this.heldBy(tenantId, 'user', userId));
  }

  /** What a client's roles allow in its own tenant. @param clientUuid `clients.id`. */
  ofClient(tenantId: string, clientUuid: string): PermissionSet | Promise<PermissionSet> {
    return permissionsOf(this.heldBy(tenantId, 'client', clientUuid));
  }

  /** The roles themselves, and what they allow here and elsewhere. */
  heldBy(tenantId: string, kind: HolderKind, holderId: string): HeldRoles | Promise<HeldRoles> {
    const load = async () => (await this.heldByMany(tenantId, kind, [holderId])).get(holderId) ?? NOTHING;
    return this.#cache.get(`${tenantId} ${kind} ${holderId}`, load) as HeldRoles | Promise<HeldRoles>;
  }

  /** For loaders: one statement for any number of holders, past the cache. Every id has an entry. */
  async heldByMany(
    tenantId: string,
    kind: HolderKind,
    holderIds: readonly string[],
  ): Promise<ReadonlyMap<string, HeldRoles>> {
    const rows = Map.groupBy(await this.#store.rolesOf(tenantId, kind, holderIds), (row) => row.holderId);
    return new Map(holderIds.map((id) => [id, toHeldRoles(tenantId, rows.get(id) ?? [])]));
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    const tenants = new Set<string>();
    const holders = new Set<string>();
    for (const event of events) {
      const { type, tenantId, subjectId, params } = event;
      const isGroupGrant = type.startsWith('role_grant.') && params['holderKind'] === 'group';
      if (TENANT_WIDE.has(type) || isGroupGrant) tenants.add(tenantId);
      else if (type.startsWith('role_grant.')) holders.add(`${tenantId} ${params['holderKind']} ${params['holderId']}`);
      else if (type.startsWith('group_member.') || type === 'user.deleted')
        holders.add(`${tenantId} user ${subjectId}`);
    }
    if (tenants.size === 0 && holders.size === 0) return;
    this.#cache.drop((key) => holders.has(key) || tenants.has(key.slice(0, key.indexOf(' '))));
  };
}

function permissionsOf(held: HeldRoles | Promise<HeldRoles>): PermissionSet | Promise<PermissionSet> {
  return held instanceof Promise ? held.then(({ permissions }) => permissions) : held.permissions;
}
