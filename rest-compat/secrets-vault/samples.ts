import type { Samples } from '../engine/index.ts';
import { BROWSER_SAMPLES, OAUTH_SAMPLES } from '../oidc/samples.ts';
import { SCIM_OPERATIONS, SCIM_PARAMETERS } from './scim/samples.ts';

const MADE_AT = { iso: '2030-01-01T00:00:00.000Z', epoch_ms: 1_893_456_000_000 };

const API_KEY = {
  key_id: 'c2607765-c6ea-8820-80b3-9c569dd3df30',
  key_hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  user_id: '01a22101-6fa3-704c-8ef3-ea6c03c14828',
  tenant_id: 'acme',
  created_at: MADE_AT,
  name: 'Backup',
  scopes: ['USER:READ'],
  last_use_at: null,
  is_active: true,
};
const NEW_KEY = { ...API_KEY, api_key: 'svk_wmB3Zcbqk2cTkq0Qm8Yw3v6H0b5x9T1uJ4eL7sN2aPc' };

const TENANT_MEMBERS = {
  display_name: 'Acme',
  register_enable: false,
  use_pin: true,
  pin_size: 6,
  use_pattern: true,
  patter_size: 3 as const,
  use_face_recognition: false,
  use_liveness: false,
  show_pin_when_typing: true,
  block_config: {
    ip_attempts_limit: 20,
    ip_reset_time: 3600,
    initial_block_time: 60,
    user_attempts_limit: 5,
    user_timeframe: 900,
    max_block_time: 86_400,
  },
  login_order: ['PIN' as const, 'PATTERN' as const],
  passkey_enabled: false,
  has_username_and_email: true,
  liveness_config: null,
};
const TENANT = { tenant_id: 'acme', is_2fa: false, ...TENANT_MEMBERS };

const CLIENT = {
  client_id: 'portal',
  name: 'Portal',
  tenant_id: 'acme',
  redirect_uris: ['https://portal.example/callback'],
  post_logout_redirect_uri: ['https://portal.example/'],
  allowed_scopes: ['openid' as const, 'profile' as const],
  token_endpoint_auth_method: 'client_secret_post' as const,
  logo_uri: 'https://portal.example/logo.png',
  op_policy_url: null,
  op_tos_url: null,
  op_user_agreement_url: null,
  client_uri: 'https://portal.example/',
  client_logout_uri: null,
  register_enable: false,
  tenant_name: 'Acme Ltd',
  client_secret: null,
  client_type: 'confidential' as const,
  is_lock: false,
  sing_alg: 'EdDSA' as const,
  flow: null,
};
const SECRET = 'q7Yk0WcQmN3bXvR5tZ8sLpEaGdJfHuIo1234567890a';

const USER = {
  user_id: 'ada',
  username: 'Ada',
  email: 'ada@example.org',
  tenant_id: 'acme',
  is_disabled: false,
  is_verified: true,
  created_at: MADE_AT.iso,
  updated_at: null,
  locale: 'en-GB',
  roles: ['TENANT_ADMIN'],
  external_id: null,
};

const SHOWN_CLIENT = {
  client_id: 'portal',
  name: 'Portal',
  tenant_id: 'acme',
  logo_uri: 'https://portal.example/logo.png',
  op_policy_url: null,
  op_tos_url: null,
  op_user_agreement_url: null,
  client_uri: 'https://portal.example/',
  client_logout_uri: null,
  register_enable: false,
  tenant_name: 'Acme Ltd',
  has_profile: true,
};
const { block_config: _blocks, ...PUBLIC_TENANT } = TENANT;

/** A JWT with a part of its claims. */
const SIGNED = 'eyJhbGciOiJFZERTQSIsInR5cCI6InN2LWNsaWVudC10ZW5hbnQrand0In0.eyJleHAiOjE3NjM4MTMxMDB9.c2lnbmF0dXJl';

