import type { ProfileRole, TenantSettings } from '../tenants/index.ts';
import { typeFaults, validatorFaults } from './attribute-rules.ts';
import type { Attributes } from './attributes.ts';
import { assertEmailIsUsername, assertNoServiceAccountName } from './given-username.ts';
import { countingAttributes, countingColumns } from './profile-rules.ts';
import { userErrors } from './user.errors.ts';
import { type CreateUser, throwFaults, type UserInput } from './user-input.ts';

/**
 * Refuses a new account that does not meet the tenant's settings.
 * @throws USER_USERNAME_INVALID, USER_ATTRIBUTE_INVALID, USER_ATTRIBUTE_REFUSED
 */
export function assertNew(settings: TenantSettings, input: CreateUser): void {
  assertEmailIsUsername(settings, input.username, input.email);
  assertNoServiceAccountName(settings, input);
  assertAttributes(settings, input);
}

/** @throws USER_ATTRIBUTE_INVALID, USER_ATTRIBUTE_REFUSED */
export function assertAttributes({ attributes }: TenantSettings, input: UserInput): void {
  throwFaults(typeFaults(attributes, { ...input }));
  const fields = validatorFaults(attributes, { ...input });
  if (fields.length > 0) throw userErrors.USER_ATTRIBUTE_REFUSED({ message: fields[0]!.message, fields });
}

/** The attributes of an input that count, by the profile of the tenant. @param stored Those of the account. Default: none. */
export function counting(
  role: ProfileRole,
  { userProfile }: TenantSettings,
  given: Attributes,
  stored: { readonly of: Attributes; readonly isReplaced: boolean } = { of: {}, isReplaced: false },
): Record<string, unknown> {
  if (userProfile === null) return { ...given };
  return countingAttributes(userProfile, role, given, stored.of, stored.isReplaced);
}

/** An input with the columns that count, by the profile of the tenant. */
export const countingInput = <I extends UserInput>(role: ProfileRole, { userProfile }: TenantSettings, input: I): I =>
  userProfile === null ? input : countingColumns(userProfile, role, input);
