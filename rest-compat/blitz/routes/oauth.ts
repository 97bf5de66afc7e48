import { type Route, route } from '../../engine/index.ts';
import { authorizationRows } from '../../oidc/authorization.ts';
import { CLIENT_ERRORS } from '../../oidc/errors.ts';
import { TOKEN_FORM } from '../../oidc/input.ts';
import { metadataRow } from '../../oidc/metadata.ts';
import { IntrospectToken, IssueTokens, Jwks, Userinfo } from '../../oidc/operations.generated.ts';
import {
  DOCUMENT,
  INTROSPECTION,
  introspection,
  NOT_STORED,
  PUBLIC_DOCUMENT,
  TOKENS,
  tokens,
} from '../../oidc/replies.ts';
import { endSessionRow, postEndSessionRow } from '../../oidc/sign-out.ts';

/** The members of the manual's answer: it has no audience, and of the user only the id. */
const SHOWN_INTROSPECTION = INTROSPECTION.pick({
  active: true,
  scope: true,
  client_id: true,
  token_type: true,
  exp: true,
  iat: true,
  sub: true,
  jti: true,
});

const SIGN_OUT = endSessionRow('/logout', '2.20 (64)', 302);

/** OAuth 2.0: docs/dialects/blitz.md, section 2.20, below `/oauth`. */
export const OAUTH_ROUTES: readonly Route[] = [
  ...authorizationRows('/ae', '2.20 (60)', 302),
  route({
    method: 'POST',
    path: '/te',
    spec: '2.20 (61)',
    summary: 'Issues tokens',
    callers: { clientAuth: true },
    cors: 'client',
    operation: IssueTokens,
    input: { form: 'raw' },
    // Deployments send the parameters in the query string.
    formInQuery: true,
    toVariables: ({ form }) => ({ parameters: form }),
    reply: { status: 200, schema: TOKENS, from: tokens, headers: NOT_STORED },
    errors: CLIENT_ERRORS,
  }),
  route({
    method: 'GET',
    path: '/me',
    spec: '2.20 (62)',
    summary: 'Attributes of the user that the scopes of the token allow',
    callers: { bearer: { user: ['openid', 'profile', 'email', 'phone', 'usr_grps'] } },
    cors: 'client',
    operation: Userinfo,
    reply: {
      status: 200,
      schema: DOCUMENT,
      from: (data) => data.userinfo,
      headers: NOT_STORED,
    },
  }),
  route({
    method: 'POST',
    path: '/introspect',
    spec: '2.20 (63)',
    summary: 'Tells about an access token',
    callers: { clientAuth: true },
    operation: IntrospectToken,
    input: { form: TOKEN_FORM },
    toVariables: ({ form: { token } }) => ({ token }),
    reply: { status: 200, schema: SHOWN_INTROSPECTION, from: introspection, headers: NOT_STORED },
    errors: CLIENT_ERRORS,
  }),
  route({
    method: 'GET',
    path: '/.well-known/jwks',
    spec: '2.20 (66)',
    summary: 'Public keys of the issuer',
    callers: { public: true },
    cors: 'public',
    operation: Jwks,
    reply: { status: 200, schema: DOCUMENT, from: (data) => data.jwks, headers: PUBLIC_DOCUMENT },
  }),
  SIGN_OUT,
  postEndSessionRow('/logout'),
];

/** Below `/login`, where older deployments have the endpoint. */
export const LOGIN_ROUTES: readonly Route[] = [SIGN_OUT];

export const DISCOVERY_ROUTES: readonly Route[] = [metadataRow('/.well-known/openid-configuration', '2.20 (65)')];

/** Below `/.well-known/oauth-authorization-server` and the path of the issuer. */
export const METADATA_ROUTES: readonly Route[] = [metadataRow('', 'RFC 8414 3.1')];