const HANDLE = 'wmB3Zcbqk2cTkq0Qm8Yw3v6H0b5x9T1uJ4eL7sN2aPc';
const JWE = 'eyJhbGciOiJFQ0RILUVTIn0..q7Yk0WcQmN3bXvR5.tZ8sLpEaGdJfHuIo.1234567890abcdef';
const CHALLENGE = { challenge_data: JWE, proto_version: 'sv-zkp/1' };
const LOG_DATA = {
  platform: 'Android 16',
  method: 'PIN' as const,
  liveness: { result: 'PASSED' as const, gestures: ['BLINK' as const], duration_ms: 900, attempts: 1 },
};
const COMMITMENT = { encrypted_commitment: JWE, proto_version: 'sv-zkp/1', log_data: LOG_DATA };
const PROOF = { challenge_id: 'AAECAwQFBgcICQoLDA0ODw', challenge_data: JWE };
const KEY = 'eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6Ii4uLiIsInkiOiIuLi4ifQ';
const BER = {
  ber: { count_bits: 1024, error_bits: 3, BER_PERCENT: '0.29' },
  image_dim: [1024, 768] as [number, number],
  algorithm_version: '1.0',
};

const FROM = '2026-11-22T12:00:00.000Z';
const BLOCK = { blocked_at: FROM, block_duration: 60, expires_at: '2026-11-22T12:01:00.000Z' };
const COUNTS = { total: 3, passed: 2, failed: 1, skipped: 0, avg_duration_ms: 900 };

const LIST_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const SCIM_TYPE = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
  id: 'Group',
  name: 'Group',
  endpoint: '/Groups',
  schema: 'urn:ietf:params:scim:schemas:core:2.0:Group',
};
const SCIM_SCHEMA = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  attributes: [],
};
const listOf = (...Resources: readonly { schemas: string[] }[]) => ({
  schemas: [LIST_URN],
  totalResults: Resources.length,
  startIndex: 1,
  itemsPerPage: Resources.length,
  Resources,
});
const PASSKEY = {
  key_id: '01a22101-6fa3-704c-8ef3-ea6c03c14828',
  name: 'Phone',
  created_at: '2026-11-22T12:00:00.000Z',
  last_used_at: null,
  transports: ['hybrid', 'internal'],
  authenticator_attachment: 'platform' as const,
  backed_up: true,
};
/** base64url of what a browser sends. */
const RESPONSE = {
  id: 'AAECAwQFBgcICQoLDA0ODw',
  raw_id: 'AAECAwQFBgcICQoLDA0ODw',
  client_data_json: 'eyJ0eXBlIjoid2ViYXV0aG4ifQ',
};

const SESSION_ID = '01a22101-6fa3-704c-8ef3-ea6c03c14828';
const SESSION = {
  session_id: SESSION_ID,
  tenant_id: 'acme',
  client_id: null,
  created_at: FROM,
  last_used_at: FROM,
  expires_at: '2026-11-22T20:00:00.000Z',
  ip: '192.0.2.7',
  user_agent: 'Mozilla/5.0',
  current: true,
};

const { IntrospectToken: _introspection, ...OF_ISSUERS } = OAUTH_SAMPLES.operations;
const { PostAuthorization: _posted, ...OF_BROWSERS } = BROWSER_SAMPLES;

/** Samples of the issuers. */
const ISSUER_SAMPLES: Samples['operations'] = {
  ...OF_ISSUERS,
  ...OF_BROWSERS,
  IssueTokens: {
    ...OF_ISSUERS['IssueTokens'],
    body: {
      tenant_id: 'acme',
      grant_type: 'authorization_code',
      client_id: 'portal',
      code: HANDLE,
      redirect_uri: 'https://portal.example/callback',
    },
  },
  RevokeToken: { ...OF_ISSUERS['RevokeToken'], reply: null },
  EndSession: { ...OF_BROWSERS['EndSession'], reply: null },
  Userinfo: {
    reply: {
      sub: '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11',
      created_at: 1_763_812_800,
      name: 'Ada Lovelace',
      email: 'ada@example.org',
      email_verified: true,
      updated_at: 1_763_812_800,
      locale: 'en',
      tenant_id: 'acme',
    },
  },
  SignInPage: { parameters: { auth_req_id: HANDLE } },
};

