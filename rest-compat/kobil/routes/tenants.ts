import { z } from 'zod';
import { type ParsedRequest, present, presentItems, type Route, route } from '../../engine/index.ts';
import { TenantInfo, TenantSettings, UpdateTenant } from '../../realms/operations.generated.ts';
import { toRealmSource } from '../../realms/property.ts';
import { defaultRoleOf } from '../../realms/realm.ts';
import { canChangeRealm, showSettings, toSettingRemoval, toSettingsChange } from '../../realms/realm-settings.ts';
import { at } from '../alias.ts';
import { APP_SETTINGS_SHOWN, SENT_APP_SETTINGS, showAppSettings, toAppSettings } from '../app-settings.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM, withData } from '../envelope.ts';
import { invalid, PASSWORD_INVALID, SETTING_UNKNOWN, TENANT_TAKEN, USER_NAMED_TAKEN, USER_UNKNOWN } from '../errors.ts';
import {
  AppSettings,
  DeleteTenantSetting,
  ProvisionTenant,
  TenantStatus,
  Tenants,
  UpdateAppSettings,
  UpdateTenantSettings,
} from '../operations.generated.ts';
import { MAX_LISTED } from '../quirks.ts';
import { showTenant, showTenantInfo, TENANT_LISTED } from '../realm.ts';
import {
  canBeTenant,
  hostOfTenant,
  NEW_TENANT,
  SENT_TENANT,
  TENANT_APP,
  toNewTenant,
  toUpdate,
} from '../tenant-change.ts';
import { STATUS_SHOWN, TENANT_STATUS } from '../tenant-status.ts';

const { tenants } = SUBSYSTEM;
const TAGS = { subSystem: tenants };
const APP_SETTINGS_PATH = '/v4_realm/appsettings';

const UPDATE_APPS = route({
  method: 'PUT',
  path: APP_SETTINGS_PATH,
  spec: '3.3 (53)',
  summary: 'Changes settings that apps read; those that are not sent stay',
  callers: callersWith('setting:write'),
  tags: TAGS,
  operation: UpdateAppSettings,
  input: { body: SENT_APP_SETTINGS },
  toVariables: ({ body }) => toAppSettings(body),
  reply: { status: 200, schema: DONE, from: () => done('Tenant settings updated successfully', tenants) },
});

const APPS_SHOWN = withData(APP_SETTINGS_SHOWN);
const showApps = (extraSettings: Readonly<Record<string, unknown>> | null, keys?: readonly string[]) => ({
  ...done('Tenant setting(s) fetched successfully', tenants),
  data: showAppSettings(present(extraSettings), keys),
});

const APPS = route({
  method: 'GET',
  path: APP_SETTINGS_PATH,
  spec: '3.3 (54)',
  summary: 'The settings that apps read',
  callers: callersWith('setting:read'),
  tags: TAGS,
  operation: AppSettings,
  reply: { status: 200, schema: APPS_SHOWN, from: ({ tenant }) => showApps(present(tenant).extraSettings) },
});

const KEYS = z.object({
  keys: z.array(z.string()).nullable().optional().describe('The only settings to show; without them, all.'),
});

const SOME_APPS = route({
  method: 'POST',
  path: APP_SETTINGS_PATH,
  spec: '3.3 (54)',
  summary: 'The settings that apps read, or those of a list',
  callers: callersWith('setting:read'),
  tags: TAGS,
  operation: AppSettings,
  input: { body: KEYS.optional() },
  reply: {
    status: 200,
    schema: APPS_SHOWN,
    from: ({ tenant }, { body }: ParsedRequest<{ body: z.ZodOptional<typeof KEYS> }>) =>
      showApps(present(tenant).extraSettings, body?.keys ?? undefined),
  },
});

/** Rows that only the tenant `master` has. */
const MASTER = 'master';

const LIST = route({
  method: 'GET',
  path: '/v4_realm',
  spec: '3.3 (46)',
  summary: 'The tenants, by name; only that of the caller unless its rights reach all',
  callers: callersWith('tenant:read'),
  tags: TAGS,
  tenant: 'none',
  under: MASTER,
  operation: Tenants,
  toVariables: () => ({ first: MAX_LISTED }),
  reply: {
    status: 200,
    schema: withData(z.array(TENANT_LISTED)),
    from: (data) => ({
      ...done('Tenant list fetched successfully', tenants),
      data: presentItems(data.tenants.nodes).map(showTenant),
    }),
  },
});

