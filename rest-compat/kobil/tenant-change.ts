import { z } from 'zod';
import { type SentSettings, toTenantChange } from '../realms/realm-settings.ts';
import { ACTIONS_SENT, toActionChanges } from '../realms/required-actions.ts';
import { toNewApp } from './app.ts';

const TEXT = z.string().nullable().optional();
const FLAG = z.boolean().nullable().optional();

/** Members of a tenant that change one of its properties, or are kept by their name. */
const MEMBERS = {
  enabled: FLAG,
  bruteForceProtected: FLAG,
  otpBruteForceProtected: FLAG,
  actionTokenGeneratedByAdminLifespan: z.number().int().nullable().optional(),
  loginTheme: TEXT,
  accountTheme: TEXT,
  adminTheme: TEXT,
  emailTheme: TEXT,
  type: TEXT,
  tenantid: TEXT,
};

/** A tenant as it is sent. */
export const SENT_TENANT = z.object({
  ...MEMBERS,
  settings: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable())
    .nullable()
    .optional(),
  requiredActions: ACTIONS_SENT,
  adminUsername: TEXT.describe('The user whom the other members `admin*` change.'),
  adminPassword: TEXT,
  adminEmail: TEXT,
  adminFirstName: TEXT,
  adminLastName: TEXT,
});
type SentTenant = z.output<typeof SENT_TENANT>;

/** A new tenant as it is sent. */
export const NEW_TENANT = z.object({
  realm: z.string().describe('Name of the tenant. Mandatory.'),
  ...SENT_TENANT.shape,
  adminUsername: z.string().describe('Username of the user who administers the tenant. Mandatory.'),
  adminPassword: z.string().describe('Mandatory.'),
});
type NewTenant = z.output<typeof NEW_TENANT>;

/** The members that are sent; null counts as not sent. */
const membersOf = (body: SentTenant): SentSettings =>
  Object.fromEntries(
    Object.keys(MEMBERS).flatMap((name) => {
      const value = body[name as keyof typeof MEMBERS];
      return value == null ? [] : [[name, value]];
    }),
  );

/** Whether each property can have the value that is sent. */
export const canBeTenant = (body: SentTenant): boolean => toTenantChange(membersOf(body), body.settings ?? {}) !== null;

/** What is changed of a user; null counts as not sent, except in names. */
function toAdministrator({ adminPassword, adminEmail, adminFirstName, adminLastName }: SentTenant, username: string) {
  return {
    username,
    ...(adminPassword == null ? {} : { password: adminPassword }),
    ...(adminEmail == null ? {} : { email: adminEmail }),
    ...(adminFirstName === undefined ? {} : { givenName: adminFirstName }),
    ...(adminLastName === undefined ? {} : { familyName: adminLastName }),
  };
}

/** The change that a tenant as it is sent makes, each property of which can have its value. */
export function toUpdate(body: SentTenant) {
  const change = toTenantChange(membersOf(body), body.settings ?? {})!;
  const { adminUsername } = body;
  return {
    ...change,
    settings: { ...change.settings, ...toActionChanges(body.requiredActions) },
    ...(adminUsername == null ? {} : { administrator: toAdministrator(body, adminUsername) }),
  };
}

/** Name of the app that each new tenant has. */
export const TENANT_APP = 'digitanium-app';

/** The app takes passwords of users and acts for itself; no browser is sent to it. */
const NEW_TENANT_APP = toNewApp({
  appName: TENANT_APP,
  standardFlowEnabled: false,
  directAccessGrantsEnabled: true,
  serviceAccountsEnabled: true,
});

/** The variables of a new tenant, each property of which can have its value. */
export function toNewTenant(body: NewTenant) {
  const { settings, extra, ...own } = toTenantChange(membersOf(body), body.settings ?? {})!;
  const { adminPassword, adminUsername, realm } = body;
  return {
    ...own,
    name: realm,
    settings: { ...settings, ...toActionChanges(body.requiredActions) },
    extra: extra.set ?? {},
    administrator: { ...toAdministrator(body, adminUsername), password: adminPassword },
    client: NEW_TENANT_APP,
  };
}

/**
 * The host by which a tenant is reached: that of its gateway, else that of the service, because host names have no capital
 * letters.
 */
export function hostOfTenant(name: string, publicUrl: string): string {
  const { host } = new URL(publicUrl);
  return name === name.toLowerCase() ? `${name}.${host}` : host;
}
