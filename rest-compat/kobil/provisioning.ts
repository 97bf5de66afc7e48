import { z } from 'zod';
import { ACCOUNT_MEMBERS, asAccountChange, asNewAccount, toAccount } from '../realm-users/account.ts';
import { SENT_ROLES, toRoles } from './sent-roles.ts';

/** Characters of usernames: fewer than other APIs of the service allow. */
const USERNAME = /^[\p{L}\p{Nd}$@(.)\-*_[\]~!&+]+$/u;

/** Path of a fault in the characters of a username, whose text differs from that of a missing one. */
export const USERNAME_CHARACTERS = 'username.characters';
const hasUsableName = ({ username }: { readonly username?: string | null | undefined }): boolean =>
  username == null || USERNAME.test(username);
const IN_USERNAME = { path: USERNAME_CHARACTERS.split('.') };

const MEMBERS = { ...ACCOUNT_MEMBERS, ...SENT_ROLES };

/** A new user as it is sent. */
export const NEW_USER = z
  .object({ username: z.string().min(1).describe('Mandatory.'), ...MEMBERS })
  .refine(hasUsableName, IN_USERNAME);

/** Changes to a user as they are sent. */
export const CHANGED_USER = z
  .object({
    username: z.string().nullable().optional().describe('Ignored unless the tenant has `editUsernameAllowed`.'),
    ...MEMBERS,
  })
  .refine(hasUsableName, IN_USERNAME);
type ChangedUser = z.output<typeof CHANGED_USER>;

/** What is common to a new user and to a change. A password has to be changed unless the request says otherwise. */
const toMembers = (user: ChangedUser) => ({ ...toAccount(user, true), roles: toRoles(user) });

/** The variables of a new user, who is disabled unless something else was sent. */
export const toNewUser = (user: z.output<typeof NEW_USER>) => ({
  ...asNewAccount(toMembers(user)),
  username: user.username,
});

/** The variables of a change, except for the user. */
export const toUserChange = (user: ChangedUser) => asAccountChange(toMembers(user), user);
