import type { Samples } from '../engine/index.ts';

const ID = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const BRIEF = {
  id: ID,
  username: 'ada',
  firstName: 'Ada',
  lastName: 'Fern',
  email: 'ada@example.com',
  emailVerified: true,
  enabled: true,
  createdTimestamp: 1_790_000_000_000,
  access: { manageGroupMembership: true, view: true, mapRoles: true, impersonate: false, manage: true },
};
const USER = {
  ...BRIEF,
  attributes: { badge: ['4711'] },
  requiredActions: ['UPDATE_PASSWORD'],
  totp: false,
  disableableCredentialTypes: [],
  notBefore: 0,
};
const ROLE = { id: ID, name: 'auditor', description: 'Reads the books.', composite: false, clientRole: false };
const CLIENT_ROLE = { ...ROLE, clientRole: true, containerId: ID };
const MOMENT = 1_790_000_000_000;
const SENT = {
  firstName: 'Ada',
  lastName: 'Fern',
  email: 'ada@example.com',
  emailVerified: true,
  enabled: true,
  attributes: { badge: ['4711'] },
  groups: ['/deck'],
  requiredActions: ['UPDATE_PASSWORD'],
};

/** Samples for the API description. */
export const ADMIN_SAMPLES: Samples = {
  parameters: {
    tenant: 'acme',
    id: ID,
    client: ID,
    clientId: 'portal',
    groupId: ID,
    credentialId: ID,
    search: 'ada',
    username: 'ada',
    email: 'ada@',
    firstName: 'Ada',
    lastName: 'Fern',
    exact: 'true',
    q: 'badge:4711',
    enabled: 'true',
    emailVerified: 'true',
    createdTimeStart: '1790000000000',
    createdTimeEnd: '1800000000000',
    filterForRole: ID,
    idpAlias: '',
    idpUserId: '',
    groups: '',
    includeRolesForClient: '',
    first: '0',
    max: '20',
    briefRepresentation: 'false',
    sort: 'email:desc',
  },
  operations: {
    FindUsers: { reply: [USER] },
    CountUsers: { reply: 1 },
    UserById: { reply: USER },
    ProvisionUser: {
      body: { username: 'ada', ...SENT, credentials: [{ type: 'password', value: 'seven-herons-at-ebb' }] },
    },
    ConfigureUser: { body: SENT },
    UserCredentials: {
      reply: [
        {
          id: ID,
          type: 'password',
          createdDate: 1_790_000_000_000,
          credentialData:
            '{"hashIterations":2,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["19456"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}',
        },
      ],
    },
    RoleMappings: {
      reply: {
        realmMappings: [ROLE],
        clientMappings: { portal: { id: ID, client: 'portal', mappings: [CLIENT_ROLE] } },
      },
    },
    RolesOfUser: { reply: [ROLE] },
    AvailableRoles: { reply: [ROLE] },
    EffectiveRoles: { reply: [ROLE] },
    GrantRoles: { body: [{ id: ID, name: 'auditor' }] },
    RevokeRoles: { body: [{ id: ID, name: 'auditor' }] },
    GroupsOfUser: { reply: [{ id: ID, name: 'deck', path: '/deck', subGroups: [] }] },
    CountGroups: { reply: { count: 1 } },
    SessionsOfUser: {
      reply: [
        {
          id: ID,
          username: 'ada',
          userId: ID,
          ipAddress: '192.0.2.7',
          start: MOMENT,
          lastAccess: MOMENT,
          rememberMe: false,
          transientUser: false,
        },
      ],
    },
    Consents: {
      reply: [
        {
          clientId: 'portal',
          grantedClientScopes: ['email'],
          createdDate: MOMENT,
          lastUpdatedDate: MOMENT,
          additionalGrants: [],
        },
      ],
    },
    ExternalAccounts: { reply: [{ identityProvider: 'harbour', userId: '7', userName: 'ada' }] },
    RenameCredential: { body: 'Phone' },
    SetPassword: { body: { type: 'password', value: 'seven-herons-at-ebb', temporary: false } },
  },
};
