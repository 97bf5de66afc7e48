/**
 * Roles and groups: names for permissions, who holds them, and the rules that nobody gives away more than they have.
 * May import `kernel/`, `crypto/`, `persistence/`, `events/`, `access/` and `tenants/`.
 */
export { grantErrors } from './access.errors.ts';
export { ADMINISTRATOR_ROLE, TENANT_ADMINISTRATOR_ROLE } from './builtin-roles.ts';
export { type EffectiveRole, EffectiveRoleStore } from './effective.store.ts';
export { assertMayGrant, checkedPermissions, grantsOf } from './escalation.ts';
export { GuardedAccounts, type GuardedAccountsDeps } from './guarded-accounts.ts';
export { HOLDER_KINDS, type HolderKind, type Role, type RoleGrant, TENANT_ROLE_CLIENT } from './role.entity.ts';
export { type GrantedRole, type RoleFilter, RoleStore } from './role.store.ts';
export { type HeldRoles, RolePermissions, reachesBeyond } from './role-permissions.ts';