const INFO = route({
  method: 'GET',
  path: '/v4_realm/{tenantId}',
  spec: '3.3 (48)',
  summary: 'A tenant with all of its properties',
  callers: callersWith('tenant:read'),
  tags: TAGS,
  tenant: { in: 'params', name: 'tenantId' },
  under: MASTER,
  operation: TenantInfo,
  input: { params: z.object({ tenantId: z.string().max(255) }) },
  toVariables: ({ tenantName }) => ({ defaultRole: defaultRoleOf(tenantName) }),
  reply: {
    status: 200,
    schema: withData(z.record(z.string(), z.unknown())),
    from: (data) => ({ ...done('Tenant info fetched successfully', tenants), data: showTenantInfo(data) }),
  },
});

const REFUSED = invalid('Failed to create tenant');

/** Refusals of a change of a tenant; most concern a user whom only 49 names. */
const CHANGE_ERRORS = {
  TENANT_PROTECTED: REFUSED,
  TENANT_SETTING_INVALID: REFUSED,
  USER_EMAIL_AMBIGUOUS: REFUSED,
  USER_NOT_FOUND: USER_UNKNOWN,
  USER_USERNAME_INVALID: REFUSED,
  USER_USERNAME_TAKEN: USER_NAMED_TAKEN,
  USER_EMAIL_TAKEN: USER_NAMED_TAKEN,
  USER_EMAIL_INVALID: REFUSED,
  USER_ATTRIBUTE_REFUSED: REFUSED,
  USER_ATTRIBUTE_UNMODIFIABLE: REFUSED,
  PASSWORD_POLICY: PASSWORD_INVALID,
  PASSWORD_TOO_LONG: PASSWORD_INVALID,
  REAUTHENTICATION_REQUIRED: REFUSED,
};

const UPDATE = route({
  method: 'PUT',
  path: ['/v3_realm/{tenantId}', '/v4_realm/{tenantId}'],
  spec: '3.3 (49)',
  summary: 'Changes a tenant and a user by whom it is administered, all or none; what is not sent stays',
  callers: callersWith('tenant:write'),
  tags: TAGS,
  tenant: { in: 'params', name: 'tenantId' },
  under: MASTER,
  operation: UpdateTenant,
  input: { params: z.object({ tenantId: z.string().max(255) }), body: SENT_TENANT.refine(canBeTenant) },
  toVariables: ({ body }) => toUpdate(body),
  reply: { status: 200, schema: DONE, from: () => done('Tenant updated successfully', tenants) },
  errors: { ...CHANGE_ERRORS, INVALID_INPUT: REFUSED },
});

const NEW_TENANT_SENT = NEW_TENANT.refine(canBeTenant);

const CREATE = route({
  method: 'POST',
  path: '/v4_realm',
  spec: '3.3 (47)',
  summary: 'Makes a tenant with a user who administers it and an app, all or nothing',
  callers: callersWith('tenant:create'),
  tags: TAGS,
  tenant: 'none',
  under: MASTER,
  operation: ProvisionTenant,
  input: { body: NEW_TENANT_SENT },
  toVariables: ({ body }) => toNewTenant(body),
  reply: {
    status: 200,
    schema: withData(
      z.strictObject({
        tenantName: z.string(),
        emailId: z.string().nullable().describe('Address of the user who administers the tenant.'),
        tenantUrl: z.string().describe('Host by which the tenant is reached.'),
        appId: z.string(),
        appSecret: z.string(),
      }),
    ),
    from: ({ provisionTenant }, { body, publicUrl }: ParsedRequest<{ body: typeof NEW_TENANT_SENT }>) => ({
      ...done('Tenant created successfully', tenants),
      data: {
        tenantName: body.realm,
        emailId: body.adminEmail ?? null,
        tenantUrl: hostOfTenant(body.realm, publicUrl),
        appId: TENANT_APP,
        appSecret: present(provisionTenant.secret),
      },
    }),
  },
  errors: {
    TENANT_NAME_TAKEN: TENANT_TAKEN,
    TENANT_NAME_INVALID: REFUSED,
    TENANT_NAME_RESERVED: REFUSED,
    TENANT_SETTING_INVALID: REFUSED,
    USER_USERNAME_INVALID: REFUSED,
    USER_EMAIL_INVALID: REFUSED,
    USER_ATTRIBUTE_INVALID: REFUSED,
    USER_ATTRIBUTE_REFUSED: REFUSED,
    PASSWORD_POLICY: REFUSED,
    PASSWORD_TOO_LONG: REFUSED,
    CLIENT_WITHOUT_ACCOUNT: REFUSED,
    INVALID_INPUT: REFUSED,
    BODY_MALFORMED: REFUSED,
  },
});

