import { z } from 'zod';
import { type BrowserAnswer, type Route, route } from '../../engine/index.ts';
import { authorizationRows, registrationRow } from '../../oidc/authorization.ts';
import { ACCESS_TOKEN_FORM, TOKEN_FORM } from '../../oidc/input.ts';
import { mailedLinkRows } from '../../oidc/mailed-link.ts';
import {
  IntrospectToken,
  IssueTokens,
  Jwks,
  OpenidConfiguration,
  PostSignOut,
  RevokeToken,
  Userinfo,
} from '../../oidc/operations.generated.ts';
import { DOCUMENT, NOT_STORED, PUBLIC_DOCUMENT } from '../../oidc/replies.ts';
import { endSessionRow } from '../../oidc/sign-out.ts';
import { ACCOUNT, showAccount } from '../account.ts';
import { COOKIE_CHECK_BEGIN, COOKIE_CHECK_END, makeWatchPage } from '../frames.ts';
import { http, ISSUER_CLIENT_ERRORS, REALM_UNKNOWN, SIGN_OUT_ERRORS } from '../issuer-errors.ts';
import { Account, SessionIdCookie, SessionWatcher, TokenIssuer } from '../operations.generated.ts';
import { INSPECTED, ISSUED, REALM_ISSUER, secondsOf, showInspected, showIssued } from '../tokens.ts';
import { ACCOUNT_PAGE_ROUTES, PASSWORD_RESET_ROUTE } from './account-page.ts';

/** The grant with which permissions on resources are asked for, with the token of the user. */
const UMA_TICKET = 'urn:ietf:params:oauth:grant-type:uma-ticket';

const userinfo = (method: 'GET' | 'POST'): Route =>
  route({
    method,
    path: '/userinfo',
    spec: 'OpenID Connect Core 5.3',
    summary: 'Claims about the user',
    callers: { bearer: { user: ['openid'], ...(method === 'POST' ? { inForm: true } : {}) } },
    cors: 'credentials',
    operation: Userinfo,
    ...(method === 'POST' ? { input: { form: ACCESS_TOKEN_FORM } } : {}),
    reply: { status: 200, schema: DOCUMENT, from: (data) => data.userinfo, headers: NOT_STORED },
  });

/** Pages by which clients find out whether frames of other sites get the cookies of the service. */
const cookieCheck = (step: 1 | 2, page: string): Route =>
  route({
    method: 'GET',
    path: `/3p-cookies/step${step}.html`,
    spec: '3.8',
    summary: 'Tells whether frames of other sites get cookies',
    callers: { browser: true },
    framed: ['*'],
    operation: SessionIdCookie,
    reply: { status: 302, as: 'browser', from: (): BrowserAnswer => ({ page }) },
  });

const WATCHER = z.object({
  client_id: z.string().optional().describe('The client.'),
  origin: z.string().optional().describe('Origin of its page.'),
});

