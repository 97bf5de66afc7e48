import type { Samples } from '../engine/index.ts';
import { CLIENT_SAMPLES } from './client-samples.ts';

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
const SENT_MAPPER = {
  name: 'berth',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-usermodel-attribute-mapper',
  config: {
    'user.attribute': 'berth',
    'claim.name': 'berth',
    'jsonType.label': 'String',
    'access.token.claim': 'true',
  },
};
const MAPPER = { id: ID, ...SENT_MAPPER, consentRequired: false };
const SENT_SCOPE = {
  name: 'harbour',
  description: 'Where a ship lies',
  protocol: 'openid-connect',
  attributes: { 'include.in.token.scope': 'true', 'display.on.consent.screen': 'true' },
};
const SCOPE = { id: ID, ...SENT_SCOPE, protocolMappers: [MAPPER] };
const SENT_ROLES = [{ id: ID, name: 'auditor' }];
const MAPPINGS = {
  realmMappings: [ROLE],
  clientMappings: { portal: { id: ID, client: 'portal', mappings: [CLIENT_ROLE] } },
};
const GROUP_ACCESS = { view: true, viewMembers: true, manageMembers: true, manage: true, manageMembership: true };
const GROUP = { id: ID, name: 'deck', path: '/deck', subGroupCount: 0, subGroups: [], access: GROUP_ACCESS };
const WHOLE_GROUP = {
  ...GROUP,
  attributes: { berth: ['7'] },
  realmRoles: ['auditor'],
  clientRoles: { portal: ['clerk'] },
};
const MADE_GROUP = {
  id: ID,
  name: 'deck',
  path: '/deck',
  subGroupCount: 0,
  subGroups: [],
  attributes: {},
  realmRoles: [],
  clientRoles: {},
};
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
    providerId: 'keycloak-oidc-keycloak-json',
    roleName: 'auditor',
    clientScopeId: ID,
    mapperId: ID,
    protocol: 'openid-connect',
    name: 'auditor',
    path: 'deck/aft',
    populateHierarchy: 'true',
    top: 'true',
    credentialId: ID,
    otherId: ID,
    alias: 'harbour',
    client_id: 'portal',
    redirect_uri: 'https://app.example.com/welcome',
    lifespan: '43200',
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
    ...CLIENT_SAMPLES,
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
    RoleMappings: { reply: MAPPINGS },
    RolesOfUser: { reply: [ROLE] },
    AvailableRoles: { reply: [ROLE] },
    EffectiveRoles: { reply: [ROLE] },
    GrantRoles: { body: SENT_ROLES },
    RevokeRoles: { body: SENT_ROLES },
    ClientScopes: { reply: [SCOPE] },
    ClientScopeById: { reply: SCOPE },
    CreateClientScope: { body: { ...SENT_SCOPE, protocolMappers: [SENT_MAPPER] } },
    UpdateClientScope: { body: SENT_SCOPE },
    ScopesOfNewClients: { reply: [{ id: ID, name: 'harbour', protocol: 'openid-connect' }] },
    ScopesOfClient: { reply: [{ id: ID, name: 'harbour' }] },
    MappersOfClient: { reply: [MAPPER] },
    MappersOfClientScope: { reply: [MAPPER] },
    MapperOfClient: { reply: MAPPER },
    MapperOfClientScope: { reply: MAPPER },
    AddMapper: { body: SENT_MAPPER },
    AddMappers: { body: [SENT_MAPPER] },
    UpdateMapper: { body: SENT_MAPPER },
    ScopeMappingsOfClient: { reply: MAPPINGS },
    ScopeMappingsOfClientScope: { reply: MAPPINGS },
    ScopeRolesOfClient: { reply: [ROLE] },
    ScopeRolesOfClientScope: { reply: [ROLE] },
    OtherRolesOfClient: { reply: [ROLE] },
    OtherRolesOfClientScope: { reply: [ROLE] },
    EffectiveRolesOfClient: { reply: [ROLE] },
    EffectiveRolesOfClientScope: { reply: [ROLE] },
    AddScopeRoles: { body: SENT_ROLES },
    RemoveScopeRoles: { body: SENT_ROLES },
    GroupRoleMappings: {
      reply: {
        realmMappings: [ROLE],
        clientMappings: { portal: { id: ID, client: 'portal', mappings: [CLIENT_ROLE] } },
      },
    },
    RolesOfGroup: { reply: [ROLE] },
    AvailableGroupRoles: { reply: [ROLE] },
    EffectiveGroupRoles: { reply: [ROLE] },
    GrantGroupRoles: { body: [{ id: ID, name: 'auditor' }] },
    RevokeGroupRoles: { body: [{ id: ID, name: 'auditor' }] },
    ListRoles: { reply: [ROLE] },
    CreateRole: { body: { name: 'auditor', description: 'Reads the books.', attributes: { desk: ['4'] } } },
    RoleByName: { reply: { ...ROLE, attributes: { desk: ['4'] } } },
    RoleById: { reply: { ...ROLE, attributes: { desk: ['4'] } } },
    UpdateRole: { body: { name: 'auditor', description: 'Reads all books.' } },
    UsersOfRole: { reply: [USER] },
    RolesInside: { reply: [ROLE] },
    AddRolesInside: { body: [{ id: ID, name: 'auditor' }] },
    RemoveRolesInside: { body: [{ id: ID, name: 'auditor' }] },
    ListGroups: { reply: [GROUP] },
    CountAllGroups: { reply: { count: 1 } },
    GroupById: { reply: WHOLE_GROUP },
    GroupByPath: { reply: WHOLE_GROUP },
    PlaceGroup: { body: { name: 'deck' }, reply: MADE_GROUP },
    UpdateGroup: { body: { name: 'deck', attributes: { berth: ['7'] } } },
    DefaultGroups: { reply: [GROUP] },
    ChildGroups: { reply: [GROUP] },
    MembersOfGroup: { reply: [USER] },
    GroupsOfUser: { reply: [{ id: ID, name: 'deck', path: '/deck', subGroups: [] }] },
    CountGroups: { reply: { count: 1 } },
    FailuresOfUser: {
      reply: {
        failedLoginNotBefore: 0,
        numFailures: 1,
        numTemporaryLockouts: 0,
        disabled: false,
        numSecondaryAuthFailures: 0,
        lastIPFailure: '192.0.2.7',
        lastFailure: MOMENT,
      },
    },
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
    LinkAccount: { body: { identityProvider: 'harbour', userId: '7', userName: 'ada' } },
    IdentifyUser: { reply: [] },
    UnmanagedAttributes: { reply: { badge: ['4711'] } },
    SendActionsLink: { body: ['UPDATE_PASSWORD'] },
    ImpersonateUser: {
      reply: { sameRealm: true, redirect: 'https://id.example.com/realms/acme/account/' },
    },
    RenameCredential: { body: 'Phone' },
    SetPassword: { body: { type: 'password', value: 'seven-herons-at-ebb', temporary: false } },
  },
};
