import type { Samples } from '../engine/index.ts';

const ISSUER = 'https://id.example.com/realms/acme';
const SESSION = '019ab2f4-5c7e-7d10-8a39-2f6f7d0b9c41';
/** A shortened JWT; real ones are longer. */
const JWT = 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI2ZjFkNWMxZSJ9.c2lnbmF0dXJl';

/** Samples of the endpoints of the issuer, where its answers have another form than those of the native one. */
export const TOKEN_SAMPLES: Samples['operations'] = {
  IssueTokens: {
    body: { grant_type: 'password', username: 'ada', password: 'correct horse', client_id: 'portal' },
    reply: {
      access_token: JWT,
      expires_in: 1800,
      refresh_expires_in: 1800,
      refresh_token: JWT,
      token_type: 'Bearer',
      'not-before-policy': 0,
      session_state: SESSION,
      scope: 'email profile',
    },
  },
  IntrospectToken: {
    body: { token: JWT },
    reply: {
      active: true,
      iss: ISSUER,
      typ: 'Bearer',
      azp: 'portal',
      realm_access: { roles: ['auditor'] },
      client_id: 'portal',
      username: 'ada',
      token_type: 'Bearer',
    },
  },
  PostSignOut: { body: { client_id: 'portal', refresh_token: JWT } },
  OpenidConfiguration: {
    reply: { issuer: ISSUER, token_endpoint: `${ISSUER}/protocol/openid-connect/token` },
  },
  SessionWatcher: { parameters: { client_id: 'portal', origin: 'https://portal.example.com' } },
  Account: {
    reply: {
      id: '6f1d5c1e-2f0a-4b7e-9a51-3c9d2e8f7a10',
      username: 'ada',
      firstName: 'Ada',
      lastName: 'Lovelace',
      email: 'ada@example.com',
      emailVerified: true,
      attributes: { department: ['research'] },
    },
  },
  TokenIssuer: {
    reply: {
      realm: 'acme',
      public_key: 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA',
      'token-service': `${ISSUER}/protocol/openid-connect`,
      'account-service': `${ISSUER}/account`,
      'tokens-not-before': 0,
    },
  },
};
