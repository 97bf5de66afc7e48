import type { Authority } from '../access/index.ts';
import type { Database } from '../persistence/index.ts';
import {
  assertMayGrant,
  type EffectiveRoleStore,
  findRoles,
  parsePermissions,
  type Role,
  type RoleReference,
  type RoleStore,
} from '../roles/index.ts';
import { clientErrors } from './client.errors.ts';
import type { LockedOwner, MapperOwner, MapperOwnerRow, MapperOwners } from './mapper-owners.ts';
import { MAX_SCOPE_ROLES, type ScopeRoleOwner, type ScopeRoleStore } from './scope-role.store.ts';

export interface ScopeRoleServiceDeps {
  readonly db: Database;
  readonly store: ScopeRoleStore;
  readonly owners: MapperOwners;
  readonly roleStore: RoleStore;
  readonly effective: EffectiveRoleStore;
}

/**
 * Rules of scope roles: the roles of users that tokens of a client without the full role scope may have, at issuers whose
 * tokens act with roles.
 */
export class ScopeRoleService {
  readonly #deps: ScopeRoleServiceDeps;

  constructor(deps: ScopeRoleServiceDeps) {
    this.#deps = deps;
  }

  /** The scope roles of many owners. The caller of this method must check the permission to read them. */
  async rolesOf(
    tenantId: string,
    kind: ScopeRoleOwner,
    ownerIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly Role[]>> {
    return this.#read(tenantId, await this.#deps.store.idsOf(tenantId, kind, ownerIds));
  }

  /**
   * The scope roles of many owners, a client's own roles among them, and all roles inside these. The caller of this method must
   * check the permission to read them.
   */
  async effectiveOf(
    tenantId: string,
    kind: ScopeRoleOwner,
    ownerIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly Role[]>> {
    return this.#read(tenantId, await this.#deps.store.effectiveIdsOf(tenantId, kind, ownerIds));
  }

  /**
   * Adds roles, all or none. The caller must hold what they give: tokens of the client act with it for users who have them.
   * @throws NOT_FOUND, CLIENT_SCOPE_NOT_FOUND, CLIENT_BUILTIN, ACCOUNT_GUARDED, ROLE_NOT_FOUND, INVALID_INPUT
   * @throws PERMISSION_ESCALATION, PERMISSION_MASTER_ONLY, SCOPE_ROLE_LIMIT
   */
  add(authority: Authority, owner: MapperOwner, references: readonly RoleReference[]): Promise<MapperOwnerRow> {
    return this.#change(authority, owner, references, async ({ kind, row: { id } }, before, named) => {
      const added = named.filter((role) => !before.includes(role));
      if (added.length === 0) return false;
      if (before.length + added.length > MAX_SCOPE_ROLES) throw clientErrors.SCOPE_ROLE_LIMIT();
      const contents = await this.#deps.effective.contents(authority.tenant.id, added);
      assertMayGrant(authority, parsePermissions(contents.flatMap(({ permissions }) => permissions)));
      await this.#deps.store.add(authority.tenant.id, kind, id, added);
      return true;
    });
  }

  /**
   * Takes roles away, all or none; one that is not among them is left alone.
   * @throws NOT_FOUND, CLIENT_SCOPE_NOT_FOUND, CLIENT_BUILTIN, ACCOUNT_GUARDED, ROLE_NOT_FOUND, INVALID_INPUT
   */
  remove(authority: Authority, owner: MapperOwner, references: readonly RoleReference[]): Promise<MapperOwnerRow> {
    return this.#change(authority, owner, references, async ({ kind, row: { id } }, before, named) => {
      const removed = named.filter((role) => before.includes(role));
      if (removed.length === 0) return false;
      await this.#deps.store.remove(authority.tenant.id, kind, id, removed);
      return true;
    });
  }

  async #read(
    tenantId: string,
    ids: ReadonlyMap<string, readonly string[]>,
  ): Promise<ReadonlyMap<string, readonly Role[]>> {
    const roles = await this.#deps.roleStore.findMany(tenantId, [...new Set([...ids.values()].flat())]);
    return new Map([...ids].map(([owner, found]) => [owner, found.flatMap((id) => roles.get(id) ?? [])]));
  }

  #change(
    authority: Authority,
    reference: MapperOwner,
    references: readonly RoleReference[],
    change: (owner: LockedOwner, before: readonly string[], named: readonly string[]) => Promise<boolean>,
  ): Promise<MapperOwnerRow> {
    const { db, owners, roleStore, store } = this.#deps;
    const tenantId = authority.tenant.id;
    return db.transaction(async () => {
      const owner = await owners.lock(authority, reference);
      const { kind, row, client, clientScope } = owner;
      const roles = await findRoles(roleStore, tenantId, references, 'input.roles');
      const before = (await store.idsOf(tenantId, kind, [row.id])).get(row.id) ?? [];
      const named = roles.map(({ id }) => id);
      if (await change(owner, before, named)) owners.recordChange(authority, owner, 'scopeRoles');
      return { client, clientScope };
    });
  }
}
