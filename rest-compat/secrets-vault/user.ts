import { z } from 'zod';
import type { User } from './operations.generated.ts';
import { showRoles, toRoles } from './roles-of-users.ts';

/** Literals of paths, which are no ids. Others that the service reserves are refused by the graph. */
const RESERVED = ['batch', 'batch-delete', 'by-name', 'me', '.', '..'];

const USER_ID = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9_.-]*$/)
  .refine((id) => !RESERVED.includes(id.toLowerCase()), 'This id is reserved.');

/** What this dialect asks of a username that it makes. */
export const NEW_USERNAME = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[a-zA-Z0-9_.@-]*$/);

/** Only addresses to which mail can be sent: no quoted local parts, no comments. */
const ADDRESS = /^[^\s@"<>()[\]\\,;:\p{C}]{1,64}@[^\s@"<>()[\]\\,;:.\p{C}]+(\.[^\s@"<>()[\]\\,;:.\p{C}]+)*$/u;

export const EMAIL = z.email({ pattern: ADDRESS }).max(254);

/** A user as it is sent: all of its members, of which those that are left out have their defaults. */
export const SENT_USER = z.object({
  user_id: USER_ID.describe('Public id, which never changes.'),
  username: NEW_USERNAME,
  email: EMAIL,
  tenant_id: z.string(),
  is_disabled: z.boolean().default(false),
  is_verified: z.boolean().default(false).describe('Whether the e-mail address is verified.'),
  created_at: z.iso.datetime({ offset: true }).optional().describe('Ignored.'),
  updated_at: z.string().nullable().optional().describe('Ignored.'),
  locale: z
    .string()
    .regex(/^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}$/)
    .nullable()
    .default(null),
  roles: z
    .array(z.string())
    .max(200)
    .nullable()
    .default(null)
    .describe('Null: a new user has none, and a change leaves them alone.'),
  external_id: z.string().max(255).nullable().default(null),
});

type SentUser = z.output<typeof SENT_USER>;

/** The variables that new users and changes have in common. */
export const toAccount = (user: SentUser) => ({
  username: user.username,
  email: user.email,
  emailVerified: user.is_verified,
  isEnabled: !user.is_disabled,
  locale: user.locale,
  externalId: user.external_id,
});

/** The variables of a new user. */
export const toNewUser = (user: SentUser) => ({
  ...toAccount(user),
  subject: user.user_id,
  roles: toRoles(user.roles ?? []),
});

/** Users as they are sent together. */
export const SENT_USERS = z.object({ users: z.array(SENT_USER).min(1).max(1000) });

/** What became of users who were sent together: each is in one of the members. */
export const CREATED_USERS = z.strictObject({
  success_created_count: z.number().int(),
  fail_create_usernames: z.array(z.string()).describe('Of users whom a rule refuses.'),
  duplicate_usernames: z.array(z.string()).describe('Names that other users have, or users before them in the list.'),
});

/** Those of some users who are sent to the tenant of the request. */
export const ofTenant = ({ users }: z.output<typeof SENT_USERS>, tenantName: string): readonly SentUser[] =>
  users.filter(({ tenant_id }) => tenant_id === tenantName);

/** Why the graph refused a user; null: it was made. */
interface Refusal {
  readonly error: { readonly code: string; readonly field: string | null } | null;
}

const isDuplicate = ({ error }: Refusal): boolean =>
  error?.code === 'USER_USERNAME_TAKEN' && error.field?.endsWith('.subject') !== true;

/** @param results Of the users of the tenant, in their order. */
export function showCreated(
  body: z.output<typeof SENT_USERS>,
  tenantName: string,
  results: readonly Refusal[],
): z.input<typeof CREATED_USERS> {
  const resultOf = new Map(ofTenant(body, tenantName).map((user, at) => [user, results[at]!]));
  const namesOf = (isMeant: (result: Refusal | undefined) => boolean) =>
    body.users.filter((user) => isMeant(resultOf.get(user))).map(({ username }) => username);
  return {
    success_created_count: results.filter(({ error }) => error === null).length,
    fail_create_usernames: namesOf((result) => result === undefined || (result.error !== null && !isDuplicate(result))),
    duplicate_usernames: namesOf((result) => result !== undefined && isDuplicate(result)),
  };
}

/** A user as it is answered. */
export const USER = z.strictObject({
  user_id: z.string(),
  username: z.string(),
  email: z.string().nullable().describe('Null for a user whom another API made without one.'),
  tenant_id: z.string(),
  is_disabled: z.boolean(),
  is_verified: z.boolean(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime().nullable().describe('Null until it changes.'),
  locale: z.string().nullable(),
  roles: z
    .array(z.string())
    .nullable()
    .describe(
      'Roles that it was granted directly: those that the tenant made, and those of administrators. Null for callers who may not read them.',
    ),
  external_id: z.string().nullable(),
});

export const showUser = (user: User, tenantName: string): z.input<typeof USER> => ({
  user_id: user.subject,
  username: user.username,
  email: user.email,
  tenant_id: tenantName,
  is_disabled: !user.isEnabled,
  is_verified: user.emailVerified,
  created_at: user.createdAt,
  updated_at: user.updatedAt === user.createdAt ? null : user.updatedAt,
  locale: user.locale,
  roles: user.roles == null ? null : [...showRoles(user.roles)],
  external_id: user.externalId,
});
