import { z } from 'zod';
import { present, presentItems } from '../engine/index.ts';
import { toObjectId } from '../realm-users/object-id.ts';
import type { TenantInfoData, TenantsData } from './operations.generated.ts';
import {
  HEADERS,
  REALM_ATTRIBUTES,
  REALM_PROPERTIES,
  readAll,
  showRealmSettings,
  toRealmSource,
} from './realm-properties.ts';
import { STATUS_SHOWN } from './tenant-status.ts';

type Tenant = NonNullable<TenantInfoData['tenant']>;
type Settings = NonNullable<Tenant['settings']>;

/** Actions of a realm whose list nobody changed: alias, name, whether it is enabled, priority. */
const REQUIRED_ACTIONS: readonly (readonly [alias: string, name: string, isEnabled: boolean, priority: number])[] = [
  ['CONFIGURE_TOTP', 'Configure OTP', true, 10],
  ['TERMS_AND_CONDITIONS', 'Terms and Conditions', false, 20],
  ['UPDATE_PASSWORD', 'Update Password', true, 30],
  ['UPDATE_PROFILE', 'Update Profile', true, 40],
  ['VERIFY_EMAIL', 'Verify Email', true, 50],
  ['delete_account', 'Delete Account', false, 60],
  ['webauthn-register', 'Webauthn Register', true, 70],
  ['webauthn-register-passwordless', 'Webauthn Register Passwordless', true, 80],
  ['update_user_locale', 'Update User Locale', true, 1000],
];

/** The actions of a realm: those of the service while nobody changed the list. */
export const actionsOf = (actions: Settings['requiredActions']): NonNullable<Settings['requiredActions']> =>
  actions ??
  REQUIRED_ACTIONS.map(([alias, name, isEnabled, priority]) => ({
    alias,
    name,
    providerId: alias,
    isEnabled,
    isDefault: false,
    priority,
    config: {},
  }));

const showActions = (actions: Settings['requiredActions']): readonly object[] =>
  actionsOf(actions).map(({ isEnabled, isDefault, ...action }) => ({
    ...action,
    enabled: isEnabled,
    defaultAction: isDefault,
  }));

/** Stands for a password, which is never shown. */
const HIDDEN = '**********';

function showMailServer(server: Settings['mailServer']): object {
  if (server === null) return {};
  const { host, port, from, replyTo, envelopeFrom, user } = server;
  return {
    host,
    port,
    from,
    fromDisplayName: server.fromName,
    replyTo,
    replyToDisplayName: server.replyToName,
    envelopeFrom,
    ssl: server.isTls,
    starttls: server.isStartTls,
    auth: user !== null,
    user,
    ...(server.hasPassword ? { password: HIDDEN } : {}),
  };
}

const secondsOf = (moment: string | null): number => (moment === null ? 0 : Math.floor(Date.parse(moment) / 1000));

/** Name of the role that every user of a tenant has. */
export const defaultRoleOf = (tenantName: string): string => `default-roles-${tenantName.toLowerCase()}`;

/** The role that every user of a tenant has; null where there is none. */
function showDefaultRole(roles: TenantInfoData['roles'], name: string, containerId: string): object | null {
  const role = presentItems(roles.nodes).find((one) => one.name === defaultRoleOf(name));
  if (role === undefined) return null;
  const { id, description } = role;
  return { id: toObjectId(id), name: role.name, description, composite: true, clientRole: false, containerId };
}

/** A tenant with all of its properties. @throws NOT_FOUND It was deleted meanwhile. */
export function showRealm({ tenant: found, roles }: TenantInfoData): Record<string, unknown> {
  const tenant = present(found);
  const source = toRealmSource(tenant);
  const { administrator, name, notBefore, userCount } = tenant;
  const id = toObjectId(tenant.id);
  return {
    id,
    realm: name,
    notBefore: secondsOf(notBefore),
    ...readAll(REALM_PROPERTIES, source),
    defaultRole: showDefaultRole(roles, name, id),
    browserSecurityHeaders: readAll(HEADERS, source),
    smtpServer: showMailServer(present(tenant.settings).mailServer),
    identityProviders: [],
    identityProviderMappers: [],
    requiredActions: showActions(present(tenant.settings).requiredActions),
    attributes: readAll(REALM_ATTRIBUTES, source),
    adminEmailVerified: administrator?.emailVerified ?? false,
    adminStatus: administrator?.isEnabled ?? false,
    settings: showRealmSettings(source),
    userCount,
    realmCreationStatus: STATUS_SHOWN.status,
    adminUserCreatedTimestamp: administrator === null ? 0 : Date.parse(administrator.createdAt),
    adminUserEnabled: administrator?.isEnabled ?? false,
    clientProfiles: { profiles: [] },
    clientPolicies: { policies: [] },
  };
}

/** What a tenant is for, unless it was made with another word. */
const USUAL_TYPE = 'AST';

type Listed = NonNullable<TenantsData['tenants']['nodes'][number]>;

export const TENANT_LISTED = z.strictObject({
  name: z.string(),
  type: z.string(),
  enabled: z.boolean(),
  rememberMe: z.boolean(),
  resetPassword: z.boolean(),
  registrationAllowed: z.boolean(),
  adminUsername: z.string().nullable().describe('The user whom the tenant was made with.'),
  userCount: z.number().int(),
  realmCreationStatus: z.string(),
});

/** A tenant of a list. */
export function showTenant({ name, isEnabled, userCount, administrator, ...tenant }: Listed) {
  const { rememberMe, resetPassword, registration } = present(tenant.settings);
  const type = present(tenant.extraSettings)['type'];
  return {
    name,
    type: typeof type === 'string' ? type : USUAL_TYPE,
    enabled: isEnabled,
    rememberMe,
    resetPassword,
    registrationAllowed: registration,
    adminUsername: administrator?.username ?? null,
    userCount,
    realmCreationStatus: STATUS_SHOWN.status,
  };
}
