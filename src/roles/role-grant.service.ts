import type { Authority, PermissionGrant } from '../access/index.ts';
import type { EventLog, EventType } from '../events/index.ts';
import { type Clock, kernelErrors } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import { MASTER_TENANT, type TenantDirectory } from '../tenants/index.ts';
import { grantErrors } from './access.errors.ts';
import type { EffectiveRoleStore } from './effective.store.ts';
import { assertMayGrant, parsePermissions, widened } from './escalation.ts';
import type { GuardedAccounts } from './guarded-accounts.ts';
import { holderEvents } from './holder.events.ts';
import type { HolderKind, Role } from './role.entity.ts';
import { roleErrors } from './role.errors.ts';
import type { RoleHolding, RoleStore } from './role.store.ts';
import { findRole, findRoles, findRolesOfEach, type RoleReference } from './role-reference.ts';

/** A holder of roles. */
export interface RoleHolder {
  readonly holderKind: HolderKind;
  /** Public id of a user, or UUID of a group or client. */
  readonly holderId: string;
  /**
   * Name of the tenant on which the role acts. Default: the holder's own. A holder in `master` may have a role on one other
   * tenant: it allows nothing outside that tenant, not even in `master` (docs/tenancy.md, rule 8).
   */
  readonly onTenant?: string | null;
}

/** A role and its holder. */
export interface RoleGranting extends RoleHolder {
  readonly roleId: string;
}

/** Several roles and their holder. */
export interface RolesGranting extends RoleHolder {
  /** At most 200. */
  readonly roles: readonly RoleReference[];
}

/** Several roles and the user who gets them. */
export interface RolesOfUser {
  readonly userId: string;
  /** At most 200. */
  readonly roles: readonly RoleReference[];
}

export interface RoleGrantServiceDeps {
  readonly db: Database;
  readonly store: RoleStore;
  readonly effective: EffectiveRoleStore;
  readonly guarded: GuardedAccounts;
  readonly directory: TenantDirectory;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Grants and revokes roles. Granting a role twice or revoking one that is not held has no effect and is no error. */
export class RoleGrantService {
  readonly #deps: RoleGrantServiceDeps;

  constructor(deps: RoleGrantServiceDeps) {
    this.#deps = deps;
  }

  /**
   * @throws ROLE_NOT_FOUND, ROLE_HOLDER_NOT_FOUND, ROLE_GRANT_ELSEWHERE, NOT_FOUND (the other tenant), ACCOUNT_GUARDED
   * @throws PERMISSION_ESCALATION The caller does not hold all permissions of the role; for a role on another tenant, with
   *   reach `all`.
   */
  async grant(authority: Authority, input: RoleGranting): Promise<Role> {
    const [role] = await this.#grant(authority, input, async () => [await this.#role(authority, input.roleId)]);
    return role!;
  }

  /**
   * Grants several roles to one holder, all or none.
   * @returns The roles, each once.
   * @throws INVALID_INPUT More than 200 roles; and what `grant` throws.
   */
  grantMany(authority: Authority, input: RolesGranting): Promise<Role[]> {
    return this.#grant(authority, input, () => this.#roles(authority, input));
  }

