import type { Samples } from '../engine/index.ts';
import { BROWSER_SAMPLES, LINK_SAMPLES, OAUTH_SAMPLES, SELF_REGISTRATION_SAMPLES } from '../oidc/samples.ts';
import { STATUS_SHOWN } from './tenant-status.ts';
import { TOKEN_SAMPLES } from './token-samples.ts';

const ID = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const RISKBIT = {
  ratingLevel: 'E',
  score: '949-961',
  risk: '4.38%',
  riskAndroid: 'JBreak[1](300)',
  riskIOS: null,
  operation: 'OK',
  realmId: 'acme',
};
const USER = {
  id: ID,
  username: 'ada',
  createdTimestamp: 1_790_000_000_000,
  email: 'ada@example.com',
  firstName: 'Ada',
  lastName: 'Fern',
  emailVerified: true,
  enabled: true,
  attributes: {
    badge: ['4711'],
    username: ['ada'],
    email: ['ada@example.com'],
    firstName: ['Ada'],
    lastName: ['Fern'],
    LAST_SUCCESSFUL_LOGIN_TIMESTAMP: ['1790000400000'],
    NUMBER_OF_FAILED_ATTEMPTS: ['0'],
    NEXT_PASSWORD_ENTRY_PASSWORD_IN: ['N/A'],
  },
  requiredActions: ['UPDATE_PASSWORD'],
  admin: false,
};
const ADDRESS = {
  addressDetails: 'Pier 3',
  addressTitle: 'Boathouse',
  addressType: 'home',
  city: 'Riga',
  cityCode: 'RIX',
  directions: 'Left of the crane',
  district: 'Vidzeme',
  districtCode: '17',
  firstName: 'Ada',
  lastName: 'Byron',
  postalCode: 'LV-1010',
  town: '',
  townCode: '',
};
const STORED = { id: ID, ...RISKBIT };
const METADATA = {
  client_name: 'Tide Table',
  redirect_uris: ['https://tides.example/cb'],
  grant_types: ['authorization_code', 'refresh_token'],
};
const REGISTERED = {
  client_id: ID,
  client_id_issued_at: 1_790_000_000,
  client_secret: 'm1Yq3Uu5N0sTz8wQ2rXv4bK6dF9hJ1lP3oS5gA7cE0i',
  client_secret_expires_at: 0,
  ...METADATA,
  application_type: 'web',
  response_types: ['code'],
  registration_client_uri: `https://id.example.com/realms/acme/clients-registrations/openid-connect/${ID}`,
  registration_access_token: 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdEf',
};
const APP = {
  id: ID,
  appName: 'portal',
  name: 'Portal',
  description: null,
  enabled: true,
  publicApp: false,
  consentRequired: false,
  fullScopeAllowed: true,
  standardFlowEnabled: true,
  directAccessGrantsEnabled: false,
  serviceAccountsEnabled: false,
  bearerOnly: false,
  frontchannelLogout: false,
  implicitFlowEnabled: false,
  surrogateAuthRequired: false,
  appAuthenticatorType: null,
  rootUrl: 'https://portal.example/',
  baseUrl: '/start',
  redirectUris: ['/*'],
  webOrigins: ['https://portal.example'],
  defaultRoles: ['view-profile'],
  attributes: { 'backchannel.logout.session.required': true, 'backchannel.logout.revoke.offline.tokens': false },
  authenticationFlowBindingOverrides: {},
  registeredNodes: {},
  nodeReRegistrationTimeout: -1,
  notBefore: 0,
  protocol: 'openid-connect',
  protocolMappers: [],
};
const NEW_APP = {
  appName: 'portal',
  name: 'Portal',
  rootUrl: 'https://portal.example/',
  baseUrl: '/start',
  redirectUris: '/*',
  webOrigins: ['https://portal.example'],
  defaultRoles: 'view-profile',
};
const SECRET = '0b6c3c1e-7d0f-4f0e-9a53-5f3a1f6a7c02';
const done = (message: string, subSystem = 1) => ({ message, status: 'OK', subSystem });

const USERS = {
  ...done('Users fetched successfully', 5),
  data: { userList: [USER], page: { currentPage: 1, pageSize: 20, totalPages: 1, totalRecords: 1 } },
};

/** Realms run `PostSignOut` in place of `PostEndSession`. */
const { PostEndSession: _posted, ...OF_BROWSERS } = BROWSER_SAMPLES;