/** Endpoints of the issuer, below `/realms/{tenant}/protocol/openid-connect`. */
export const ISSUER_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/token',
    spec: '3.8 (1)',
    summary: 'Issues tokens',
    callers: { clientAuth: 'repeatable', bearerGrants: [UMA_TICKET] },
    cors: 'credentials',
    operation: IssueTokens,
    input: { form: 'raw' },
    formAsJson: true,
    toVariables: ({ form }) => ({ parameters: form }),
    reply: { status: 200, schema: ISSUED, from: (data, { form }) => showIssued(data, form), headers: NOT_STORED },
    errors: ISSUER_CLIENT_ERRORS,
  }),
  route({
    method: 'POST',
    path: '/token/introspect',
    spec: 'RFC 7662 2',
    summary: 'Tells about an access token',
    callers: { clientAuth: 'repeatable' },
    operation: IntrospectToken,
    input: { form: TOKEN_FORM },
    toVariables: ({ form: { token } }) => ({ token }),
    reply: { status: 200, schema: INSPECTED, from: showInspected, headers: NOT_STORED },
    errors: ISSUER_CLIENT_ERRORS,
  }),
  route({
    method: 'POST',
    path: '/revoke',
    spec: 'RFC 7009 2',
    summary: 'Revokes a token',
    callers: { clientAuth: 'repeatable' },
    cors: 'credentials',
    operation: RevokeToken,
    input: { form: TOKEN_FORM },
    toVariables: ({ form: { token } }) => ({ token }),
    reply: { status: 200, headers: NOT_STORED },
    errors: ISSUER_CLIENT_ERRORS,
  }),
  userinfo('GET'),
  userinfo('POST'),
  route({
    method: 'GET',
    path: '/certs',
    spec: 'RFC 7517 5',
    summary: 'Public keys of the issuer',
    callers: { public: true },
    cors: 'credentials',
    operation: Jwks,
    reply: { status: 200, schema: DOCUMENT, from: (data) => data.jwks, headers: PUBLIC_DOCUMENT },
  }),
  cookieCheck(1, COOKIE_CHECK_BEGIN),
  cookieCheck(2, COOKIE_CHECK_END),
  route({
    method: 'GET',
    path: '/login-status-iframe.html',
    spec: 'OpenID Connect Session Management 3.3',
    summary: 'Page that tells applications whether their user is still signed in',
    callers: { browser: true },
    framed: ['*'],
    operation: SessionIdCookie,
    reply: {
      status: 302,
      as: 'browser',
      from: ({ sessionIdCookie }): BrowserAnswer => ({ page: makeWatchPage(sessionIdCookie), connects: true }),
    },
  }),
  route({
    method: 'GET',
    path: '/login-status-iframe.html/init',
    spec: '3.8',
    summary: 'Whether pages of an application may ask that page',
    callers: { public: true },
    operation: SessionWatcher,
    input: { query: WATCHER },
    toVariables: ({ query: { client_id: clientId = '', origin = '' } }) => ({ clientId, origin }),
    reply: { status: 204 },
    missing: { sessionWatcher: http(403, 'Forbidden') },
  }),
  ...authorizationRows('/auth', 'RFC 6749 3.1', 302),
  registrationRow('/registrations', '3.8', 302),
  endSessionRow('/logout', 'RP-Initiated Logout 2', 302),
  route({
    method: 'POST',
    path: '/logout',
    spec: 'RP-Initiated Logout 2',
    summary: 'Signs a user out, by the browser or by a refresh token',
    callers: { browser: true, basic: 'client' },
    faults: 'page',
    opener: true,
    operation: PostSignOut,
    input: { form: 'raw' },
    toVariables: ({ form }) => ({ parameters: form }),
    reply: {
      status: 302,
      as: 'browser',
      orEmpty: 'The session of the refresh token has ended.',
      from: ({ postSignOut: { redirectTo } }): BrowserAnswer | null => (redirectTo === null ? null : { redirectTo }),
    },
    errors: SIGN_OUT_ERRORS,
  }),
];

/** Below `/realms/{tenant}/login-actions`: links in mails, and forgotten passwords. */
export const LOGIN_ACTION_ROUTES: readonly Route[] = [
  ...mailedLinkRows('/action-token', '3.10', 302),
  PASSWORD_RESET_ROUTE,
];

/** Below `/realms/{tenant}/.well-known`. */
export const DISCOVERY_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/openid-configuration',
    spec: '3.8 (2)',
    summary: 'Metadata of the issuer',
    callers: { public: true },
    cors: 'credentials',
    operation: OpenidConfiguration,
    reply: { status: 200, schema: DOCUMENT, from: (data) => data.openidConfiguration, headers: PUBLIC_DOCUMENT },
  }),
];

/** At `/realms/{tenant}/account`. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '',
    spec: '3.8',
    summary: 'The account of the caller',
    callers: { bearer: { user: ['user:read:self'] } },
    cors: 'credentials',
    faults: 'page',
    pageBelow: '/page',
    operation: Account,
    reply: { status: 200, schema: ACCOUNT, from: ({ account }) => showAccount(account), headers: NOT_STORED },
    missing: { account: http(403, 'Forbidden') },
  }),
  ...ACCOUNT_PAGE_ROUTES,
];

/** At `/realms/{tenant}` itself. */
export const REALM_ROUTE: Route = route({
  method: 'GET',
  path: '',
  spec: '3.8',
  summary: 'The issuer and its key',
  callers: { public: true },
  cors: 'credentials',
  operation: TokenIssuer,
  reply: {
    status: 200,
    schema: REALM_ISSUER,
    from: ({ tokenIssuer: { url, publicKey, notBefore } }, { tenantName }) => ({
      realm: tenantName,
      public_key: publicKey,
      'token-service': `${url}/protocol/openid-connect`,
      'account-service': `${url}/account`,
      'tokens-not-before': secondsOf(notBefore),
    }),
    headers: PUBLIC_DOCUMENT,
  },
  errors: { TENANT_UNKNOWN: REALM_UNKNOWN, TENANT_REQUIRED: REALM_UNKNOWN },
});
