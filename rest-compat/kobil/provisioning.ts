import { z } from 'zod';
import { PROFILE_MEMBERS, toProfile } from './profile.ts';
import { SENT_ROLES, toRoles } from './sent-roles.ts';

const FLAG = z.boolean().nullable().optional();
const NAMES = z.array(z.string()).nullable().optional();

/** Characters of usernames: fewer than other APIs of the service allow. */
const USERNAME = /^[\p{L}\p{Nd}$@(.)\-*_[\]~!&+]+$/u;

/** Path of a fault in the characters of a username, whose text differs from that of a missing one. */
export const USERNAME_CHARACTERS = 'username.characters';
const hasUsableName = ({ username }: { readonly username?: string | null | undefined }): boolean =>
  username == null || USERNAME.test(username);
const IN_USERNAME = { path: USERNAME_CHARACTERS.split('.') };

const CREDENTIAL = z.object({
  type: z.literal('password').nullable().optional(),
  value: z.string(),
  temporary: FLAG.describe('Whether the user has to change it at the next sign-in. Default true.'),
});

const MEMBERS = {
  ...PROFILE_MEMBERS,
  ...SENT_ROLES,
  emailVerified: FLAG,
  enabled: FLAG,
  credentials: z.array(CREDENTIAL).nullable().optional().describe('A password; of several the last counts.'),
  groups: NAMES.describe('Names or paths of groups.'),
  requiredActions: NAMES,
};

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

/** What is common to a new user and to a change; null counts as not sent. */
function toMembers(user: ChangedUser) {
  const { emailVerified, enabled, credentials, groups, requiredActions } = user;
  const credential = credentials?.at(-1);
  return {
    ...toProfile(user),
    ...(credential === undefined
      ? {}
      : { password: credential.value, isPasswordTemporary: credential.temporary ?? true }),
    ...(emailVerified == null ? {} : { emailVerified }),
    ...(enabled == null ? {} : { isEnabled: enabled }),
    ...(requiredActions == null ? {} : { requiredActions }),
    roles: toRoles(user),
    groups: (groups ?? []).map((path) => ({ path })),
  };
}

/** The variables of a new user, who is disabled unless something else was sent. */
export const toNewUser = (user: z.output<typeof NEW_USER>) => ({
  emailVerified: false,
  isEnabled: false,
  ...toMembers(user),
  username: user.username,
});

/** The variables of a change, except for the user. Attributes that are sent replace all that there are. */
export function toUserChange(user: ChangedUser) {
  const { attributes, ...members } = toMembers(user);
  const isReplaced = user.attributes != null;
  return {
    ...members,
    ...(user.username == null ? {} : { username: user.username }),
    ...(isReplaced ? { attributes: attributes ?? {} } : {}),
    replaceAttributes: isReplaced,
  };
}
