import { type Authority, type PermissionGrant, PermissionSet } from '../access/index.ts';
import { type ChangeFeed, type EventCatalogue, lifetimesBy, type SecurityEvent } from '../events/index.ts';
import { ReadCache } from '../persistence/index.ts';
import { TENANT_ADMINISTRATOR_PERMISSIONS } from './administration.ts';
import type { EffectiveRole, EffectiveRoleStore } from './effective.store.ts';
import { parsePermissions, widened } from './escalation.ts';
import { holderEvents } from './holder.events.ts';
import type { HolderKind } from './role.entity.ts';

/** The roles of one holder and the permissions they give. */
export interface HeldRoles {
  /** Every role held in the holder's own tenant, including those inside other roles. */
  readonly roles: readonly EffectiveRole[];
  readonly permissions: PermissionSet;
  /**
   * What roles granted on another tenant allow there, by that tenant's id. They allow nothing outside that tenant
   * (docs/tenancy.md, rule 8). Only holders in `master` have any.
   */
  readonly elsewhere: ReadonlyMap<string, PermissionSet>;
}

const NOTHING: HeldRoles = { roles: [], permissions: PermissionSet.none, elsewhere: new Map() };

/** What makes a user an administrator of its tenant, by whatever roles. */
const ADMINISTRATION = parsePermissions(TENANT_ADMINISTRATOR_PERMISSIONS);

/**
 * One permission of administrators that few other roles give, with the wider reach of the same: only those who hold it are
 * compared with all the others.
 */
const RARE: readonly string[] = ['right:revoke', 'right:revoke:all'];
/** A list of administrators takes about 2 KB for each. Of the users with the rare permission, an id takes about 50 bytes. */
const MAX_ADMINISTRATORS = 1_000;
const MAX_CANDIDATES = 10_000;
const ASKED_AT_ONCE = 500;

/**
 * Most cached holders, and bytes of all: a holder takes about 300, each of its roles about 1,000, and the permissions on each other
 * tenant about 5,000.
 */
const CAPACITY = 50_000;
const MAX_BYTES = 40 * 1024 * 1024;
const HOLDER_BYTES = 300;
const ROLE_BYTES = 1_000;
const ELSEWHERE_BYTES = 5_000;

const bytesOf = ({ roles, elsewhere }: HeldRoles): number =>
  HOLDER_BYTES + ROLE_BYTES * roles.length + ELSEWHERE_BYTES * elsewhere.size;

/**
 * Grants as they apply on one other tenant: reach `all` becomes that tenant, and reach `self` is dropped because the holder
 * has no account there.
 */
function narrowed(grants: readonly PermissionGrant[]): PermissionGrant[] {
  return grants.filter(({ reach }) => reach !== 'self').map((grant) => ({ ...grant, reach: 'tenant' as const }));
}

function toHeldRoles(tenantId: string, rows: readonly EffectiveRole[]): HeldRoles {
  if (rows.length === 0) return NOTHING;
  const byTenant = Map.groupBy(rows, (row) => row.onTenantId);
  const roles = byTenant.get(tenantId) ?? [];
  byTenant.delete(tenantId);
  const grants = (held: readonly EffectiveRole[]) => parsePermissions(held.flatMap(({ permissions }) => permissions));
  const elsewhere = [...byTenant].map(([id, held]) => [id, new PermissionSet(narrowed(grants(held)))] as const);
  return { roles, permissions: new PermissionSet(grants(roles)), elsewhere: new Map(elsewhere) };
}

/** Events that give holders more roles. They end no access, so `ends` of the event catalogue does not cover them. */
const GAINS: ReadonlySet<string> = new Set([
  holderEvents['role_grant.added'].name,
  holderEvents['group_member.added'].name,
]);

/** Entries to drop: those of the whole tenant, or of one holder. */
type Stale = { readonly kind: 'tenant' } | { readonly kind: 'holder'; readonly holder: string };

function findGaining({ subjectId, params }: SecurityEvent): Stale {
  if (subjectId !== null) return { kind: 'holder', holder: `user ${subjectId}` };
  if (params['holderKind'] !== 'client') return { kind: 'tenant' };
  return { kind: 'holder', holder: `client ${params['holderId']}` };
}

/** The entries to drop after an event. Events of sessions, tokens and client records do not change roles. */
function findStale(event: SecurityEvent, catalogue: EventCatalogue): Stale | null {
  if (GAINS.has(event.type)) return findGaining(event);
  const ended = catalogue.readEndedAccess(event);
  if (ended?.kind === 'tenant') return { kind: 'tenant' };
  if (ended?.kind !== 'subject' || ended.userId === null) return null;
  return { kind: 'holder', holder: `user ${ended.userId}` };
}

