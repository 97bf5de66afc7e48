import { type Route, route } from '../engine/index.ts';
import { authorizationRows } from './authorization.ts';
import { ACCOUNT_MAIL_PAGES } from './confirm-email.ts';
import { CLIENT_ERRORS } from './errors.ts';
import { ACCESS_TOKEN_FORM, TOKEN_FORM } from './input.ts';
import { LINKING_PAGES } from './link-account.ts';
import { mailedLinkRows } from './mailed-link.ts';
import { metadataRow } from './metadata.ts';
import { IntrospectToken, IssueTokens, Jwks, RevokeToken, Userinfo } from './operations.generated.ts';
import { DOCUMENT, INTROSPECTION, introspection, NOT_STORED, PUBLIC_DOCUMENT, TOKENS, tokens } from './replies.ts';
import { SIGN_IN_PAGE } from './sign-in.ts';
import { endSessionRow, postEndSessionRow, SIGN_OUT_PAGE } from './sign-out.ts';

const userinfo = (method: 'GET' | 'POST'): Route =>
  route({
    method,
    path: '/oauth/userinfo',
    spec: 'OpenID Connect Core 5.3',
    summary: 'Claims about the user',
    callers: { bearer: { user: ['openid'], ...(method === 'POST' ? { inForm: true } : {}) } },
    cors: 'client',
    operation: Userinfo,
    ...(method === 'POST' ? { input: { form: ACCESS_TOKEN_FORM } } : {}),
    reply: {
      status: 200,
      schema: DOCUMENT,
      from: (data) => data.userinfo,
      headers: NOT_STORED,
    },
  });

/** Endpoints of the native issuer, below `/t/{tenant}`. */
export const NATIVE_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/oauth/token',
    spec: 'RFC 6749 3.2',
    summary: 'Issues tokens',
    callers: { clientAuth: true },
    cors: 'client',
    operation: IssueTokens,
    input: { form: 'raw' },
    toVariables: ({ form }) => ({ parameters: form }),
    reply: { status: 200, schema: TOKENS, from: tokens, headers: NOT_STORED },
    errors: CLIENT_ERRORS,
  }),
  route({
    method: 'POST',
    path: '/oauth/introspect',
    spec: 'RFC 7662 2',
    summary: 'Tells about an access token',
    callers: { clientAuth: true, bearer: { app: ['token:introspect'] } },
    operation: IntrospectToken,
    input: { form: TOKEN_FORM },
    toVariables: ({ form: { token } }) => ({ token }),
    reply: { status: 200, schema: INTROSPECTION, from: introspection, headers: NOT_STORED },
    errors: CLIENT_ERRORS,
  }),
  route({
    method: 'POST',
    path: '/oauth/revoke',
    spec: 'RFC 7009 2',
    summary: 'Revokes a token',
    callers: { clientAuth: true },
    cors: 'client',
    operation: RevokeToken,
    input: { form: TOKEN_FORM },
    toVariables: ({ form: { token } }) => ({ token }),
    // Also for a token that was none: the client could do nothing with the difference (RFC 7009 section 2.2).
    reply: { status: 200, headers: NOT_STORED },
    errors: CLIENT_ERRORS,
  }),
  userinfo('GET'),
  userinfo('POST'),
  ...authorizationRows('/oauth/authorize', 'RFC 6749 3.1'),
  endSessionRow('/oauth/logout', 'RP-Initiated Logout 2'),
  postEndSessionRow('/oauth/logout'),
  ...mailedLinkRows('/oauth/link', 'RFC 6749 3.1'),
  ...ACCOUNT_MAIL_PAGES,
  SIGN_IN_PAGE,
  SIGN_OUT_PAGE,
  ...LINKING_PAGES,
  route({
    method: 'GET',
    path: '/oauth/jwks',
    spec: 'RFC 7517 5',
    summary: 'Public keys of the issuer',
    callers: { public: true },
    cors: 'public',
    operation: Jwks,
    reply: { status: 200, schema: DOCUMENT, from: (data) => data.jwks, headers: PUBLIC_DOCUMENT },
  }),
  metadataRow('/.well-known/openid-configuration', 'OpenID Connect Discovery 4'),
];

/** Below `/.well-known/oauth-authorization-server` and the path of the issuer. */
export const METADATA_ROUTES: readonly Route[] = [metadataRow('', 'RFC 8414 3.1')];
