import { z } from 'zod';
import {
  type BrowserAnswer,
  type LegacyError,
  type Route,
  type RouteInput,
  route,
  type TenantPlace,
} from '../../engine/index.ts';
import { authorizationAnswer } from '../../oidc/authorization.ts';
import {
  Authorize,
  IssueTokens,
  Jwks,
  OpenidConfiguration,
  ResumeAuthorization,
  RevokeToken,
  Userinfo,
} from '../../oidc/operations.generated.ts';
import { DOCUMENT, NOT_STORED, PUBLIC_DOCUMENT } from '../../oidc/replies.ts';
import { authorizationQuery, signInAnswer, toParameters } from '../authorization.ts';
import { detail, FORBIDDEN, UNPROCESSABLE } from '../errors.ts';
import { oauth } from '../issuer-errors.ts';
import { NO_OWNER, OWNER } from '../owner.ts';
import { ISSUED, showIssued, TOKEN_FORM, toTokenParameters } from '../token-form.ts';
import { showUserinfo, USERINFO } from '../userinfo.ts';

const TENANT_ID = z.string();
const IN_PATH: TenantPlace = { in: 'params', name: 'tenant_id' };
const IN_QUERY: TenantPlace = { in: 'query', name: 'tenant_id' };
const IN_FORM: TenantPlace = { in: 'form', name: 'tenant_id' };
const NEEDED_IN_FORM: TenantPlace = { ...IN_FORM, isNeeded: true };
const PATH = z.object({ tenant_id: TENANT_ID });
const MAY_REPEAT = TENANT_ID.optional().describe('The same as in the path, if it is there.');

/** How a variant names the tenant. */
interface Variant {
  /** Number of its operation in the manual. */
  readonly number: number;
  readonly path: `/${string}`;
  /** Places beside the prefix of the mount. */
  readonly tenant: readonly TenantPlace[];
  readonly params?: z.ZodObject;
  /** `tenant_id` in the query or form. */
  readonly tenantId: z.ZodType<string | undefined>;
}

const spec = (number: number): string => `section 14 (OIDC-${number})`;
const inParams = ({ params }: Variant): Pick<RouteInput, 'params'> => (params === undefined ? {} : { params });

const TENANT_UNKNOWN = oauth(400, 'invalid_request', 'There is no such tenant.');

const authorizeRow = (variant: Variant): Route =>
  route({
    method: 'GET',
    path: variant.path,
    spec: spec(variant.number),
    summary: 'Begins a sign-in to an application',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    tenant: variant.tenant,
    operation: Authorize,
    input: { ...inParams(variant), query: authorizationQuery(variant.tenantId) },
    toVariables: ({ query }) => ({ parameters: toParameters(query) }),
    reply: {
      status: 302,
      as: 'browser',
      from: ({ authorize }, { query, tenantName }): BrowserAnswer =>
        signInAnswer(authorize.answer, {
          tenantName,
          clientId: query.client_id,
          hints: { login_hint: query.login_hint, email_hint: query.email_hint },
        }),
    },
    errors: { INVALID_INPUT: UNPROCESSABLE, TENANT_UNKNOWN, TENANT_REQUIRED: TENANT_UNKNOWN },
  });

const tokenRow = (variant: Variant): Route =>
  route({
    method: 'POST',
    path: variant.path,
    spec: spec(variant.number),
    summary: 'Exchanges a code or a refresh token for tokens',
    callers: { clientAuth: true },
    cors: 'client',
    tenant: variant.tenant,
    operation: IssueTokens,
    input: { ...inParams(variant), form: TOKEN_FORM.extend({ tenant_id: variant.tenantId }) },
    toVariables: ({ form }) => ({ parameters: toTokenParameters(form) }),
    reply: { status: 200, schema: ISSUED, from: showIssued, headers: NOT_STORED },
    errors: { CREDENTIALS_MISSING: oauth(400, 'invalid_request', 'client_id: Field required'), TENANT_UNKNOWN },
  });

const jwksRow = (variant: Variant): Route =>
  route({
    method: 'GET',
    path: variant.path,
    spec: spec(variant.number),
    summary: 'The public keys of an issuer',
    callers: { public: true },
    cors: 'public',
    tenant: variant.tenant,
    operation: Jwks,
    input: inParams(variant),
    reply: { status: 200, schema: DOCUMENT, from: ({ jwks }) => jwks, headers: PUBLIC_DOCUMENT },
  });

const metadataRow = (variant: Variant): Route =>
  route({
    method: 'GET',
    path: variant.path,
    spec: spec(variant.number),
    summary: 'The metadata of an issuer',
    callers: { public: true },
    cors: 'public',
    tenant: variant.tenant,
    operation: OpenidConfiguration,
    input: inParams(variant),
    reply: {
      status: 200,
      schema: DOCUMENT,
      from: ({ openidConfiguration }) => openidConfiguration,
      headers: PUBLIC_DOCUMENT,
    },
  });

