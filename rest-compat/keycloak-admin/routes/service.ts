import { z } from 'zod';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { POLICY_TYPES } from '../../realms/password-policy.ts';
import { KEYCLOAK_VERSION } from '../export.ts';
import { ServerInfo, WhoAmI, type WhoAmIData } from '../operations.generated.ts';
import { holds } from '../user.ts';

const SPEC = '4.17';

/** Names that roles of administration have, each with the permission that stands for it. */
const ACCESS: Readonly<Record<string, string>> = {
  'view-realm': 'tenant:read',
  'query-realms': 'tenant:read',
  'manage-realm': 'tenant:write',
  'view-users': 'user:read',
  'query-users': 'user:read',
  'manage-users': 'user:write',
  'query-groups': 'group:read',
  'view-clients': 'client:read',
  'query-clients': 'client:read',
  'create-client': 'client:create',
  'manage-clients': 'client:write',
  'view-events': 'event:read',
  'manage-events': 'event:read',
  'view-identity-providers': 'federation-provider:read',
  'manage-identity-providers': 'federation-provider:write',
};

const WHO = z.strictObject({
  userId: z.string().describe('Id of the user, else of the client.'),
  realm: z.string(),
  displayName: z.string(),
  locale: z.string(),
  createRealm: z.boolean().describe('Whether the caller may make realms.'),
  realm_access: z.record(z.string(), z.array(z.string())).describe('Names of roles, by realm.'),
  temporary: z.boolean(),
});

/** What the caller may do in the realm of these permissions. */
function accessBy(permissions: readonly string[]): string[] {
  const may = holds(permissions);
  return Object.entries(ACCESS)
    .filter(([, permission]) => may(permission))
    .map(([name]) => name);
}

/** @throws FORBIDDEN The caller is of another realm than the path names. */
function showWho({ viewer }: WhoAmIData, realm: string, asked: string): z.input<typeof WHO> {
  if (viewer.tenant !== realm) throw kernelErrors.FORBIDDEN();
  const { subject, clientId, displayName, permissions = [], shown = [] } = viewer;
  const id = subject ?? clientId ?? '';
  return {
    userId: id,
    realm,
    displayName: displayName ?? id,
    locale: 'en',
    createRealm: permissions.includes('tenant:create:all'),
    realm_access: { [asked]: accessBy(shown) },
    temporary: false,
  };
}

const WHO_AM_I = route({
  method: 'GET',
  path: '/{realm}/console/whoami',
  spec: SPEC,
  summary: 'The caller, and what it may do',
  callers: { bearer: {} },
  tenant: 'none',
  operation: WhoAmI,
  input: {
    params: z.object({ realm: z.string().max(255) }),
    query: z.object({
      currentRealm: z
        .string()
        .max(255)
        .optional()
        .describe('The realm whose roles are shown. Default: that of the path.'),
    }),
  },
  toVariables: ({ params, query }) => ({ withPermissions: true, shown: query.currentRealm ?? params.realm }),
  reply: {
    status: 200,
    schema: WHO,
    from: (data, { params, query }) => showWho(data, params.realm, query.currentRealm ?? params.realm),
  },
});

const NO_MEMBERS = z.strictObject({});

const INFO = z.strictObject({
  systemInfo: z.strictObject({ version: z.string() }),
  profileInfo: z.strictObject({
    name: z.string(),
    disabledFeatures: z.array(z.string()),
    previewFeatures: z.array(z.string()),
    experimentalFeatures: z.array(z.string()),
  }),
  features: z.array(z.unknown()),
  themes: NO_MEMBERS,
  socialProviders: z.array(z.unknown()),
  identityProviders: z.array(z.strictObject({ groupName: z.string(), name: z.string(), id: z.string() })),
  clientImporters: z.array(z.unknown()),
  providers: NO_MEMBERS,
  protocolMapperTypes: NO_MEMBERS,
  builtinProtocolMappers: NO_MEMBERS,
  clientInstallations: NO_MEMBERS,
  componentTypes: NO_MEMBERS,
  passwordPolicies: z.array(
    z.strictObject({
      id: z.string(),
      displayName: z.string(),
      configType: z.string().optional().describe('`int` or `String`. Absent: the rule has no value.'),
      defaultValue: z.string().optional(),
      multipleSupported: z.boolean(),
    }),
  ),
  enums: z.record(z.string(), z.array(z.string())),
});

const SHOWN: z.input<typeof INFO> = {
  systemInfo: { version: KEYCLOAK_VERSION },
  profileInfo: { name: 'default', disabledFeatures: [], previewFeatures: [], experimentalFeatures: [] },
  features: [],
  themes: {},
  socialProviders: [],
  identityProviders: [{ groupName: 'User-defined', name: 'OpenID Connect v1.0', id: 'oidc' }],
  clientImporters: [],
  providers: {},
  protocolMapperTypes: {},
  builtinProtocolMappers: {},
  clientInstallations: {},
  componentTypes: {},
  passwordPolicies: [...POLICY_TYPES],
  enums: { operationType: ['CREATE', 'UPDATE', 'DELETE', 'ACTION'] },
};

const SERVER_INFO = route({
  method: 'GET',
  path: '/serverinfo',
  spec: SPEC,
  summary: 'What the service has; without its host, its memory and its time',
  callers: callersWith('tenant:read'),
  tenant: 'caller',
  operation: ServerInfo,
  reply: { status: 200, schema: INFO, from: () => SHOWN },
});

/** The service and the caller: docs/dialects/kobil.md, section 4.17. */
export const SERVICE_ROUTES: readonly Route[] = [SERVER_INFO, WHO_AM_I];
