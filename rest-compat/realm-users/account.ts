import { z } from 'zod';
import { PROFILE_MEMBERS, toProfile } from './profile.ts';

const FLAG = z.boolean().nullable().optional();
const NAMES = z.array(z.string()).nullable().optional();

/** A password as it is sent with an account. */
export const SENT_PASSWORD = z.object({
  type: z.literal('password').nullable().optional(),
  value: z.string(),
  temporary: FLAG.describe('Whether the user has to change it at the next sign-in.'),
});

/** What a user is, signs in with and belongs to, as it is sent. */
export const ACCOUNT_MEMBERS = {
  ...PROFILE_MEMBERS,
  emailVerified: FLAG,
  enabled: FLAG,
  credentials: z.array(SENT_PASSWORD).nullable().optional().describe('A password; of several the last counts.'),
  groups: NAMES.describe('Names or paths of groups.'),
  requiredActions: NAMES,
};
const ACCOUNT_SHAPE = z.object(ACCOUNT_MEMBERS);
type Account = z.output<typeof ACCOUNT_SHAPE>;

/**
 * Makes the variables of the graph from an account that was sent; null counts as not sent.
 * @param isTemporary Whether a password has to be changed where the request does not say it.
 */
export function toAccount(account: Account, isTemporary: boolean) {
  const { emailVerified, enabled, credentials, groups, requiredActions } = account;
  const credential = credentials?.at(-1);
  return {
    ...toProfile(account),
    ...(credential === undefined
      ? {}
      : { password: credential.value, isPasswordTemporary: credential.temporary ?? isTemporary }),
    ...(emailVerified == null ? {} : { emailVerified }),
    ...(enabled == null ? {} : { isEnabled: enabled }),
    ...(requiredActions == null ? {} : { requiredActions }),
    groups: (groups ?? []).map((path) => ({ path })),
  };
}

/** The variables of a new account, which is disabled unless something else was sent. */
export const asNewAccount = <A extends object>(account: A) => ({ emailVerified: false, isEnabled: false, ...account });

/** The variables of a change. Attributes that are sent replace all that there are. */
export function asAccountChange<A extends { readonly attributes?: Readonly<Record<string, unknown>> | undefined }>(
  { attributes, ...account }: A,
  sent: { readonly username?: string | null | undefined; readonly attributes?: object | null | undefined },
) {
  const isReplaced = sent.attributes != null;
  return {
    ...account,
    ...(sent.username == null ? {} : { username: sent.username }),
    ...(isReplaced ? { attributes: attributes ?? {} } : {}),
    replaceAttributes: isReplaced,
  };
}