/** Samples of the sessions of the caller. */
const SESSION_SAMPLES: Samples['operations'] = {
  EndCallerSession: { reply: null },
  RevokeOwnSession: { body: { session_id: SESSION_ID }, reply: { session_id: SESSION_ID } },
  ResetOwnSessions: { reply: null },
  OwnSessions: { reply: { sessions: [SESSION], total: 1 } },
};

/** What rows take and answer, for the API description. */
export const SECRETS_VAULT_SAMPLES: Samples = {
  parameters: {
    tenant_id: 'acme',
    key_id: API_KEY.key_id,
    client_id: 'portal',
    skip: 0,
    limit: 100,
    page: 0,
    page_size: 100,
    sort_direction: -1,
    user_id: 'ada',
    email: 'example.org',
    offset: 0,
    sort_by: 'created_at',
    ip: '192.0.2.7',
    username: 'ada',
    start: '2026-11-22',
    end: '2026-11-23',
    resolution: 'day',
    schema_uri: SCIM_SCHEMA.id,
    resource_type_id: 'Group',
    auth_req_id: HANDLE,
    code: HANDLE,
    ...SCIM_PARAMETERS,
    handle: HANDLE,
    flow_id: HANDLE,
    posted_request: HANDLE,
  },
  operations: {
    ClientPresentation: { reply: SHOWN_CLIENT },
    ClientTenant: { reply: { client: SHOWN_CLIENT, tenant: PUBLIC_TENANT } },
    SignedClientPresentation: { reply: { data: SIGNED } },
    Account: { reply: USER },
    Users: { reply: { data: [USER], has_next: false, total_count: 1 } },
    UserByName: { reply: USER },
    User: { reply: USER },
    ProvisionUser: { body: USER, reply: USER },
    ConfigureUser: { body: USER, reply: USER },
    CreateUsers: {
      body: { users: [USER] },
      reply: { success_created_count: 1, fail_create_usernames: [], duplicate_usernames: [] },
    },
    DeleteUsers: { body: { users_ids: ['ada'] }, reply: null },
    ...ISSUER_SAMPLES,
    ...SESSION_SAMPLES,
    RequestExternalFactor: {
      body: {
        client_id: 'entra',
        redirect_uri: 'https://login.microsoftonline.com/common/federation/externalauthprovider',
        response_type: 'id_token',
        scope: 'openid',
        response_mode: 'form_post',
        state: 'af0ifjsldkj',
        nonce: 'n-0S6_WzA2Mj',
        id_token_hint: 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI2ZjFkNWMxZSJ9.c2lnbmF0dXJl',
        claims: '{"id_token":{"acr":{"essential":true,"values":["possessionorinherence"]}}}',
      },
    },
    BeginExternalFactor: {},
    ResumeExternalFactor: {},
    RedeemSignInTicket: { parameters: { oid_nonce: 'wmB3Zcbqk2cTkq0Qm8Yw3v6H0b5x9T1uJ4eL7sN2aPc' } },
    AnswerExternalFactor: {},
    ApiKeys: { reply: { api_keys: [API_KEY] } },
    OwnApiKeys: { reply: { api_keys: [API_KEY] } },
    ApiKeyScopes: { reply: { scopes: ['USER', 'USER:READ', 'API_KEY', 'API_KEY:READ'], tenants: ['acme'] } },
    CreateApiKey: { body: { name: 'Backup', scopes: ['USER:READ'], tenant_id: 'acme' }, reply: NEW_KEY },
    RegenerateApiKey: { reply: NEW_KEY },
    Health: { reply: { status: 'ok', version: '0.1.0', env: 'production' } },
    Tenants: { reply: { tenants: [TENANT] } },
    Tenant: { reply: TENANT },
    CreateTenant: { body: TENANT, reply: TENANT },
    ConfigureTenant: { body: TENANT_MEMBERS, reply: TENANT },
    BlockedAddresses: { reply: { data: [{ ip: '192.0.2.7', ...BLOCK }], has_next: false, total_count: 1 } },
    BlockedUsers: { reply: { data: [{ username: 'ada', ...BLOCK }], has_next: false, total_count: 1 } },
    UnblockAddress: { reply: null },
    UnblockUser: { reply: null },
    Clients: { reply: { clients: [CLIENT] } },
    Client: { reply: CLIENT },
    CreateClient: { body: CLIENT, reply: { ...CLIENT, client_secret: SECRET } },
    UpdateClient: { body: CLIENT, reply: CLIENT },
    DeleteClient: { reply: null },
    RotateClientSecret: { reply: { client_id: 'portal', client_secret: SECRET } },
    RegisterWithImage: { body: { username: 'ada', email: 'ada@example.com', ...COMMITMENT }, reply: null },
    RequestImageChallenge: { body: { username: 'ada', cipherKey: KEY }, reply: CHALLENGE },
    SignInWithImage: {
      body: { username: 'ada', cipherKey: KEY, ...PROOF, ber: BER, log_data: LOG_DATA },
      reply: { nonce: HANDLE, need_verify: false },
    },
    ConfirmEmail: { reply: null },
    RequestImageReset: { body: { username: 'ada', email: 'ada@example.com' }, reply: null },
    ResetImage: { body: { code: HANDLE, username: 'ada', ...COMMITMENT }, reply: null },
    RequestOwnImageChallenge: { body: { cipherKey: KEY }, reply: CHALLENGE },
    ChangeOwnImage: { body: COMMITMENT, reply: null },
    RequestEmailChange: { body: { ...PROOF, email: 'ada@example.com' }, reply: null },
    OwnPasskeys: { reply: { passkeys: [PASSKEY] } },
    RemovePasskey: { reply: null },
    RenamePasskey: { body: { name: 'Phone' }, reply: PASSKEY },
    BeginPasskeyRegistration: {
      reply: {
        rp: { id: 'id.example.com', name: 'Acme' },
        user: { id: 'AAEC', name: 'ada', displayName: 'Ada' },
        challenge: HANDLE,
        pubKeyCredParams: [{ type: 'public-key', alg: -8 }],
        timeout: 300_000,
        excludeCredentials: [],
        authenticatorSelection: { residentKey: 'preferred', requireResidentKey: false, userVerification: 'required' },
        attestation: 'none',
      },
    },
    AddPasskey: {
      body: {
        ...RESPONSE,
        attestation_object: 'o2NmbXRkbm9uZQ',
        transports: ['hybrid', 'internal'],
        authenticator_attachment: 'platform',
        name: 'Phone',
      },
      reply: PASSKEY,
    },
    BeginPasskeySignIn: {
      body: { username: 'ada', tenant_id: 'acme' },
      reply: {
        challenge: HANDLE,
        timeout: 300_000,
        rpId: 'id.example.com',
        allowCredentials: [{ type: 'public-key', id: RESPONSE.id, transports: ['internal'] }],
        userVerification: 'required',
      },
    },
    SignInWithPasskey: {
      body: {
        ...RESPONSE,
        authenticator_data: 'SZYN5YgOjGh0NBcP',
        signature: 'MEUCIQ',
        username: 'ada',
        tenant_id: 'acme',
        user_handle: null,
        authenticator_attachment: null,
      },
      reply: { nonce: HANDLE, need_verify: false },
    },
    PasskeyOrigins: { reply: { origins: ['https://app.example.com'] } },
    LivenessReport: {
      reply: {
        tenant_id: 'acme',
        start: '2026-11-22T00:00:00.000Z',
        end: '2026-11-23T00:00:00.000Z',
        resolution: 'day',
        totals: COUNTS,
        buckets: [{ start: '2026-11-22T00:00:00.000Z', ...COUNTS }],
      },
    },
    ScimServiceProviderConfig: {
      reply: {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
        patch: { supported: true },
        filter: { supported: true, maxResults: 100 },
      },
    },
    ScimSchemas: { reply: listOf(SCIM_SCHEMA) },
    ScimSchema: { reply: SCIM_SCHEMA },
    ScimResourceTypes: { reply: listOf(SCIM_TYPE) },
    ScimResourceType: { reply: SCIM_TYPE },
    ...SCIM_OPERATIONS,
  },
};
