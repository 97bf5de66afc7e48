import type { DialectErrors, Fault, LegacyError } from '../engine/index.ts';
import { BROWSER_ERRORS, LINK_ERRORS, oauthErrors, SELF_REGISTRATION_ERRORS } from '../oidc/errors.ts';
import { KEYCLOAK_ERROR } from './errors.ts';

/** An error of OAuth with the text of the older service. */
const oauth = (status: number, error: string, text: LegacyError['text']): LegacyError => ({
  status,
  envelope: 'oauth',
  error,
  ...(text === undefined ? {} : { text }),
});

/** An error that has a text alone. */
const bare = (status: number, text: string): LegacyError => ({ status, envelope: 'bare', error: text, text });

export const http = (status: number, reason: string): LegacyError => bare(status, `HTTP ${status} ${reason}`);

/** Why a grant is refused (`extensions.reason`), as clients of the older service read it. */
const GRANT_TEXTS: Readonly<Record<string, string>> = {
  CODE_INVALID: 'Code not valid',
  REDIRECT_OTHER: 'Incorrect redirect_uri',
  VERIFIER_MISSING: 'PKCE code verifier not specified',
  VERIFIER_WRONG: 'PKCE verification failed: Code mismatch',
  REFRESH_TOKEN_INVALID: 'Invalid refresh token',
  REFRESH_TOKEN_OTHER: "Invalid refresh token. Token client and authorized client don't match",
  REFRESH_TOKEN_EXPIRED: 'Token is not active',
  SESSION_ENDED: 'Session not active',
  SUBJECT_TOKEN_INVALID: 'Invalid bearer token',
};

const grantText = ({ error }: Pick<Fault, 'error'>): string =>
  GRANT_TEXTS[error.extensions?.['reason'] ?? ''] ?? error.message;

/** A parameter that is sent twice has a text; other faults say which parameter is meant. */
const parameterText = ({ error }: Pick<Fault, 'error'>): string =>
  error.fields?.some(({ code }) => code === 'PARAMETER_REPEATED') === true
    ? DUPLICATED
    : (error.fields?.[0]?.message ?? error.message);

const DUPLICATED = 'duplicated parameter';
const CLIENT_TEXT = 'Invalid client or Invalid client credentials';
const CLIENT = oauth(401, 'invalid_client', CLIENT_TEXT);
const NOT_SET_UP = oauth(400, 'invalid_grant', 'Account is not fully set up');
const WRONG_CREDENTIALS = oauth(401, 'invalid_grant', 'Invalid user credentials');

/** The account of a client has its username in the error, as only the client itself gets it. */
const serviceAccountText = ({ error }: Pick<Fault, 'error'>): string =>
  `User '${error.extensions?.['username'] ?? ''}' disabled`;

const GRANT_INVALID = oauth(400, 'invalid_grant', grantText);
const TOKEN_PARAMETER_INVALID = oauth(400, 'invalid_request', parameterText);

const REFRESH_TOKEN_REUSED = oauth(400, 'invalid_grant', 'Maximum allowed refresh token reuse exceeded');

/** Errors of an application that signs a user out by a refresh token. Browsers get pages for all others. */
export const SIGN_OUT_ERRORS = {
  CLIENT_UNAUTHENTICATED: CLIENT,
  GRANT_INVALID,
  REFRESH_TOKEN_REUSED,
  TOKEN_PARAMETER_INVALID,
};

/** A refusal of metadata, whose text says which member is meant. */
const metadata = (error: string): LegacyError => oauth(400, error, ({ error: cause }) => reasonOf(cause));
const reasonOf = ({ fields = [], message }: Fault['error']): string => {
  const [first] = fields;
  return first === undefined ? message : `${first.path.split('.').slice(1).join('.')}: ${first.message}`;
};

