import type { Authority } from '../access/index.ts';
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
import type { RoleStore } from './role.store.ts';

/** A role and its holder. */
export interface RoleGranting {
  readonly roleId: string;
  readonly holderKind: HolderKind;
  /** Public id of a user, or UUID of a group or client. */
  readonly holderId: string;
  /**
   * Name of the tenant on which the role acts. Default: the holder's own. A holder in `master` may have a role on one other
   * tenant: it allows nothing outside that tenant, not even in `master` (docs/tenancy.md, rule 8).
   */
  readonly onTenant?: string | null;
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
    const { clock, db, effective, store } = this.#deps;
    const onTenantId = await this.#onTenant(authority, input);
    return db.transaction(async () => {
      const role = await this.#reach(authority, input);
      const contents = await effective.contents(role.tenantId, [role.id]);
      const grants = parsePermissions(contents.flatMap(({ permissions }) => permissions));
      assertMayGrant(authority, onTenantId === role.tenantId ? grants : widened(grants));
      const isNew = await store.grant({ ...this.#row(role, input, onTenantId), createdAt: clock.now() });
      if (isNew) this.#record(authority, role, input, holderEvents['role_grant.added']);
      return role;
    });
  }

  /** @throws ROLE_NOT_FOUND, ROLE_HOLDER_NOT_FOUND, ROLE_GRANT_ELSEWHERE, ACCOUNT_GUARDED, ADMINISTRATOR_LAST */
  async revoke(authority: Authority, input: RoleGranting): Promise<Role> {
    const { db, guarded, store } = this.#deps;
    const onTenantId = await this.#onTenant(authority, input);
    return db.transaction(async () => {
      const role = await this.#reach(authority, input);
      const row = this.#row(role, input, onTenantId);
      const wasHeld = await guarded.keepingAdministrators(authority, () => store.revoke(row));
      if (wasHeld) this.#record(authority, role, input, holderEvents['role_grant.removed']);
      return role;
    });
  }

  /** Finds the role and locks its holder, both of the tenant, and checks that the caller may change the holder. */
  async #reach(authority: Authority, { roleId, holderKind, holderId }: RoleGranting): Promise<Role> {
    const { guarded, store } = this.#deps;
    const tenantId = authority.tenant.id;
    const role = await store.findById(tenantId, roleId);
    if (role === null) throw roleErrors.ROLE_NOT_FOUND();
    if (!(await store.lockHolder(tenantId, holderKind, holderId))) throw roleErrors.ROLE_HOLDER_NOT_FOUND();
    await guarded.assertMayChange(authority, holderKind, holderId);
    return role;
  }

  async #onTenant({ tenant, reach }: Authority, { onTenant }: RoleGranting): Promise<string> {
    if (onTenant == null || onTenant === tenant.name) return tenant.id;
    if (tenant.name !== MASTER_TENANT) throw roleErrors.ROLE_GRANT_ELSEWHERE();
    // Check before the look-up, which would reveal whether the tenant exists.
    if (reach !== 'all') throw grantErrors.PERMISSION_ESCALATION();
    const other = await this.#deps.directory.byName(onTenant);
    if (other === null) throw kernelErrors.NOT_FOUND({ message: 'There is no such tenant.' });
    return other.id;
  }

  #row(role: Role, { holderKind, holderId }: RoleGranting, onTenantId: string) {
    return { tenantId: role.tenantId, holderKind, holderId, roleId: role.id, onTenantId };
  }

  #record({ caller, tenant }: Authority, role: Role, input: RoleGranting, type: EventType): void {
    const { holderKind, holderId, onTenant } = input;
    this.#deps.events.record(caller, tenant, {
      type,
      subjectId: holderKind === 'user' ? holderId : null,
      params: {
        roleId: role.id,
        role: role.name,
        holderKind,
        holderId,
        ...(onTenant == null || onTenant === tenant.name ? {} : { onTenant }),
      },
    });
  }
}