const SETTINGS_PATH = '/v3_realm/settings';

const SETTINGS = route({
  method: 'GET',
  path: SETTINGS_PATH,
  spec: '3.3 (50)',
  summary: 'All settings of the tenant',
  callers: callersWith('setting:read'),
  tags: TAGS,
  operation: TenantSettings,
  reply: {
    status: 200,
    schema: withData(z.record(z.string(), z.unknown())),
    from: ({ tenant }) => ({
      ...done('Tenant setting(s) fetched successfully', tenants),
      data: showSettings(toRealmSource(present(tenant))),
    }),
  },
});

const UPDATE_SETTINGS = route({
  method: 'POST',
  path: SETTINGS_PATH,
  spec: '3.3 (51)',
  summary: 'Changes settings of the tenant, all or none; those that are not sent stay',
  callers: callersWith('setting:write'),
  tags: TAGS,
  operation: UpdateTenantSettings,
  input: {
    body: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable())
      .refine(canChangeRealm)
      .describe('Values by name; null removes one, and returns one that each tenant has to its default.'),
  },
  toVariables: ({ body }) => toSettingsChange(body),
  reply: { status: 200, schema: DONE, from: () => done('Tenant settings updated successfully', tenants) },
  errors: {
    ...CHANGE_ERRORS,
    BODY_MALFORMED: REFUSED,
    INVALID_INPUT: REFUSED,
  },
});

const DELETE_SETTING = route({
  method: 'DELETE',
  path: SETTINGS_PATH,
  spec: '3.3 (52)',
  summary: 'Removes a setting; one that each tenant has returns to its default',
  callers: callersWith('setting:write'),
  tags: TAGS,
  operation: DeleteTenantSetting,
  input: { query: z.object({ key: z.string().optional().describe('Name of the setting. Mandatory.') }) },
  toVariables: ({ query }) => toSettingRemoval(query.key),
  reply: { status: 200, schema: DONE, from: () => done('Tenant setting deleted', tenants) },
  errors: { ...CHANGE_ERRORS, INVALID_INPUT: SETTING_UNKNOWN },
});

const STATUS = route({
  method: 'GET',
  path: '/v4_realm/status',
  spec: '3.3 (55)',
  summary: 'How far the tenant is set up; certificates are never, because no service makes any',
  callers: callersWith('tenant:read'),
  tags: TAGS,
  operation: TenantStatus,
  reply: {
    status: 200,
    schema: withData(TENANT_STATUS),
    from: () => ({ ...done('Tenant status fetched successfully', tenants), data: STATUS_SHOWN }),
  },
});

/** Tenants and their settings: docs/dialects/kobil.md, section 3.3. */
export const TENANT_ROUTES: readonly Route[] = [
  LIST,
  CREATE,
  INFO,
  UPDATE,
  SETTINGS,
  UPDATE_SETTINGS,
  DELETE_SETTING,
  UPDATE_APPS,
  APPS,
  SOME_APPS,
  STATUS,
];
export const GATEWAY_TENANT_ROUTES: readonly Route[] = [
  at('/tenants', LIST),
  at('/tenants', CREATE),
  at('/tenants/{tenantId}', INFO),
  at('/tenants/{tenantId}', UPDATE),
  {
    ...at('/tenants', UPDATE),
    tenant: { in: 'query', name: 'tenantname' },
    input: { query: z.object({ tenantname: z.string().max(255) }), body: UPDATE.input!.body! },
  },
  at('/tenants/settings', SETTINGS),
  at('/tenants/settings', UPDATE_SETTINGS),
  at('/tenants/settings', DELETE_SETTING),
  at('/tenants/status', STATUS),
];