/** Samples of the requests and answers of the rows; names and ids are invented. */
export const KOBIL_SAMPLES: Samples = {
  parameters: {
    ...OAUTH_SAMPLES.parameters,
    tenant: 'acme',
    tenantId: 'acme',
    roleName: 'auditor',
    appName: 'portal',
    appname: 'portal',
    role: 'auditor',
    clientid: 'portal',
    clientId: ID,
    assignedRole: 'editor',
    groupID: 'staff',
    userId: 'ada',
    id: ID,
  },
  operations: {
    ...OAUTH_SAMPLES.operations,
    ...OF_BROWSERS,
    ...LINK_SAMPLES,
    ...SELF_REGISTRATION_SAMPLES,
    OpenAccountPage: { parameters: { handle: 'Q2hhaW4tb2YtMzItcmFuZG9tLWJ5dGVzLWluLWI2NHU' } },
    ...TOKEN_SAMPLES,
    UserInfo: { reply: { ...done('User info fetched successfully', 5), data: USER } },
    FindUsers: { parameters: { key: 'fern' }, reply: USERS },
    UsersOfRole: { reply: USERS },
    UsersByAttribute: {
      parameters: { key: 'badge', value: '4711' },
      reply: { ...done('Users fetched successfully', 5), data: [USER] },
    },
    EnableUser: { body: { enabled: true }, reply: done('User enabled successfully', 5) },
    DisableUser: { body: { enabled: false }, reply: done('User disabled successfully', 5) },
    CodeResends: {
      reply: {
        ...done('User Otp brute force status fetched successfully', 5),
        data: {
          otp_disabled: true,
          otp_numFailures: 4,
          otp_lastIPFailure: '192.0.2.7',
          otp_lastFailure: 1_790_000_400_000,
        },
      },
    },
    LiftResendBlock: { reply: done('User unlocked from OTP brute force successfully', 5) },
    LiftAllResendBlocks: { reply: done('All users unlocked from OTP brute force successfully', 5) },
    ProvisionUser: {
      body: {
        username: 'ada',
        email: 'ada@example.com',
        firstName: 'Ada',
        enabled: true,
        attributes: { badge: '4711' },
        credentials: [{ type: 'password', value: 'four-lanterns-by-noon', temporary: true }],
        groups: ['staff'],
        realmRoles: ['auditor'],
        clientRoles: { portal: ['editor'] },
        requiredActions: ['VERIFY_EMAIL'],
      },
      reply: done('User created successfully.', 5),
    },
    ConfigureUser: { body: { lastName: 'Fern', groups: ['staff'] }, reply: done('User updated successfully', 5) },
    UpdateProfile: {
      body: { firstName: 'Ada', email: 'ada@example.com', attributes: { badge: '4711' } },
      reply: done('User profile updated successfully.', 5),
    },
    TenantsOfUser: { reply: { ...done('Tenant list fetched successfully', 5), data: 'acme' } },
    RevokeRequiredActions: {
      body: { requiredActions: ['update-password'] },
      reply: done('User required actions revoked successfully', 5),
    },
    RevokeRoles: {
      body: { realmRoles: ['auditor'], clientRoles: { portal: ['editor'] } },
      reply: done('User roles revoked successfully', 5),
    },
    PromoteUser: { reply: done('User promoted successfully', 5) },
    DemoteUser: { reply: done('Admin access revoked successfully', 5) },
    Administrators: { reply: { ...done('Admin users fetched successfully', 5), data: [{ ...USER, admin: true }] } },
    JoinGroups: { body: { groups: ['staff'] }, reply: done('User group added successfully.', 5) },
    LeaveGroups: {
      body: { groups: ['staff'] },
      reply: { ...done('User group removed successfully.', 5), status: 'Success' },
    },
    Tenants: {
      reply: {
        ...done('Tenant list fetched successfully'),
        data: [
          {
            name: 'acme',
            type: 'AST',
            enabled: true,
            rememberMe: false,
            resetPassword: true,
            registrationAllowed: false,
            adminUsername: 'ada',
            userCount: 12,
            realmCreationStatus: 'BLOCKED',
          },
        ],
      },
    },
    ProvisionTenant: {
      body: {
        realm: 'acme',
        enabled: true,
        adminUsername: 'ada',
        adminPassword: 'four-lanterns-by-noon',
        adminEmail: 'ada@acme.example',
      },
      reply: {
        ...done('Tenant created successfully'),
        data: {
          tenantName: 'acme',
          emailId: 'ada@acme.example',
          tenantUrl: 'acme.id.example.com',
          appId: 'digitanium-app',
          appSecret: SECRET,
        },
      },
    },
    TenantInfo: {
      reply: {
        ...done('Tenant info fetched successfully'),
        data: { id: ID, realm: 'acme', enabled: true, accessTokenLifespan: 1800, userCount: 12 },
      },
    },
    UpdateTenant: {
      parameters: { tenantname: 'acme' },
      body: { enabled: true, bruteForceProtected: true, adminUsername: 'ada', adminEmail: 'ada@acme.example' },
      reply: done('Tenant updated successfully'),
    },
    TenantSettings: {
      reply: {
        ...done('Tenant setting(s) fetched successfully'),
        data: { bruteForceProtected: true, failureFactor: 12, theme: 'dusk' },
      },
    },
    UpdateTenantSettings: {
      body: { bruteForceProtected: 'true', failureFactor: 12, theme: 'dusk', displayName: null },
      reply: done('Tenant settings updated successfully'),
    },
    DeleteTenantSetting: { parameters: { key: 'theme' }, reply: done('Tenant setting deleted') },
    TenantStatus: { reply: { ...done('Tenant status fetched successfully'), data: STATUS_SHOWN } },
    UpdateAppSettings: {
      body: { flutter_ios_version: '4.12.0', flutter_ios_build_number: '412', macos_link: null },
      reply: done('Tenant settings updated successfully'),
    },
    AppSettings: {
      body: { keys: ['flutter_ios_version', 'flutter_ios_build_number'] },
      reply: {
        ...done('Tenant setting(s) fetched successfully'),
        data: { flutter_ios_version: '4.12.0', flutter_ios_build_number: 412 },
      },
    },
    CreateUserAddress: { body: { ...ADDRESS, defaultAddress: true }, reply: done('Address added successfully', 5) },
    UserAddresses: {
      reply: {
        ...done('Address info fetched successfully', 5),
        data: [{ ...ADDRESS, addressID: ID, defaultAddress: 'true', direction: ADDRESS.directions }],
      },
    },
    UpdateUserAddress: {
      body: { addressID: ID, city: 'Kiel' },
      reply: done('Address changed successfully.', 5),
    },
    DeleteUserAddress: { body: { addressID: ID }, reply: done('Address deleted successfully', 5) },
    SendAccountMail: {
      body: {
        mailType: 'WELCOME',
        portalUrl: 'https://portal.example/',
        androidLink: 'https://apps.example/android',
        iosLink: 'https://apps.example/ios',
        appName: 'Portal',
        supportEmail: 'help@portal.example',
      },
      reply: done('Mail Sent Successfully to the user', 5),
    },
    SendSignInLink: {
      body: {
        clientId: 'portal',
        email: 'ada@example.com',
        redirectUri: 'https://portal.example/callback',
        scope: 'openid',
        responseMode: 'form_post',
        responseType: 'code',
        forceCreate: false,
        resetPassword: false,
      },
      reply: done('Mail was sent successfully to provided email id with magic link', 5),
    },
    SendTestMail: { body: { mailType: 'TEST' }, reply: done('Mail Sent Successfully to the user', 5) },
    SetMailServer: {
      body: {
        host: 'mail.portal.example',
        port: '587',
        starttls: 'true',
        from: 'no-reply@portal.example',
        fromDisplayName: 'Portal',
        user: 'portal',
        password: '**********',
      },
      reply: done('Successfully updated SMTP Details.'),
    },
    Apps: { reply: { ...done('App info fetched successfully', 2), data: [APP] } },
    App: { reply: { ...done('App info fetched successfully', 2), data: APP } },
    CreateApp: { body: NEW_APP, reply: done('App created successfully', 2) },
    CreateResourceServer: {
      parameters: { adminuser: 'ada', adminpassword: 'correct horse', migrate: 'true' },
      reply: done('Created app and migrated users successfully.', 2),
    },
    UpdateApp: { body: { appName: 'portal', enabled: false }, reply: done('App updated successfully.', 2) },
    DeleteApp: { reply: done('App deleted successfully', 2) },
    AppSecret: { reply: { ...done('App credential fetched successfully', 5), data: SECRET } },
    RotateAppSecret: { reply: { ...done('App credential regenerated successfully', 2), data: SECRET } },
    RegisterClient: { body: METADATA, reply: REGISTERED },
    RegisteredClient: { reply: REGISTERED },
    UpdateRegisteredClient: { body: { client_id: ID, ...METADATA }, reply: REGISTERED },
    CreateRole: { reply: done('Role created successfully') },
    DeleteRole: { reply: done('Role deleted successfully') },
    CreateRiskbit: { body: RISKBIT, reply: done('Riskbits added successfully') },
    CreateRiskbits: {
      body: [RISKBIT],
      reply: { ...done('Add riskbits request completed successfully'), data: {} },
    },
    VerifyDeviceRisk: {
      body: { platform: 'android', riskName: 'JBreak[1](300)' },
      reply: { ...done('Riskbit found successfully'), data: [STORED] },
    },
    Riskbits: { reply: { ...done('Riskbits fetched successfully'), data: [STORED] } },
    Riskbit: { reply: { ...done('Riskbit found successfully'), data: [STORED] } },
    DeleteAllRiskbits: { reply: done('All Riskbits Deleted Successfully') },
    DeleteRiskbit: { reply: done('Riskbit deleted successfully') },
  },
};
