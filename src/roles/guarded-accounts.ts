import { type Authority, PermissionSet } from '../access/index.ts';
import { IdentityError, kernelErrors, type TenantRef } from '../kernel/index.ts';
import { type Database, openUnitOfWork } from '../persistence/index.ts';
import { MASTER_TENANT, type TenantDirectory } from '../tenants/index.ts';
import { grantErrors } from './access.errors.ts';
import { administratorNames } from './builtin-roles.ts';
import type { EffectiveRoleStore } from './effective.store.ts';
import { parsePermissions } from './escalation.ts';
import type { HolderKind } from './role.entity.ts';
import type { RoleStore } from './role.store.ts';
import { type HeldRoles, holdsAllOf, type RolePermissions } from './role-permissions.ts';

export interface GuardedAccountsDeps {
  readonly db: Database;
  readonly roles: RoleStore;
  readonly effective: EffectiveRoleStore;
  readonly permissions: RolePermissions;
  readonly directory: TenantDirectory;
}

/**
 * What a client may do by its permissions, scopes, roles and secrets, some of which are no roles.
 * @param clientUuid Uuid of a client; an unknown one has no permissions.
 */
export type ClientPowers = (tenant: TenantRef, clientUuid: string) => Promise<PermissionSet>;

/** UUIDs of the clients whose service accounts are among the users. */
export type ServiceAccountFinder = (tenantId: string, userIds: readonly string[]) => Promise<readonly string[]>;

/** The accounts a caller was compared with in one transaction. */
const COMPARED = Symbol('accounts that the caller may change');

/**
 * Decides which accounts a caller may change. A caller who can change the credentials or groups of an account can act as
 * the account or weaken it, so the caller must hold every permission the account holds. Also guards accounts with
 * permissions beyond their tenant, and the last administrators of a tenant (docs/tenancy.md, rule 7).
 */
