/**
 * Roles and groups: named sets of permissions, their holders, and the rules against privilege escalation. May import
 * `kernel/`, `crypto/`, `persistence/`, `events/`, `access/` and `tenants/`.
 */
export type { AdministratorRoles } from './administrator-roles.ts';
export { ADMINISTRATOR_ROLE } from './builtin-roles.ts';
export type { ClientRoles } from './client-roles.ts';
export { type EffectiveRole, EffectiveRoleStore } from './effective.store.ts';
export {
  administratorGrants,
  assertMayAdministerOthers,
  assertMayGrant,
  checkedPermissions,
  parsePermissions,
} from './escalation.ts';
export type { DefaultGroupService } from './groups/default-group.service.ts';
export type { Group, GroupMember } from './groups/group.entity.ts';
export type { CreateGroup, GroupService, UpdateGroup } from './groups/group.service.ts';
export {
  type GroupKeys,
  GroupStore,
  type MemberGroupKeys,
} from './groups/group.store.ts';
export type { GroupFilter, GroupOrder } from './groups/group-filter.ts';
export type { GroupMemberService, KnownUsers } from './groups/group-member.service.ts';
export type { GroupNestingService } from './groups/group-nesting.service.ts';
export type { ConfigureGroup, GroupProvisionService, ProvisionGroup } from './groups/group-provision.service.ts';
export { type GroupReference, TREE_PROFILE, type TreeReference } from './groups/group-reference.ts';
export { GuardedAccounts, type GuardedAccountsDeps } from './guarded-accounts.ts';
export { holderEvents } from './holder.events.ts';
export { CLIENT_ROLES, defaultRoleName, MANAGEMENT_CLIENT, RESOURCE_USER_ROLE } from './realm-roles.ts';
export { type HolderKind, type Role, type RoleGrant, TENANT_ROLE_CLIENT } from './role.entity.ts';
export { roleErrors } from './role.errors.ts';
export { roleEvents } from './role.events.ts';
export type { CreateRole, RoleService, UpdateRole } from './role.service.ts';
export { type GrantedRole, type RoleFilter, type RoleKeys, RoleStore } from './role.store.ts';
export type { RoleGranting, RoleGrantService, RoleHolder } from './role-grant.service.ts';
export { type HeldRoles, RolePermissions } from './role-permissions.ts';
export { findRoles, type RoleReference } from './role-reference.ts';