  /**
   * Grants roles to many users on their own tenant, all or none, with as many statements as for one.
   * @param given Each user once.
   * @throws INVALID_INPUT More than 200 roles of one user; and what `grant` throws.
   */
  async grantToUsers(authority: Authority, given: readonly RolesOfUser[]): Promise<void> {
    const { clock, db, guarded, store } = this.#deps;
    const tenantId = authority.tenant.id;
    const userIds = given.map(({ userId }) => userId);
    await db.transaction(async () => {
      const lists = given.map(({ roles }) => roles);
      const rolesOf = await findRolesOfEach(store, tenantId, lists, 'input.roles');
      if (!(await store.lockUsers(tenantId, userIds))) throw roleErrors.ROLE_HOLDER_NOT_FOUND();
      await guarded.assertMayChange(authority, 'user', userIds);
      assertMayGrant(authority, await this.#permissionsOf(authority, rolesOf.flat()));
      const pairs = rolesOf.flatMap((roles, at) => toIds(roles).map((roleId) => ({ holderId: userIds[at]!, roleId })));
      const place = { tenantId, holderKind: 'user', onTenantId: tenantId } as const;
      const added = Map.groupBy(await store.grantToEach(place, pairs, clock.now()), ({ holderId }) => holderId);
      for (const [at, roles] of rolesOf.entries()) {
        const holderId = userIds[at]!;
        const changed = (added.get(holderId) ?? []).map(({ roleId }) => roleId);
        const holder = { holderKind: 'user', holderId } as const;
        this.#record(authority, roles, changed, holder, holderEvents['role_grant.added']);
      }
    });
  }

  /**
   * Checks that the caller may grant roles to an account of the tenant that is about to be made.
   * @throws INVALID_INPUT More than 200 roles.
   * @throws ROLE_NOT_FOUND, PERMISSION_ESCALATION
   */
  async assertMayGrantToNew(authority: Authority, references: readonly RoleReference[]): Promise<void> {
    const roles = await findRoles(this.#deps.store, authority.tenant.id, references, 'input.roles');
    assertMayGrant(authority, await this.#permissionsOf(authority, roles));
  }

  /** @throws ROLE_NOT_FOUND, ROLE_HOLDER_NOT_FOUND, ROLE_GRANT_ELSEWHERE, ACCOUNT_GUARDED, ADMINISTRATOR_LAST */
  async revoke(authority: Authority, input: RoleGranting): Promise<Role> {
    const [role] = await this.#revoke(authority, input, async () => [await this.#role(authority, input.roleId)]);
    return role!;
  }

  /**
   * Takes several roles from one holder, all or none; those that it does not have are skipped.
   * @returns The roles, each once.
   * @throws INVALID_INPUT More than 200 roles; and what `revoke` throws.
   */
  revokeMany(authority: Authority, input: RolesGranting): Promise<Role[]> {
    return this.#revoke(authority, input, () => this.#roles(authority, input));
  }

  async #grant(authority: Authority, holder: RoleHolder, findRoles: () => Promise<Role[]>): Promise<Role[]> {
    const { clock, db, store } = this.#deps;
    const holding = await this.#holding(authority, holder);
    return db.transaction(async () => {
      const roles = await findRoles();
      await this.#reach(authority, holder);
      const isElsewhere = holding.onTenantId !== holding.tenantId;
      // Changes of a role are checked for the tenants on which it was granted before them.
      if (isElsewhere) await store.lockGrants(holding.tenantId);
      const grants = await this.#permissionsOf(authority, roles);
      assertMayGrant(authority, isElsewhere ? widened(grants) : grants);
      const added = await store.grant(holding, toIds(roles), clock.now());
      this.#record(authority, roles, added, holder, holderEvents['role_grant.added']);
      return roles;
    });
  }

  async #revoke(authority: Authority, holder: RoleHolder, findRoles: () => Promise<Role[]>): Promise<Role[]> {
    const { db, guarded, store } = this.#deps;
    const holding = await this.#holding(authority, holder);
    return db.transaction(async () => {
      const roles = await findRoles();
      await this.#reach(authority, holder);
      const removed = await guarded.keepingAdministrators(authority, () => store.revoke(holding, toIds(roles)));
      this.#record(authority, roles, removed, holder, holderEvents['role_grant.removed']);
      return roles;
    });
  }

  /** What roles give, with those inside them. */
  async #permissionsOf({ tenant }: Authority, roles: readonly Role[]): Promise<PermissionGrant[]> {
    const contents = await this.#deps.effective.contents(tenant.id, [...new Set(toIds(roles))]);
    return parsePermissions(contents.flatMap(({ permissions }) => permissions));
  }

  async #role({ tenant }: Authority, id: string): Promise<Role> {
    const role = await findRole(this.#deps.store, tenant.id, { id });
    if (role === null) throw roleErrors.ROLE_NOT_FOUND();
    return role;
  }

  #roles({ tenant }: Authority, { roles }: RolesGranting): Promise<Role[]> {
    return findRoles(this.#deps.store, tenant.id, roles, 'input.roles');
  }

  /** Locks the holder, which is of the tenant, and checks that the caller may change it. */
  async #reach(authority: Authority, { holderKind, holderId }: RoleHolder): Promise<void> {
    const { guarded, store } = this.#deps;
    if (!(await store.lockHolder(authority.tenant.id, holderKind, holderId))) throw roleErrors.ROLE_HOLDER_NOT_FOUND();
    await guarded.assertMayChange(authority, holderKind, holderId);
  }

  async #holding(authority: Authority, holder: RoleHolder): Promise<RoleHolding> {
    const { holderKind, holderId } = holder;
    const onTenantId = await this.#onTenant(authority, holder);
    return { tenantId: authority.tenant.id, holderKind, holderId, onTenantId };
  }

  async #onTenant({ tenant, reach }: Authority, { onTenant }: RoleHolder): Promise<string> {
    if (onTenant == null || onTenant === tenant.name) return tenant.id;
    if (tenant.name !== MASTER_TENANT) throw roleErrors.ROLE_GRANT_ELSEWHERE();
    // Check before the look-up, which would reveal whether the tenant exists.
    if (reach !== 'all') throw grantErrors.PERMISSION_ESCALATION();
    const other = await this.#deps.directory.byName(onTenant);
    if (other === null) throw kernelErrors.NOT_FOUND({ message: 'There is no such tenant.' });
    return other.id;
  }

  #record(
    { caller, tenant }: Authority,
    roles: readonly Role[],
    changed: readonly string[],
    { holderKind, holderId, onTenant }: RoleHolder,
    type: EventType,
  ): void {
    const elsewhere = onTenant == null || onTenant === tenant.name ? {} : { onTenant };
    for (const { id: roleId, name } of roles.filter(({ id }) => changed.includes(id)))
      this.#deps.events.record(caller, tenant, {
        type,
        subjectId: holderKind === 'user' ? holderId : null,
        params: { roleId, role: name, holderKind, holderId, ...elsewhere },
      });
  }
}

const toIds = (roles: readonly Role[]): string[] => roles.map(({ id }) => id);
