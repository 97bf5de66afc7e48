import { z } from 'zod';
import { textsOf } from '../realm-users/profile.ts';
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
  attributes: z.record(z.string(), z.array(z.string())).optional().describe('Each with all its values.'),
  requiredActions: z.array(z.string()).optional(),
  totp: z.boolean().optional().describe('Whether the user has an app that shows time-based codes.'),
  disableableCredentialTypes: z.array(z.string()).optional().describe('Always empty.'),
  notBefore: z.number().int().optional().describe('Always 0.'),
});

type Full = UserByIdData['user'];
type Brief = Omit<Full, 'credentials'>;
type Access = z.output<typeof ACCESS>;

/** What the caller may do with users of a tenant: by permissions there, or by those that reach all tenants. */
export function accessOf({ tenant, permissions }: UserByIdData['viewer'], tenantName: string): Access {
  const may = (permission: string): boolean =>
    permissions.includes(`${permission}:all`) || (tenant === tenantName && permissions.includes(permission));
  return {
    manageGroupMembership: may('group-member:write'),
    view: may('user:read'),
    mapRoles: may('role-grant:write'),
    impersonate: false,
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

const valuesOf = (value: unknown): string[] => textsOf(value).filter((text) => text !== null);

/** The user as it is answered alone. */
export function showUser(user: Brief & Partial<Pick<Full, 'credentials'>>, access: Access) {
  const attributes = Object.entries(user.attributes).map(([name, value]) => [name, valuesOf(value)] as const);
  return {
    ...showBriefly(user, access),
    attributes: Object.fromEntries(attributes),
    requiredActions: user.requiredActions,
    totp: (user.credentials ?? []).some((credential) => credential?.type === 'TOTP'),
    disableableCredentialTypes: [],
    notBefore: 0,
  };
}