/** What users and clients may do through their roles, from a bounded cache that events invalidate. */
export class RolePermissions {
  readonly #store: EffectiveRoleStore;
  readonly #catalogue: EventCatalogue;
  readonly #cache: ReadCache<HeldRoles>;
  readonly #narrowed = new WeakMap<HeldRoles, WeakMap<ReadonlySet<string>, PermissionSet>>();

  /** @param feed Absent: entries live for five seconds. */
  constructor(store: EffectiveRoleStore, catalogue: EventCatalogue, feed?: ChangeFeed) {
    this.#cache = new ReadCache<HeldRoles>({
      max: CAPACITY,
      size: { max: MAX_BYTES, of: bytesOf },
      ...lifetimesBy(feed),
      groupOf: (key) => key.slice(0, key.indexOf(' ')),
    });
    this.#catalogue = catalogue;
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
    return this.#cache.get(`${tenantId} ${kind} ${holderId}`, load);
  }

  /** For loaders: one statement for any number of holders, without the cache. Every id has an entry. */
  async heldByMany(
    tenantId: string,
    kind: HolderKind,
    holderIds: readonly string[],
  ): Promise<ReadonlyMap<string, HeldRoles>> {
    const rows = Map.groupBy(await this.#store.rolesOf(tenantId, kind, holderIds), (row) => row.holderId);
    return new Map(holderIds.map((id) => [id, toHeldRoles(tenantId, rows.get(id) ?? [])]));
  }

  /** What those of the roles of a holder allow in its own tenant whose ids are in a set. */
  within(held: HeldRoles, roleIds: ReadonlySet<string>): PermissionSet {
    const known = this.#narrowed.get(held) ?? new WeakMap<ReadonlySet<string>, PermissionSet>();
    const found = known.get(roleIds);
    if (found !== undefined) return found;
    const roles = held.roles.filter(({ roleId }) => roleIds.has(roleId));
    const permissions = new PermissionSet(parsePermissions(roles.flatMap((role) => role.permissions)));
    this.#narrowed.set(held, known.set(roleIds, permissions));
    return permissions;
  }

  /**
   * For loaders: those of the users who administer their tenant, because their roles, also those of groups and inside other
   * roles, allow all that `tenant-administrator` allows.
   */
  async administratorsAmong(tenantId: string, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const held = await this.heldByMany(tenantId, 'user', userIds);
    return new Set(userIds.filter((id) => held.get(id)!.permissions.includesAll(ADMINISTRATION)));
  }

  /**
   * Public ids of the users who administer the tenant, in the order of their usernames: at most 1,000. The caller of this
   * method must check the permission to read them.
   */
  async administratorsOf(tenantId: string): Promise<string[]> {
    const asked = await this.#store.usersWithAny(tenantId, RARE, MAX_CANDIDATES);
    const found: string[] = [];
    for (let at = 0; at < asked.length && found.length < MAX_ADMINISTRATORS; at += ASKED_AT_ONCE) {
      const part = asked.slice(at, at + ASKED_AT_ONCE);
      const administrators = await this.administratorsAmong(tenantId, part);
      found.push(...part.filter((id) => administrators.has(id)));
    }
    return found.slice(0, MAX_ADMINISTRATORS);
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const event of events) {
      const stale = findStale(event, this.#catalogue);
      if (stale?.kind === 'tenant') this.#cache.dropGroup(event.tenantId);
      else if (stale !== null) this.#cache.delete(`${event.tenantId} ${stale.holder}`);
    }
  };
}

/** The permissions needed to give somebody what a holder may do on other tenants. */
export const grantsElsewhere = ({ elsewhere }: Pick<HeldRoles, 'elsewhere'>): PermissionGrant[] =>
  widened([...elsewhere.values()].flatMap((set) => [...set.grants()]));

/** Whether the caller holds what a holder may do beyond its own account, in its own tenant and in others. */
export const holdsAllOf = (authority: Authority, held: Pick<HeldRoles, 'permissions' | 'elsewhere'>): boolean =>
  authority.matches(held.permissions) && authority.holds(grantsElsewhere(held));

function permissionsOf(held: HeldRoles | Promise<HeldRoles>): PermissionSet | Promise<PermissionSet> {
  return held instanceof Promise ? held.then(({ permissions }) => permissions) : held.permissions;
}
