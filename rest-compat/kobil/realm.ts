import { z } from 'zod';
import { present } from '../engine/index.ts';
import type { TenantInfoData } from '../realms/operations.generated.ts';
import { readAll, toRealmSource } from '../realms/property.ts';
import { showDefaultRole, showRealm } from '../realms/realm.ts';
import { MORE_PROPERTIES } from '../realms/realm-properties.ts';
import { showRealmSettings } from '../realms/realm-settings.ts';
import type { TenantsData } from './operations.generated.ts';
import { STATUS_SHOWN } from './tenant-status.ts';

/** A tenant with all of its properties. @throws NOT_FOUND It was deleted meanwhile. */
export function showTenantInfo(data: TenantInfoData): Record<string, unknown> {
  const tenant = present(data.tenant);
  const source = toRealmSource(tenant);
  const { administrator, userCount } = tenant;
  return {
    ...showRealm(tenant),
    ...readAll(MORE_PROPERTIES, source),
    defaultRole: showDefaultRole(data),
    adminEmailVerified: administrator?.emailVerified ?? false,
    adminStatus: administrator?.isEnabled ?? false,
    settings: showRealmSettings(source),
    userCount,
    realmCreationStatus: STATUS_SHOWN.status,
    adminUserCreatedTimestamp: administrator === null ? 0 : Date.parse(administrator.createdAt),
    adminUserEnabled: administrator?.isEnabled ?? false,
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