export class GuardedAccounts {
  readonly #deps: GuardedAccountsDeps;
  #clientPowers: ClientPowers = () => {
    throw new Error('Nothing tells what clients may do: call readClientPowersBy() while the service is put together.');
  };

  #serviceAccounts: ServiceAccountFinder = () => {
    throw new Error('Nothing finds service accounts: call findServiceAccountsBy() while the service is put together.');
  };

  constructor(deps: GuardedAccountsDeps) {
    this.#deps = deps;
  }

  /** Registers how the permissions of clients are read, which `clients/` knows; called while the service is put together. */
  readClientPowersBy(read: ClientPowers): void {
    this.#clientPowers = read;
  }

  /** Registers how service accounts are found, which `users/` knows; called while the service is put together. */
  findServiceAccountsBy(find: ServiceAccountFinder): void {
    this.#serviceAccounts = find;
  }

  /**
   * Every service that writes to a user, client or group calls this first. Without it, an application that may set
   * passwords could set that of an administrator. Users, but not their API keys, may always change their own account. For an account without
   * permissions the check costs one read, for a user two, which are cached outside transactions.
   * @param id Public ids of users, or UUIDs of clients or groups. A group holds what it gives to each member. A service account
   *   holds what its client does as well, because the client is refused tokens without it.
   * @throws ACCOUNT_GUARDED The account holds a grant of reach `all`, or one on another tenant, and the caller does not
   *   have reach `all`.
   * @throws FORBIDDEN The account holds a permission, beyond reach `self`, that the caller does not hold.
   */
  async assertMayChange(authority: Authority, kind: HolderKind, id: string | readonly string[]): Promise<void> {
    const { caller } = authority;
    if (mayChangeAll(authority)) return;
    const compared = accountsCompared();
    const keyOf = (each: string) => comparisonKey(authority, kind, each);
    // An API key has a part of what its owner holds, and must not get the rest by a change of the owner's credentials.
    const isExempt = (each: string) => kind === 'user' && caller.kind !== 'api-key' && authority.isOwnAccount(each);
    const ids = (typeof id === 'string' ? [id] : id).filter(
      (each) => !isExempt(each) && compared?.has(keyOf(each)) !== true,
    );
    if (ids.length === 0) return;
    for (const held of await this.#powersOf(authority, kind, ids)) assertMatches(authority, held);
    for (const each of ids) compared?.add(keyOf(each));
  }

  /**
   * Those of some users whom the caller may end without further checks: `assertMayChange` allows it, and they hold none of the roles
   * that somebody must go on to hold. About the others `assertMayEnd` decides.
   * @param userIds None of a service account, and not the caller's own.
   */
  async endableAmong(authority: Authority, userIds: readonly string[]): Promise<string[]> {
    if (userIds.length === 0) return [];
    const { permissions } = this.#deps;
    const held = await permissions.heldByMany(authority.tenant.id, 'user', userIds);
    const protectedRoles = new Set((await this.#protectedRoles(authority)).flat());
    const isEndable = (one: HeldRoles) =>
      (mayChangeAll(authority) || isMatched(authority, one)) &&
      !one.roles.some(({ roleId }) => protectedRoles.has(roleId));
    const endable = userIds.filter((id) => isEndable(held.get(id)!));
    for (const id of endable) accountsCompared()?.add(comparisonKey(authority, 'user', id));
    return endable;
  }

  /** Those of the users whom the caller may change, as `assertMayChange` says. */
  async changeableAmong(authority: Authority, userIds: readonly string[]): Promise<string[]> {
    const changeable: string[] = [];
    for (const userId of userIds) {
      try {
        await this.assertMayChange(authority, 'user', userId);
        changeable.push(userId);
      } catch (error) {
        if (!isGuarded(error)) throw error;
      }
    }
    return changeable;
  }

  /**
   * Check for changes that do not let the caller act as a client or group, such as granting a right on it: only permissions
   * beyond the tenant are guarded.
   * @throws ACCOUNT_GUARDED
   */
  async assertMayRefer(authority: Authority, kind: HolderKind, id: string): Promise<void> {
    if (authority.reach === 'all' || authority.tenant.name !== MASTER_TENANT) return;
    for (const held of await this.#powersOf(authority, kind, [id])) assertInside(authority, held);
  }

  /**
   * Check for changes of roles. A caller who changes a role does not become its holder, so it need not hold the same
   * permissions.
   * @throws ACCOUNT_GUARDED The caller does not have reach `all`, and a role does: by its permissions, or because it was granted on
   *   another tenant, itself or inside another role.
   */
  async assertMayTouch(authority: Authority, roleIds: readonly string[]): Promise<void> {
    const { reach, tenant } = authority;
    if (reach === 'all' || tenant.name !== MASTER_TENANT) return;
    const contents = await this.#deps.effective.contents(tenant.id, roleIds);
    const permissions = parsePermissions(contents.flatMap((role) => role.permissions));
    if (new PermissionSet(permissions).holdsAll || (await this.actElsewhere(authority, roleIds)))
      throw grantErrors.ACCOUNT_GUARDED();
  }

  /** Whether holders of any of the roles have it on another tenant, which holders in `master` alone can (docs/tenancy.md, rule 8). */
  async actElsewhere({ tenant }: Authority, roleIds: readonly string[]): Promise<boolean> {
    return tenant.name === MASTER_TENANT && this.#deps.effective.actElsewhere(tenant.id, roleIds);
  }

  /** As `assertMayTouch`, for the roles that belong to a client and are deleted with it. @throws ACCOUNT_GUARDED */
  async assertMayTouchRolesOf(authority: Authority, clientUuid: string): Promise<void> {
    await this.assertMayTouch(authority, await this.#deps.roles.idsOfClient(authority.tenant.id, clientUuid));
  }

  async #powersOf(authority: Authority, kind: HolderKind, ids: readonly string[]): Promise<readonly Powers[]> {
    const { permissions } = this.#deps;
    const { tenant } = authority;
    const [only] = ids;
    const powers: Powers[] =
      ids.length === 1
        ? [await permissions.heldBy(tenant.id, kind, only!)]
        : [...(await permissions.heldByMany(tenant.id, kind, ids)).values()];
    if (kind === 'client')
      for (const id of ids)
        powers.push({ permissions: await this.#clientPowers(tenant, id), elsewhere: NOTHING_ELSEWHERE });
    const clients = kind === 'user' ? await this.#serviceAccounts(tenant.id, ids) : [];
    if (clients.length > 0) powers.push(...(await this.#powersOf(authority, 'client', clients)));
    return powers;
  }

  /**
   * Check before a user is disabled or deleted, in the transaction of the change.
   * @throws ACCOUNT_GUARDED As `assertMayChange`.
   * @throws ADMINISTRATOR_LAST No other enabled user administers all tenants; or this tenant, if `protectLastAdmin` is on.
   */
  async assertMayEnd(authority: Authority, userId: string): Promise<void> {
    await this.assertMayChange(authority, 'user', userId);
    const { effective, permissions, roles } = this.#deps;
    const tenantId = authority.tenant.id;
    const held = await permissions.heldBy(tenantId, 'user', userId);
    for (const roleIds of await this.#protectedRoles(authority)) {
      if (!held.roles.some(({ roleId }) => roleIds.includes(roleId))) continue;
      if (openUnitOfWork() !== undefined) await roles.lockGrants(tenantId);
      if ((await effective.countUsersWith(tenantId, roleIds, userId)) === 0) throw grantErrors.ADMINISTRATOR_LAST();
    }
  }

  /**
   * Runs a change of roles, grants or memberships inside a unit of work. Throws, which rolls the change back, if it removed
   * the last administrator.
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

  async #holders(authority: Authority, protectedRoles: readonly (readonly string[])[]): Promise<number[]> {
    const counts: number[] = [];
    for (const roleIds of protectedRoles)
      counts.push(await this.#deps.effective.countUsersWith(authority.tenant.id, roleIds));
    return counts;
  }

  /**
   * Sets of builtin roles, by their ids, of each of which some user must go on to hold at least one: the roles that give
   * everything in every tenant always, those that give everything in this tenant if it has `protectLastAdmin` on.
   */
  async #protectedRoles({ tenant }: Authority): Promise<string[][]> {
    const { directory, roles } = this.#deps;
    // Inside the transaction of the change, hold the settings so that the setting cannot be switched on before it commits.
    const settings =
      openUnitOfWork() === undefined
        ? (await directory.byId(tenant.id))?.settings
        : await directory.holdSettings(tenant.id);
    const { ofAllTenants, ofTenant } = administratorNames(tenant.name);
    const sets = [ofAllTenants, settings?.protectLastAdmin === true ? ofTenant : []].filter(({ length }) => length > 0);
    if (sets.length === 0) return [];
    const found = await roles.findBuiltin(tenant.id, sets.flat());
    return sets.map((names) => found.filter(({ name }) => names.includes(name)).map(({ id }) => id));
  }
}

/** What an account may do in its own tenant and in others. */
type Powers = Pick<HeldRoles, 'permissions' | 'elsewhere'>;

/** For permissions that a client has without a role: no other tenant granted them. */
const NOTHING_ELSEWHERE: HeldRoles['elsewhere'] = new Map();

/** The accounts that were compared with the caller in the open unit of work. */
const accountsCompared = () => openUnitOfWork()?.attachment(COMPARED, () => new Set<string>());

const comparisonKey = ({ tenant, reach }: Authority, kind: HolderKind, id: string): string =>
  `${tenant.id} ${reach} ${kind} ${id}`;

/** Whether the caller holds every permission that an account may have. */
const mayChangeAll = ({ caller }: Authority): boolean => caller.kind === 'system' || caller.permissions.holdsEverything;

/** Whether the caller holds what an account holds, inside the tenant and beyond. */
const isMatched = (authority: Authority, held: Powers): boolean =>
  isInside(authority, held) && holdsAllOf(authority, held);

/** Whether `assertMayChange` refused an account, rather than failed. */
function isGuarded(error: unknown): boolean {
  return error instanceof IdentityError && ['FORBIDDEN', 'ACCOUNT_GUARDED'].includes(error.code);
}

/** Whether an account may do nothing beyond its tenant, or the caller may as well. */
const isInside = ({ reach }: Authority, { permissions, elsewhere }: Powers): boolean =>
  reach === 'all' || !(permissions.holdsAll || elsewhere.size > 0);

/** @throws ACCOUNT_GUARDED */
function assertInside(authority: Authority, held: Powers): void {
  if (!isInside(authority, held)) throw grantErrors.ACCOUNT_GUARDED();
}

/** @throws ACCOUNT_GUARDED, FORBIDDEN */
function assertMatches(authority: Authority, held: Powers): void {
  assertInside(authority, held);
  if (holdsAllOf(authority, held)) return;
  throw kernelErrors.FORBIDDEN({
    message: 'The account may do more than the caller, so the caller may not change it.',
  });
}
