import { z } from 'zod';
import { SIGN_IN_ATTRIBUTES, textsOf } from '../realm-users/profile.ts';
import type { UserInfoData } from './operations.generated.ts';

/** A user as it is answered (docs/dialects/kobil.md, section 2.6). */
export const USER = z.strictObject({
  id: z.string(),
  username: z.string(),
  createdTimestamp: z.number().int().describe('Milliseconds since 1970.'),
  email: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  emailVerified: z.boolean(),
  enabled: z.boolean(),
  attributes: z.record(z.string(), z.array(z.string().nullable())).describe('Each with all its values.'),
  requiredActions: z.array(z.string()),
  admin: z.boolean().describe('Whether the user administers the tenant.'),
});

type User = UserInfoData['user'];

/** Columns that are attributes as well; those without a value have one that is null. */
const mirroredOf = ({ username, email, givenName, familyName }: User) => ({
  username: [username],
  email: [email],
  firstName: [givenName],
  lastName: [familyName],
});

/** What is known of the user's sign-ins, once there was an attempt. */
function signInsOf({ lastSignInAt, signInFailures }: User): Record<string, string[]> {
  const { failures, lastFailureAt, waitSeconds } = signInFailures ?? NO_FAILURES;
  if (lastSignInAt === null && lastFailureAt === null) return {};
  const last = lastSignInAt === null ? {} : { [SIGN_IN_ATTRIBUTES.lastSuccess]: [String(Date.parse(lastSignInAt))] };
  return {
    ...last,
    [SIGN_IN_ATTRIBUTES.failures]: [String(failures)],
    [SIGN_IN_ATTRIBUTES.wait]: [waitSeconds === null ? 'N/A' : String(waitSeconds)],
  };
}

const NO_FAILURES = { failures: 0, lastFailureAt: null, waitSeconds: null };

/** The user of the older service. */
export function showUser(user: User) {
  const { subject, email, givenName, familyName } = user;
  const attributes = Object.entries(user.attributes).map(([name, value]) => [name, textsOf(value)] as const);
  return {
    id: subject,
    username: user.username,
    createdTimestamp: Date.parse(user.createdAt),
    ...(email === null ? {} : { email }),
    ...(givenName === null ? {} : { firstName: givenName }),
    ...(familyName === null ? {} : { lastName: familyName }),
    emailVerified: user.emailVerified,
    enabled: user.isEnabled,
    attributes: { ...Object.fromEntries(attributes), ...mirroredOf(user), ...signInsOf(user) },
    requiredActions: user.requiredActions,
    admin: user.isAdministrator === true,
  };
}
