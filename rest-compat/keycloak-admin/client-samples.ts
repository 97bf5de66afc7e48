import type { Samples } from '../engine/index.ts';

const ID = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const MOMENT = 1_790_000_000_000;
const SENT = {
  clientId: 'portal',
  name: 'Portal',
  rootUrl: 'https://portal.example/',
  baseUrl: '/start',
  redirectUris: ['/*'],
  webOrigins: ['https://portal.example'],
  directAccessGrantsEnabled: true,
  attributes: { team: 'front' },
  protocolMappers: [
    {
      name: 'badge',
      protocolMapper: 'oidc-usermodel-attribute-mapper',
      config: { 'user.attribute': 'badge', 'claim.name': 'badge', 'access.token.claim': 'true' },
    },
  ],
};
const CLIENT = {
  id: ID,
  clientId: 'portal',
  name: 'Portal',
  enabled: true,
  publicClient: false,
  consentRequired: false,
  fullScopeAllowed: true,
  standardFlowEnabled: true,
  directAccessGrantsEnabled: true,
  serviceAccountsEnabled: false,
  bearerOnly: false,
  frontchannelLogout: false,
  implicitFlowEnabled: false,
  surrogateAuthRequired: false,
  alwaysDisplayInConsole: false,
  authorizationServicesEnabled: false,
  clientAuthenticatorType: 'client-secret',
  secret: '**********',
  rootUrl: 'https://portal.example/',
  baseUrl: '/start',
  redirectUris: ['/*'],
  webOrigins: ['https://portal.example'],
  defaultRoles: [],
  attributes: { team: 'front' },
  authenticationFlowBindingOverrides: {},
  registeredNodes: {},
  nodeReRegistrationTimeout: -1,
  notBefore: 0,
  protocol: 'openid-connect',
  protocolMappers: SENT.protocolMappers.map((mapper) => ({
    id: ID,
    protocol: 'openid-connect',
    consentRequired: false,
    ...mapper,
  })),
  defaultClientScopes: ['email', 'profile'],
  optionalClientScopes: ['phone'],
};
const ACCESS = { view: true, configure: true, manage: true };
const SESSION = {
  id: ID,
  username: 'ada',
  userId: ID,
  ipAddress: '192.0.2.7',
  start: MOMENT,
  lastAccess: MOMENT,
  rememberMe: false,
  transientUser: false,
};
const INITIAL_TOKEN = { id: ID, timestamp: 1_790_000_000, expiration: 86_400, count: 5, remainingCount: 5 };
const SECRET = { type: 'secret', value: '2f7c5a8e-1c43-4f5b-9c1a-55f0c8f0a7d2' };
const INSTALLATION = {
  realm: 'acme',
  'auth-server-url': 'https://id.example.com/',
  'ssl-required': 'external',
  resource: 'portal',
  credentials: { secret: SECRET.value },
  'confidential-port': 0,
};

/** Samples of clients, for the API description. */
export const CLIENT_SAMPLES: Samples['operations'] = {
  FindClients: { parameters: { clientId: 'portal', search: 'true' }, reply: [{ ...CLIENT, access: ACCESS }] },
  ClientById: { reply: { ...CLIENT, access: ACCESS } },
  CreateClient: { body: SENT },
  UpdateClient: { body: SENT },
  ClientSecret: { reply: SECRET },
  RotateClientSecret: { reply: SECRET },
  ServiceAccount: {
    reply: {
      id: ID,
      username: 'service-account-portal',
      emailVerified: false,
      enabled: true,
      createdTimestamp: MOMENT,
      access: { manageGroupMembership: true, view: true, mapRoles: true, impersonate: false, manage: true },
      attributes: {},
      requiredActions: [],
      totp: false,
      disableableCredentialTypes: [],
      notBefore: 0,
    },
  },
  SessionsOfClient: { reply: [SESSION] },
  OfflineSessionsOfClient: { reply: [SESSION] },
  OfflineSessionsOfUser: { reply: [SESSION] },
  CountSessionsOfClient: { reply: { count: 1 } },
  CountOfflineSessionsOfClient: { reply: { count: 1 } },
  IdentifyClient: { reply: {} },
  ClientInstallation: { reply: JSON.stringify(INSTALLATION, null, 2) },
  InitialAccessTokens: { reply: [INITIAL_TOKEN] },
  CreateInitialAccessToken: {
    body: { expiration: 86_400, count: 5 },
    reply: { ...INITIAL_TOKEN, token: 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdEf' },
  },
  IssueRegistrationToken: {
    reply: { ...CLIENT, registrationAccessToken: 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdEf' },
  },
  RealmOfPolicies: { reply: { profiles: [], globalProfiles: [] } },
};
