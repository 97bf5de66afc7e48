/**
 * User accounts: their identifying names, attributes and properties. Credentials and sign-in methods are in `auth-modes/`,
 * sessions in `sessions/`. May import `kernel/`, `persistence/`, `events/`, `access/`, `tenants/` and `roles/`.
 */
export {
  type AccountChangeDeps,
  type AccountSource,
  getAccount,
  getAccountInReach,
  getAccountToChange,
  requireRecentSignInTo,
  requireUserId,
  writeForUser,
} from './account-reader.ts';
export type { UserAddress } from './addresses/address.entity.ts';
export type { AddressService } from './addresses/address.service.ts';
export type { AddressInput } from './addresses/address-input.ts';
export type { StandardAddress } from './addresses/standard-address.ts';
export { type Attributes, aliasedColumn } from './attributes.ts';
export { fullNameOf } from './full-name.ts';
export type { PreparedUser } from './new-accounts.ts';
export type { Properties, PropertyPatch } from './properties.ts';
export type { ServiceAccountDirectory } from './service-account.directory.ts';
export type { TenantAdministrator } from './tenant-users.store.ts';
export { isUsable } from './usable.ts';
export type { User } from './user.entity.ts';
export { userErrors } from './user.errors.ts';
export { userEvents } from './user.events.ts';
export { type UpdateOptions, UserService } from './user.service.ts';
export { type UserKeys, UserStore } from './user.store.ts';
export { assertBatchLength, resultsOf, unitsOf } from './user-batch.ts';
export {
  type CreateUser,
  isPhoneNumber,
  isSamePhone,
  TERMS_AND_CONDITIONS,
  type UserInput,
  VERIFY_EMAIL,
} from './user-input.ts';
export { canonicalUserId, emailFault, fold, isSameEmail, isUserIdShaped, serviceAccountName } from './user-names.ts';
export type { UserFilter, UserOrder } from './user-page.ts';
export type { UserProfileService } from './user-profile.service.ts';
export { done, refused, type UserResult } from './user-result.ts';
