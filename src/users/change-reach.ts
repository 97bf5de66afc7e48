import { type Authority, type Permission, refuseOwnKey, requireRecentSignIn } from '../access/index.ts';
import { kernelErrors } from '../kernel/index.ts';
import type { TenantSettings } from '../tenants/index.ts';
import type { UserChange } from './user-change.ts';
import { TERMS_ATTRIBUTE, type UserInput } from './user-input.ts';

/** What users may change on their own account with reach `self`; the e-mail address also needs `email:change`. */
const SELF_CHANGEABLE: ReadonlySet<string> = new Set([
  'email',
  'phone',
  'givenName',
  'middleName',
  'familyName',
  'displayName',
  'locale',
  'attributes',
] satisfies (keyof UserInput)[]);

/** By what a user signs in, and where codes and new passwords are sent. */
const WAYS_IN = ['username', 'email', 'phone'] as const;

/**
 * Checks that the caller may change these members of an account.
 * @throws REAUTHENTICATION_REQUIRED Users change their own e-mail address only soon after a sign-in (check 54).
 * @throws FORBIDDEN
 */
export function assertInReach(
  authority: Authority,
  input: UserInput,
  change: UserChange,
  { settings, now }: { readonly settings: TenantSettings; readonly now: Date },
): void {
  if (WAYS_IN.some((name) => change.isNew(name))) refuseOwnKey(authority, change.userId);
  if (change.isNew('email')) {
    requireRecentSignIn(authority, change.userId, settings.reauthSeconds, now);
  }
  if (authority.reach === 'self') assertOwnChange(authority, change);
  else assertMayAdminister(authority, input, change);
}

/** Checks what users may change on their own account. @throws FORBIDDEN */
function assertOwnChange(authority: Authority, change: UserChange): void {
  // The service writes when the terms were accepted (`acceptTerms`).
  if (change.given.some((name) => !SELF_CHANGEABLE.has(name)) || change.isOf(TERMS_ATTRIBUTE)) {
    throw kernelErrors.FORBIDDEN({ message: 'Users may not change this on their own account.' });
  }
  if (change.isNew('email') && !authority.holds([{ permission: 'email:change', reach: 'self' }])) {
    throw kernelErrors.FORBIDDEN({ message: 'Changing the e-mail address needs `email:change`.' });
  }
}

/** Checks what needs more than the permission to edit accounts. @throws FORBIDDEN */
function assertMayAdminister(authority: Authority, input: UserInput, change: UserChange): void {
  const holds = (permission: Permission) => authority.holds([{ permission, reach: 'tenant' }]);
  // Required actions are part of the auth modes: a caller who may only edit names must not cancel a required password
  // change.
  const needsAuthMode = input.requiredActions !== undefined && change.given.includes('requiredActions');
  if (needsAuthMode && !holds('auth-mode:write'))
    throw kernelErrors.FORBIDDEN({ message: 'Changing the required actions needs `auth-mode:write`.' });
  // Tokens that were refused, such as those of a thief, would be accepted again.
  if (change.isNotBeforeTakenBack && !holds('session:revoke'))
    throw kernelErrors.FORBIDDEN({ message: 'An earlier `notBefore`, or none, needs `session:revoke`.' });
}
