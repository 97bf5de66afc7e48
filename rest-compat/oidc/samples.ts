import type { Samples } from '../engine/index.ts';

const SUBJECT = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const ISSUER = 'https://id.example.com/t/master';

/** A shortened JWT; real ones are longer. */
const JWT = 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiI2ZjFkNWMxZSJ9.c2lnbmF0dXJl';

const SIGN_OUT_REQUEST = {
  id_token_hint: JWT,
  client_id: 'portal',
  post_logout_redirect_uri: 'https://app.example.com/signed-out',
  state: 'af0ifjsldkj',
};

const AUTHORIZATION_REQUEST = {
  client_id: 'portal',
  redirect_uri: 'https://app.example.com/callback',
  response_type: 'code',
  scope: 'openid profile',
  state: 'af0ifjsldkj',
  nonce: 'n-0S6_WzA2Mj',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

/** Samples of the OAuth endpoints of all dialects. */
export const OAUTH_SAMPLES: Samples = {
  parameters: { tenant: 'master' },
  operations: {
    IssueTokens: {
      body: { grant_type: 'client_credentials', scope: 'openid' },
      reply: { access_token: JWT, token_type: 'Bearer', expires_in: 900, scope: 'openid' },
    },
    IntrospectToken: {
      body: { token: JWT, token_type_hint: 'access_token' },
      reply: {
        active: true,
        scope: 'openid profile',
        client_id: 'portal',
        token_type: 'Bearer',
        exp: 1_764_072_900,
        iat: 1_764_072_000,
        sub: SUBJECT,
        aud: ISSUER,
        iss: ISSUER,
        jti: '019ab2f4-5c7e-7d10-8a39-2f6f7d0b9c41',
        amr: ['pwd'],
        auth_time: 1_764_071_940,
      },
    },
    RevokeToken: { body: { token: JWT, token_type_hint: 'refresh_token' } },
    Userinfo: {
      body: { access_token: JWT },
      reply: {
        sub: SUBJECT,
        given_name: 'Ada',
        family_name: 'Lovelace',
        email: 'ada@example.org',
        email_verified: true,
      },
    },
    Jwks: {
      reply: {
        keys: [
          {
            kty: 'OKP',
            crv: 'Ed25519',
            x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
            kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
            use: 'sig',
            alg: 'EdDSA',
          },
        ],
      },
    },
    OpenidConfiguration: {
      reply: {
        issuer: ISSUER,
        token_endpoint: `${ISSUER}/oauth/token`,
        userinfo_endpoint: `${ISSUER}/oauth/userinfo`,
        jwks_uri: `${ISSUER}/oauth/jwks`,
      },
    },
  },
};

const HANDLE = 'Q2hhaW4tb2YtMzItcmFuZG9tLWJ5dGVzLWluLWI2NHU';

/** Samples of the endpoint at which users make accounts first. */
export const SELF_REGISTRATION_SAMPLES: Samples['operations'] = {
  AuthorizeRegistration: { parameters: AUTHORIZATION_REQUEST },
};

/** Samples of the endpoints to which applications send a browser. */
export const BROWSER_SAMPLES: Samples['operations'] = {
  Authorize: { parameters: AUTHORIZATION_REQUEST },
  PostAuthorization: { body: AUTHORIZATION_REQUEST },
  ResumeAuthorization: { parameters: { handle: HANDLE } },
  EndSession: { parameters: SIGN_OUT_REQUEST },
  PostEndSession: { body: SIGN_OUT_REQUEST },
};

/** Samples of links in mails. */
export const LINK_SAMPLES: Samples['operations'] = {
  MailedLink: { parameters: { key: HANDLE, client_id: 'portal' } },
  UseMailedLink: { parameters: { key: HANDLE, client_id: 'portal' } },
  ResumeMailedLink: { parameters: { handle: HANDLE } },
};

/** Samples of the pages, which are served below the native issuer alone. */
export const PAGE_SAMPLES: Samples['operations'] = {
  ConfirmEmail: { parameters: { code: HANDLE } },
  ConfirmEmailPage: { parameters: { code: HANDLE } },
  Interaction: { parameters: { handle: HANDLE } },
  OpenAccountLinking: { parameters: { handle: HANDLE, interaction: HANDLE } },
  SignOut: { parameters: { handle: HANDLE } },
};
