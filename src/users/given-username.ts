import type { TenantSettings } from '../tenants/index.ts';
import { userErrors } from './user.errors.ts';
import type { UserInput } from './user-input.ts';
import { fold, isServiceAccountName } from './user-names.ts';

/** The username that an input gives and the member that gives it; in some tenants the e-mail address is the username. */
export function givenUsername(
  { emailIsUsername }: Pick<TenantSettings, 'emailIsUsername'>,
  { username = null, email }: UserInput,
): { readonly username: string | null; readonly member: 'username' | 'email' } {
  return emailIsUsername && email != null ? { username: email, member: 'email' } : { username, member: 'username' };
}

/**
 * Refuses a username other than the e-mail address where the tenant uses the address as the username.
 * @throws USER_USERNAME_INVALID
 */
export function assertEmailIsUsername(
  settings: TenantSettings,
  username: string | null | undefined,
  email: string | null | undefined,
): void {
  if (!settings.emailIsUsername || username == null || email == null || fold(username) === fold(email)) return;
  throw usernameInvalid('username', 'In this tenant the e-mail address is the username.');
}

/**
 * Refuses a username that the service account of a client may need.
 * @throws USER_USERNAME_INVALID
 */
export function assertNoServiceAccountName(settings: TenantSettings, input: UserInput): void {
  const { username, member } = givenUsername(settings, input);
  if (username === null || !isServiceAccountName(username)) return;
  throw usernameInvalid(member, 'Only service accounts have usernames that begin with "service-account-".');
}

const usernameInvalid = (member: 'username' | 'email', message: string) =>
  userErrors.USER_USERNAME_INVALID({
    message,
    fields: [{ path: `input.${member}`, code: 'USER_USERNAME_INVALID', message }],
  });