const CLIENT_METADATA_INVALID = metadata('invalid_client_metadata');
/** Refusals of what a client registers (RFC 7591 section 3.2.2). */
export const REGISTRATION_ERRORS = {
  REGISTRATION_METADATA_INVALID: CLIENT_METADATA_INVALID,
  CLIENT_REDIRECT_INVALID: metadata('invalid_redirect_uri'),
  CLIENT_METADATA_INVALID,
  CLIENT_SCOPE_UNKNOWN: CLIENT_METADATA_INVALID,
};
/** The token registers no clients. */
export const REGISTRATION_REFUSED = oauth(403, 'insufficient_scope', undefined);
/** The token does not open the registration. */
export const REGISTRATION_TOKEN_INVALID = oauth(401, 'invalid_token', undefined);

export const REALM_UNKNOWN = bare(404, 'Realm does not exist');

const { codes, envelopes, ...standard } = oauthErrors('kobil', {
  ...BROWSER_ERRORS,
  ...LINK_ERRORS,
  ...SELF_REGISTRATION_ERRORS,
});

/** Errors of the issuer's endpoints: docs/dialects/kobil.md, section 3.8. */
export const ISSUER_ERRORS: DialectErrors = {
  ...standard,
  codes: {
    ...codes,
    TENANT_UNKNOWN: REALM_UNKNOWN,
    TENANT_REQUIRED: REALM_UNKNOWN,
    TENANT_DISABLED: oauth(403, 'access_denied', 'Realm not enabled'),
    ACCOUNT_PAGE_CLOSED: http(404, 'Not Found'),
    PATH_UNKNOWN: http(404, 'Not Found'),
    PATH_MALFORMED: http(400, 'Bad Request'),
    METHOD_NOT_ALLOWED: http(405, 'Method Not Allowed'),
    MEDIA_TYPE_UNSUPPORTED: http(415, 'Unsupported Media Type'),
    REQUEST_TOO_LARGE: http(413, 'Request Entity Too Large'),
    CLIENT_UNAUTHENTICATED: CLIENT,
    CLIENT_REFUSED: CLIENT,
    CREDENTIALS_AMBIGUOUS: oauth(400, 'invalid_request', DUPLICATED),
    GRANT_TYPE_REQUIRED: oauth(400, 'invalid_request', 'Missing form parameter: grant_type'),
    GRANT_TYPE_UNSUPPORTED: oauth(400, 'unsupported_grant_type', 'Unsupported grant_type'),
    GRANT_TYPE_NOT_ALLOWED: oauth(401, 'unauthorized_client', 'Client not enabled to retrieve service account'),
    PASSWORD_GRANT_NOT_ALLOWED: oauth(400, 'unauthorized_client', 'Client not allowed for direct access grants'),
    GRANT_INVALID,
    SERVICE_ACCOUNT_DISABLED: oauth(401, 'invalid_request', serviceAccountText),
    CODE_REPLAYED: oauth(400, 'invalid_grant', GRANT_TEXTS['CODE_INVALID']),
    REFRESH_TOKEN_REUSED,
    TOKEN_PARAMETER_INVALID,
    RESOURCE_SERVER_UNKNOWN: oauth(400, 'invalid_request', 'Client does not support permissions'),
    RESOURCE_UNKNOWN: oauth(400, 'invalid_resource', 'Resource does not exist.'),
    RESOURCE_ACCESS_DENIED: oauth(403, 'access_denied', 'not_authorized'),
    SIGN_IN_REFUSED: WRONG_CREDENTIALS,
    SIGN_IN_FACTOR_REQUIRED: WRONG_CREDENTIALS,
    SIGN_IN_ACCOUNT_DISABLED: oauth(400, 'invalid_grant', 'Account disabled'),
    SIGN_IN_ACTIONS_REQUIRED: NOT_SET_UP,
    SIGN_IN_PASSWORD_CHANGE_REQUIRED: NOT_SET_UP,
    SIGN_IN_EMAIL_UNVERIFIED: NOT_SET_UP,
  },
  envelopes: {
    ...envelopes,
    bare: { schema: KEYCLOAK_ERROR, body: ({ text }) => ({ error: text }) },
  },
};

/** Errors of endpoints that authenticate clients: a missing credential is one of the client. */
export const ISSUER_CLIENT_ERRORS = { CREDENTIALS_MISSING: CLIENT, UNAUTHENTICATED: CLIENT };
