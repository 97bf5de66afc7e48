import { type Authority, PermissionSet } from '../access/index.ts';
import { type Database, openUnitOfWork } from '../persistence/index.ts';
import { MASTER_TENANT, type TenantDirectory } from '../tenants/index.ts';
import { grantErrors } from './access.errors.ts';
import { ADMINISTRATOR_ROLE, TENANT_ADMINISTRATOR_ROLE } from './builtin-roles.ts';
import type { EffectiveRoleStore } from './effective.store.ts';
import { grantsOf } from './escalation.ts';
import type { HolderKind } from './role.entity.ts';
import type { RoleStore } from './role.store.ts';
import { type RolePermissions, reachesBeyond } from './role-permissions.ts';

export interface GuardedAccountsDeps {
  readonly db: Database;
  readonly roles: RoleStore;
  readonly effective: EffectiveRoleStore;
  readonly permissions: RolePermissions;
  readonly directory: TenantDirectory;
  /** What a client holds itself, roles apart; the clients room, which stands above this one, supplies it. */
  readonly clientPermissions: (tenantId: string, clientUuid: string) => Promise<PermissionSet>;
}

/**
 * Accounts whose powers reach beyond their tenant, and administrators without whom a tenant would be lost
 * (model.md section 2, rule 7).
 */
export class GuardedAccounts {
  readonly #deps: GuardedAccountsDeps;

  constructor(deps: GuardedAccountsDeps) {
    this.#deps = deps;
  }

  /**
   * Every service that writes to a user, client or group asks this first; without it an application of one tenant could reset the
   * password of the administrator of all. What users do to their own account (reach `self`) is theirs to do.
   * @param id Public ids of users, or UUIDs of clients or groups. A group is guarded when its roles, lent to each member, are.
   * @throws ACCOUNT_GUARDED It holds a grant of reach `all`, or one on another tenant, and the caller's permission
   *   does not reach all tenants.
   */
  async assertMayChange(authority: Authority, kind: HolderKind, id: string | readonly string[]): Promise<void> {
    if (authority.reach === 'all' || authority.tenant.name !== MASTER_TENANT) return;
    const ids = (typeof id === 'string' ? [id] : id).filter((each) => !isOwnAccount(authority, kind, each));
    const { permissions, clientPermissions } = this.#deps;
    const tenantId = authority.tenant.id;
    const held = await permissions.heldByMany(tenantId, kind, ids);
    if ([...held.values()].some(reachesBeyond)) throw grantErrors.ACCOUNT_GUARDED();
    if (kind !== 'client') return;
    for (const clientUuid of ids) {
      if ((await clientPermissions(tenantId, clientUuid)).holdsAll) throw grantErrors.ACCOUNT_GUARDED();
    }
  }

  /**
   * As `assertMayChange`, for what somebody holds through it: a role.
   * @param permissions Native permissions, as stored.
   * @throws ACCOUNT_GUARDED
   */
  assertMayTouch(authority: Authority, permissions: readonly string[]): void {
    if (authority.reach === 'all') return;
    if (new PermissionSet(grantsOf(permissions)).holdsAll) throw grantErrors.ACCOUNT_GUARDED();
  }

  /**
   * Asked, in the transaction of the change, before a user is disabled or deleted.
   * @throws ACCOUNT_GUARDED As `assertMayChange`.
   * @throws ADMINISTRATOR_LAST Nobody else who is enabled administers all tenants; or this tenant, where `protectLastAdmin` is on.
   */
  async assertMayEnd(authority: Authority, userId: string): Promise<void> {
    await this.assertMayChange(authority, 'user', userId);
    const { effective, permissions, roles } = this.#deps;
    const tenantId = authority.tenant.id;
    const held = await permissions.heldBy(tenantId, 'user', userId);
    for (const roleId of await this.#protectedRoles(authority)) {
      if (!held.roles.some((role) => role.roleId === roleId)) continue;
      if (openUnitOfWork() !== undefined) await roles.lockGrants(tenantId);
      if ((await effective.countUsersWith(tenantId, roleId, userId)) === 0) throw grantErrors.ADMINISTRATOR_LAST();
    }
  }

  /**
   * Runs a change of roles, grants or memberships, inside a unit of work, and undoes it when it took the last administrator.
   * @throws ADMINISTRATOR_LAST
   */
  async keepingAdministrators<T>(authority: Authority, change: () => Promise<T>): Promise<T> {
    const { db, roles } = this.#deps;
    const protectedRoles = await this.#protectedRoles(authority);
    if (protectedRoles.length === 0) return change();
    await roles.lockGrants(authority.tenant.id);
    const before = await this.#holders(authority, protectedRoles);
    const result = await change();
    await db.em.flush();
    const after = await this.#holders(authority, protectedRoles);
    if (before.some((count, i) => count > 0 && after[i] === 0)) throw grantErrors.ADMINISTRATOR_LAST();
    return result;
  }

  async #holders(authority: Authority, roleIds: readonly string[]): Promise<number[]> {
    const counts: number[] = [];
    for (const roleId of roleIds) {
      counts.push(await this.#deps.effective.countUsersWith(authority.tenant.id, roleId));
    }
    return counts;
  }

  /** The roles whose last holder is protected: `administrator` always, `tenant-administrator` where the tenant wants it. */
  async #protectedRoles({ tenant }: Authority): Promise<string[]> {
    const { directory } = this.#deps;
    // Inside the change itself the setting may not be switched on before the change is done.
    const settings =
      openUnitOfWork() === undefined
        ? (await directory.byId(tenant.id))?.settings
        : await directory.holdSettings(tenant.id);
    const names = [
      ...(tenant.name === MASTER_TENANT ? [ADMINISTRATOR_ROLE] : []),
      ...(settings?.protectLastAdmin === true ? [TENANT_ADMINISTRATOR_ROLE] : []),
    ];
    if (names.length === 0) return [];
    return (await this.#deps.roles.findBuiltin(tenant.id, names)).map(({ id }) => id);
  }
}

const isOwnAccount = ({ caller, reach }: Authority, kind: HolderKind, id: string): boolean =>
  kind === 'user' && reach === 'self' && caller.userId === id;
