import { z } from 'zod';
import { textsOf } from '../realm-users/profile.ts';
import type { AccountData } from './operations.generated.ts';

/** The account of a caller, as Keycloak's account service shows it. */
export const ACCOUNT = z.strictObject({
  id: z.string(),
  username: z.string(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  email: z.string().optional(),
  emailVerified: z.boolean(),
  attributes: z.record(z.string(), z.array(z.string())).describe('Each with all its values.'),
});

export function showAccount({ email, givenName, familyName, ...account }: AccountData['account']) {
  const attributes = Object.entries(account.attributes).map(
    ([name, value]) => [name, textsOf(value).filter((text) => text !== null)] as const,
  );
  return {
    id: account.subject,
    username: account.username,
    ...(givenName === null ? {} : { firstName: givenName }),
    ...(familyName === null ? {} : { lastName: familyName }),
    ...(email === null ? {} : { email }),
    emailVerified: account.emailVerified,
    attributes: Object.fromEntries(attributes),
  };
}
