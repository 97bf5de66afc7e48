import { z } from 'zod';
import { type ParsedRequest, present, type Route, route } from '../../engine/index.ts';
import { APP_SETTINGS_SHOWN, SENT_APP_SETTINGS, showAppSettings, toAppSettings } from '../app-settings.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM, withData } from '../envelope.ts';
import { SETTING_UNKNOWN } from '../errors.ts';
import { AppSettings, UpdateAppSettings } from '../operations.generated.ts';

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
  errors: { TENANT_SETTING_NOT_FOUND: SETTING_UNKNOWN },
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

/** Tenants and their settings: docs/dialects/kobil.md, section 3.3. */
export const TENANT_ROUTES: readonly Route[] = [UPDATE_APPS, APPS, SOME_APPS];
export const GATEWAY_TENANT_ROUTES: readonly Route[] = [];
