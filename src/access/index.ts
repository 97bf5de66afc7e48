/**
 * What callers may do: the permission list, who is behind a credential, and the authority an operation runs under.
 * May import `kernel/` only.
 */
export { type Allowance, Authority, allowed, permissionsOn, type ScopeAlternatives } from './authority.ts';
export {
  anonymousCaller,
  type Caller,
  type CallerApiKey,
  type CallerKind,
  type ClientAuth,
  type PermissionsElsewhere,
  systemCaller,
  type UserRef,
  userBehind,
} from './caller.ts';
export {
  covers,
  everyPermission,
  formatScope,
  type Permission,
  type PermissionGrant,
  PermissionSet,
  parseScope,
  type Reach,
  type ScopeString,
} from './permissions.ts';
export {
  accessErrors,
  dependsOnSignIn,
  isActedFor,
  isRecentSignIn,
  NEVER_SIGNED_IN,
  refuseOwnKey,
  requireRecentProof,
  requireRecentSignIn,
} from './reauthentication.ts';
export { type FindScope, type ScopeAlias, ScopeAliases, type ScopeHolder } from './scope-aliases.ts';
