import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import { type Database, toColumnSet } from '../persistence/index.ts';
import {
  CLIENT_ROLES,
  type EffectiveRole,
  type EffectiveRoleStore,
  type HolderKind,
  MANAGEMENT_CLIENT,
  type Role,
  type RoleGrantService,
  type RoleHolder,
  type RoleReference,
  type RoleStore,
  roleErrors,
  roleEvents,
} from '../roles/index.ts';
import type { TenantDirectory, TenantName } from '../tenants/index.ts';
import type { BuiltinClients } from './builtin-clients.ts';
import { type TenantClientRole, tenantClientRolesOf } from './tenant-clients.ts';

/** The roles of one client that stands for a tenant which a holder has. */
export interface TenantClientGrant {
  readonly tenant: TenantName;
  /** By name, at least one. */
  readonly roles: readonly TenantClientRole[];
}

/** What a grant of a role on a tenant says, whether it is direct or not. */
type GrantOnTenant = Pick<EffectiveRole, 'onTenantId' | 'clientUuid' | 'name'>;
const COLUMNS = toColumnSet(['clientUuid', 'name']);

export interface TenantClientRolesDeps {
  readonly db: Database;
  readonly roleStore: Pick<RoleStore, 'addBuiltin' | 'findByName' | 'grantedTo'>;
  readonly effective: Pick<EffectiveRoleStore, 'rolesOf'>;
  readonly roleGrants: Pick<RoleGrantService, 'grantMany' | 'revokeMany'>;
  readonly builtinClients: Pick<BuiltinClients, 'findManagement' | 'requireManagement'>;
  readonly directory: Pick<TenantDirectory, 'namesOf'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/**
 * Who has the roles of clients that stand for tenants (docs/tenancy.md, rule 8). Such a role is stored once in `master`, as one
 * of the client with the roles of administration, and each grant of it names the tenant on which it acts.
 */
export class TenantClientRoles {
  readonly #deps: TenantClientRolesDeps;

  constructor(deps: TenantClientRolesDeps) {
    this.#deps = deps;
  }

  /**
   * Grants roles of the client that stands for a tenant, all or none.
   * @throws ROLE_CLIENT_NOT_FOUND `master` made a client itself under the name of the one that has these roles.
   * @throws What `RoleGrantService.grantMany` throws.
   */
  grant(authority: Authority, holder: RoleHolder, tenantName: string, names: readonly string[]): Promise<Role[]> {
    const { db, roleGrants } = this.#deps;
    return db.transaction(async () => {
      const roles = await this.#require(authority, names);
      return roleGrants.grantMany(authority, { ...holder, onTenant: tenantName, roles });
    });
  }

  /** Takes roles of the client that stands for a tenant, all or none. @throws As `grant`, and ADMINISTRATOR_LAST */
  revoke(authority: Authority, holder: RoleHolder, tenantName: string, names: readonly string[]): Promise<Role[]> {
    const { db, roleGrants } = this.#deps;
    return db.transaction(async () => {
      const roles = await this.#require(authority, names);
      return roleGrants.revokeMany(authority, { ...holder, onTenant: tenantName, roles });
    });
  }

  /** The references of roles by their names, after the missing ones were added to `master`, inside a unit of work. */
  async #require(authority: Authority, names: readonly string[]): Promise<RoleReference[]> {
    const { builtinClients, clock, events, roleStore } = this.#deps;
    const { caller, tenant } = authority;
    const clientUuid = await builtinClients.requireManagement(authority);
    if (clientUuid === null) throw roleErrors.ROLE_CLIENT_NOT_FOUND();
    const missing = CLIENT_ROLES[MANAGEMENT_CLIENT]!.map((role) => ({ ...role, clientUuid }));
    for (const { id: roleId, name } of await roleStore.addBuiltin(tenant.id, missing, clock.now()))
      events.record(caller, tenant, { type: roleEvents['role.created'], params: { roleId, name } });
    return names.map((name) => ({ name, clientUuid }));
  }

  /**
   * The id under which grants name a role of the client that stands for a tenant; null: the client has no such role.
   * @param masterId The tenant with the grants.
   */
  async idOf(masterId: string, tenant: { readonly id: string }, name: string): Promise<string | null> {
    const shown = tenantClientRolesOf(tenant).find((role) => role.name === name);
    if (shown === undefined) return null;
    const clientUuid = await this.#deps.builtinClients.findManagement(masterId);
    const stored = clientUuid === null ? null : await this.#deps.roleStore.findByName(masterId, name, clientUuid);
    // Nobody has a role that is not stored yet.
    return stored?.id ?? shown.id;
  }

  /**
   * The roles of clients that stand for tenants which holders in `master` have, by the name of the tenant. The caller of this
   * method must check the permission to read them.
   * @param isEffective Whether those count that come through groups or inside other roles.
   * @param mostTenants How many tenants of all holders together are looked at, the first by name; null: all.
   */
  async ofHolders(
    masterId: string,
    kind: HolderKind,
    holderIds: readonly string[],
    isEffective: boolean,
    mostTenants: number | null = null,
  ): Promise<ReadonlyMap<string, readonly TenantClientGrant[]>> {
    const { builtinClients } = this.#deps;
    const clientUuid = await builtinClients.findManagement(masterId);
    if (clientUuid === null) return new Map();
    const all = await this.#grantsOf(masterId, kind, holderIds, isEffective);
    const held = [...all].map(
      ([holderId, grants]) => [holderId, grants.filter((grant) => grant.clientUuid === clientUuid)] as const,
    );
    const tenantIds = new Set(held.flatMap(([, grants]) => grants.map(({ onTenantId }) => onTenantId)));
    if (tenantIds.size === 0) return new Map();
    // A deleted tenant has no client any more, so it is not among these.
    const tenants = await this.#deps.directory.namesOf([...tenantIds], mostTenants);
    return new Map(held.map(([holderId, grants]) => [holderId, toTenantGrants(tenants, grants)]));
  }

  async #grantsOf(
    masterId: string,
    kind: HolderKind,
    holderIds: readonly string[],
    isEffective: boolean,
  ): Promise<ReadonlyMap<string, readonly GrantOnTenant[]>> {
    const { effective, roleStore } = this.#deps;
    if (!isEffective) {
      const granted = await roleStore.grantedTo(masterId, kind, holderIds, COLUMNS);
      // The columns that were asked for are there.
      return granted as ReadonlyMap<string, readonly object[]> as ReadonlyMap<string, readonly GrantOnTenant[]>;
    }
    return Map.groupBy(await effective.rolesOf(masterId, kind, holderIds), ({ holderId }) => holderId);
  }
}

/** What grants give on tenants, in the order of these. */
function toTenantGrants(tenants: readonly TenantName[], grants: readonly GrantOnTenant[]): TenantClientGrant[] {
  const byTenant = Map.groupBy(grants, ({ onTenantId }) => onTenantId);
  return tenants.flatMap((tenant) => {
    const own = byTenant.get(tenant.id);
    if (own === undefined) return [];
    const names = new Set(own.map(({ name }) => name));
    return [{ tenant, roles: tenantClientRolesOf(tenant).filter(({ name }) => names.has(name)) }];
  });
}
