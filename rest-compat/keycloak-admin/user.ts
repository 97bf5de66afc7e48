import { z } from 'zod';
import { secondsOf } from '../realms/realm.ts';
import { ATTRIBUTES, showAttributes } from './attributes.ts';
import type { UserByIdData } from './operations.generated.ts';

const ACCESS = z.strictObject({
  manageGroupMembership: z.boolean(),
  view: z.boolean(),
  mapRoles: z.boolean(),
  impersonate: z.boolean(),
  manage: z.boolean(),
});

/** A user as it is answered (docs/dialects/kobil.md, section 4.4). */
export const USER = z.strictObject({
  id: z.string(),
  username: z.string(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  email: z.string().optional(),
  emailVerified: z.boolean(),
  enabled: z.boolean(),
  createdTimestamp: z.number().int().describe('Milliseconds since 1970.'),
  access: ACCESS.describe('What the caller may do with the user.'),
  attributes: ATTRIBUTES.optional(),
  requiredActions: z.array(z.string()).optional(),
  totp: z.boolean().optional().describe('Whether the user has an app that shows time-based codes.'),
  disableableCredentialTypes: z.array(z.string()).optional().describe('Always empty.'),
  notBefore: z.number().int().optional().describe('Seconds since 1970: tokens issued before are refused; 0: none.'),
});

type Full = UserByIdData['user'];
type Brief = Omit<Full, 'credentials'>;
type Access = z.output<typeof ACCESS>;

/** The caller and its permissions. */
export type Viewer = UserByIdData['viewer'];

/** Tells what the caller may do in the realm, by the permissions that count there. */
export const holds =
  (permissions: readonly string[]) =>
  (permission: string): boolean =>
    permissions.includes(permission) || permissions.includes(`${permission}:all`);

/** What the caller may do with users of the realm. */
export function accessOf({ permissions }: Viewer): Access {
  const may = holds(permissions);
  return {
    manageGroupMembership: may('group-member:write'),
    view: may('user:read'),
    mapRoles: may('role-grant:write'),
    impersonate: may('user:impersonate'),
    manage: may('user:write'),
  };
}

/** The user without what only the full form shows. */
export function showBriefly(user: Brief, access: Access) {
  const { email, givenName, familyName } = user;
  return {
    id: user.subject,
    username: user.username,
    ...(givenName === null ? {} : { firstName: givenName }),
    ...(familyName === null ? {} : { lastName: familyName }),
    ...(email === null ? {} : { email }),
    emailVerified: user.emailVerified,
    enabled: user.isEnabled,
    createdTimestamp: Date.parse(user.createdAt),
    access,
  };
}

/** The user as it is answered alone. */
export function showUser(user: Brief & Partial<Pick<Full, 'credentials'>>, access: Access) {
  return {
    ...showBriefly(user, access),
    attributes: showAttributes(user.attributes),
    requiredActions: user.requiredActions,
    totp: (user.credentials ?? []).some((credential) => credential?.type === 'TOTP'),
    disableableCredentialTypes: [],
    notBefore: secondsOf(user.notBefore),
  };
}