/** Errors of the two operations for a signed-in user, in the form of the service. */
const OF_USERS = {
  CREDENTIALS_MISSING: detail(401, 'Not authenticated'),
  UNAUTHENTICATED: detail(401, 'Not authenticated'),
  FORBIDDEN,
  SCOPE_MISSING: FORBIDDEN,
} as const satisfies Readonly<Record<string, LegacyError>>;

const USERINFO_ROW = route({
  method: 'GET',
  path: '/userinfo',
  spec: spec(3),
  summary: 'Who the user of an access token is',
  callers: { bearer: { user: ['openid'] } },
  cors: 'client',
  tenant: 'caller',
  operation: Userinfo,
  lookups: OWNER,
  missing: NO_OWNER,
  reply: { status: 200, schema: USERINFO, from: showUserinfo, headers: NOT_STORED },
  errors: { ...OF_USERS, TOKEN_INVALID: detail(401, 'Not authenticated'), SCOPE_INSUFFICIENT: FORBIDDEN },
});

const TOKEN_TYPE = z.enum(['access_token', 'refresh_token']);

/** The shapes that the description names. */
export const OIDC_COMPONENTS = { TokenType: TOKEN_TYPE } as const;

const REVOKE = route({
  method: 'POST',
  path: '/revoke',
  spec: spec(4),
  summary: 'Revokes a token of the user, or of the client',
  callers: { bearer: { user: ['openid'] }, clientAuth: true },
  cors: 'client',
  tenant: { in: 'form', name: 'token', as: 'handle', orCaller: true },
  operation: RevokeToken,
  input: {
    form: z.object({
      token: z.string().min(1),
      token_type_hint: TOKEN_TYPE.optional(),
      token_type: TOKEN_TYPE.optional().describe('The same as `token_type_hint`.'),
      client_id: z.string().optional().describe('Of a client that revokes its own token, with `client_secret`.'),
      client_secret: z.string().optional(),
    }),
  },
  toVariables: ({ form }) => ({ token: form.token }),
  // Also for a token that was none: the client could do nothing with the difference (RFC 7009 section 2.2).
  reply: { status: 200, schema: z.null(), from: () => null, headers: NOT_STORED },
  errors: {
    ...OF_USERS,
    CREDENTIALS_AMBIGUOUS: OF_USERS.UNAUTHENTICATED,
    INVALID_INPUT: UNPROCESSABLE,
  },
});

const RESUME = route({
  method: 'GET',
  path: '/{tenant_id}/authorize/{handle}',
  spec: 'section 14',
  summary: 'Answers an application after the pages of a sign-in',
  callers: { browser: true },
  faults: 'page',
  opener: true,
  tenant: IN_PATH,
  operation: ResumeAuthorization,
  input: { params: z.object({ tenant_id: TENANT_ID, handle: z.string().describe('Names the sign-in.') }) },
  toVariables: ({ params }) => ({ handle: params.handle }),
  reply: {
    status: 302,
    as: 'browser',
    from: ({ resumeAuthorization }) => authorizationAnswer(resumeAuthorization.answer),
  },
  errors: { TENANT_UNKNOWN, TENANT_REQUIRED: TENANT_UNKNOWN },
});

const inPath = (number: number, path: `/${string}`, place: TenantPlace): Variant => ({
  number,
  path: `/{tenant_id}${path}`,
  tenant: [IN_PATH, place],
  params: PATH,
  tenantId: MAY_REPEAT,
});

/** Below `/api/oidc`: the issuer of a tenant that is named in the query, in the form or in the path. */
export const OIDC_ROUTES: readonly Route[] = [
  authorizeRow({ number: 1, path: '/authorize', tenant: [IN_QUERY], tenantId: TENANT_ID }),
  tokenRow({ number: 2, path: '/token', tenant: [NEEDED_IN_FORM], tenantId: TENANT_ID }),
  USERINFO_ROW,
  REVOKE,
  jwksRow({ ...inPath(5, '/.well-known/jwks', IN_PATH), tenant: [IN_PATH] }),
  metadataRow({ ...inPath(6, '/.well-known/openid-configuration', IN_PATH), tenant: [IN_PATH] }),
  authorizeRow(inPath(7, '/authorize', IN_QUERY)),
  tokenRow(inPath(8, '/token', IN_FORM)),
  RESUME,
];

const standard = (number: number, path: `/${string}`, tenant: readonly TenantPlace[]): Variant => ({
  number,
  path,
  tenant,
  tenantId: MAY_REPEAT,
});

/** Below `/{tenant_id}`: the issuer of the variant Standard. */
export const STANDARD_ROUTES: readonly Route[] = [
  jwksRow(standard(9, '/.well-known/jwks.json', [])),
  metadataRow(standard(10, '/.well-known/openid-configuration', [])),
  authorizeRow(standard(11, '/authorize', [IN_QUERY])),
  tokenRow(standard(12, '/token', [IN_FORM])),
];
