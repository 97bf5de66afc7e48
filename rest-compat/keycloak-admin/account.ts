import { z } from 'zod';
import { ACCOUNT_MEMBERS, asAccountChange, asNewAccount, SENT_PASSWORD, toAccount } from '../realm-users/account.ts';
import { CREDENTIAL, toCredentials } from './import/users.ts';
import { NOT_BEFORE, toNotBefore } from './not-before.ts';

const USERNAME = z.string().nullable().optional();

/** Paths of values that are absent, which the shape alone would not tell from values of another type. */
export const ABSENT_USERNAME = 'username.absent';
export const ABSENT_PASSWORD = 'value.absent';
const at = (path: string) => ({ path: path.split('.') });

const isGiven = (text: string | null | undefined): boolean => text != null && text !== '';

/** Changes to a user as they are sent. */
export const CHANGED_USER = z.object({
  username: USERNAME.describe('Ignored unless the tenant has `editUsernameAllowed`.'),
  ...ACCOUNT_MEMBERS,
  notBefore: NOT_BEFORE,
});

/** A credential as an export has it: a hash in place of a value, or the secret of an app. */
const EXPORTED_CREDENTIAL = z.object({
  ...CREDENTIAL.shape,
  type: z.enum(['password', 'otp']),
  credentialData: z.string().describe('Details as JSON, such as the algorithm of a hash.'),
  secretData: z.string().describe('Hash and salt, or the secret of an app, as JSON.'),
});
type ExportedCredential = z.output<typeof EXPORTED_CREDENTIAL>;
type SentCredential = ExportedCredential | z.output<typeof SENT_PASSWORD>;

const isExported = (credential: SentCredential): credential is ExportedCredential => 'secretData' in credential;

/** A new user as it is sent. */
export const NEW_USER = z
  .object({
    ...ACCOUNT_MEMBERS,
    username: USERNAME.describe('Mandatory.'),
    credentials: z
      .array(z.union([EXPORTED_CREDENTIAL, SENT_PASSWORD]))
      .nullable()
      .optional()
      .describe('A password, of several the last counts; or credentials as an export has them.'),
  })
  .refine(({ username }) => isGiven(username), at(ABSENT_USERNAME));

/** A new password as it is sent. */
export const NEW_PASSWORD = z
  .object({
    type: z.literal('password').nullable().optional(),
    value: z.string().nullable().optional().describe('Mandatory.'),
    temporary: z.boolean().nullable().optional().describe('Whether the user has to change it. Default false.'),
  })
  .refine(({ value }) => isGiven(value), at(ABSENT_PASSWORD));

/** The variables of a new user. */
export function toNewUser({ credentials, ...user }: z.output<typeof NEW_USER>) {
  const passwords = credentials?.flatMap((credential) => (isExported(credential) ? [] : credential));
  const exported = toCredentials(credentials?.filter(isExported) ?? []);
  return {
    ...asNewAccount(toAccount({ ...user, credentials: passwords }, false)),
    ...(exported.length === 0 ? {} : { credentials: exported }),
    username: user.username!,
  };
}

/** The variables of a change, except for the user. */
export const toUserChange = (user: z.output<typeof CHANGED_USER>) => ({
  ...asAccountChange(toAccount(user, false), user),
  ...toNotBefore(user.notBefore),
});

/** The variables of a new password, except for the user. */
export const toNewPassword = ({ value, temporary }: z.output<typeof NEW_PASSWORD>) => ({
  password: value!,
  isTemporary: temporary ?? false,
});
