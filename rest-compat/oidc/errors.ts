import { z } from 'zod';
import {
  AS_ITS_KIND,
  type ChallengeReason,
  type DialectErrors,
  type ErrorLines,
  type Fault,
  type LegacyError,
} from '../engine/index.ts';

const row = (status: number, error: string, text?: string): LegacyError => ({
  status,
  envelope: 'oauth',
  error,
  ...(text === undefined ? {} : { text }),
});

/** RFC 6749 section 5.2: printable ASCII without `"` and `\`. */
const describable = (text: string): string => text.replace(/["\\]/g, "'").replace(/[^\x20-\x7E]/g, '?');

const description = ({ text, items, error }: Fault): string => {
  const [first] = items;
  const isAboutField = error.code === 'INVALID_INPUT' && first !== undefined && first.pos !== '';
  return describable(isAboutField ? `${first.pos}: ${first.text}` : text);
};

/** `WWW-Authenticate` of RFC 6750 section 3 and RFC 7617. */
const CHALLENGES: Readonly<Record<ChallengeReason, (realm: string) => string>> = {
  missing: (realm) => `Bearer realm="${realm}"`,
  invalid: (realm) => `Bearer realm="${realm}", error="invalid_token"`,
  scope: (realm) => `Bearer realm="${realm}", error="insufficient_scope"`,
  client: (realm) => `Basic realm="${realm}", charset="UTF-8"`,
};

/** RFC 6749 section 5.2. */
export const OAUTH_ERROR = z.strictObject({
  error: z.string().describe('Code of the error.'),
  error_description: z.string().describe('The same in words.'),
});

/**
 * The errors of OAuth endpoints: RFC 6749 section 5.2, RFC 6750 section 3.1. The token endpoint has no code for an unavailable
 * server, so those of RFC 6749 section 4.1.2.1 are used, as is common.
 * @param realm Names the service in challenges.
 * @param codes Lines for further rows of the dialect.
 */
export function oauthErrors(realm: string, codes: ErrorLines = {}): DialectErrors {
  return {
    codes: {
      ...codes,
      REQUEST_TOO_LARGE: AS_ITS_KIND,
      TENANT_DISABLED: row(403, 'access_denied'),
      TENANT_REQUIRED: row(404, 'invalid_request', 'There is no such tenant.'),
      TENANT_AMBIGUOUS: row(400, 'invalid_request'),
      CLIENT_UNAUTHENTICATED: row(401, 'invalid_client'),
      GRANT_TYPE_REQUIRED: row(400, 'invalid_request'),
      GRANT_TYPE_UNSUPPORTED: row(400, 'unsupported_grant_type'),
      GRANT_TYPE_NOT_ALLOWED: row(400, 'unauthorized_client'),
      PASSWORD_GRANT_NOT_ALLOWED: row(400, 'unauthorized_client'),
      GRANT_INVALID: row(400, 'invalid_grant'),
      SERVICE_ACCOUNT_DISABLED: row(400, 'unauthorized_client'),
      CODE_REPLAYED: row(400, 'invalid_grant'),
      REFRESH_TOKEN_REUSED: row(400, 'invalid_grant'),
      SCOPE_INVALID: row(400, 'invalid_scope'),
      TOKEN_PARAMETER_INVALID: row(400, 'invalid_request'),
      RESOURCE_SERVER_UNKNOWN: row(400, 'invalid_request'),
      RESOURCE_UNKNOWN: row(400, 'invalid_resource'),
      RESOURCE_ACCESS_DENIED: row(403, 'access_denied'),
      TOKEN_REQUEST_REPEATED: row(400, 'invalid_request'),
      TOKEN_INVALID: row(401, 'invalid_token'),
      SCOPE_INSUFFICIENT: row(403, 'insufficient_scope'),
      // One code for every reason, so that an answer does not reveal which part of the sign-in failed.
      SIGN_IN_REFUSED: row(400, 'invalid_grant'),
      SIGN_IN_FACTOR_REQUIRED: row(400, 'invalid_grant'),
      SIGN_IN_PASSWORD_CHANGE_REQUIRED: row(400, 'invalid_grant'),
      SIGN_IN_EMAIL_UNVERIFIED: row(400, 'invalid_grant'),
      SIGN_IN_ACCOUNT_DISABLED: row(400, 'invalid_grant'),
      SIGN_IN_ACTIONS_REQUIRED: row(400, 'invalid_grant'),
      PATH_UNKNOWN: row(404, 'invalid_request'),
      PATH_MALFORMED: row(400, 'invalid_request'),
      TENANT_UNKNOWN: row(404, 'invalid_request'),
      TENANT_CONFLICT: row(400, 'invalid_request'),
      METHOD_NOT_ALLOWED: row(405, 'invalid_request'),
      MEDIA_TYPE_UNSUPPORTED: row(415, 'invalid_request'),
      BODY_MALFORMED: row(400, 'invalid_request'),
      CREDENTIALS_MISSING: row(401, 'invalid_token'),
      CREDENTIALS_AMBIGUOUS: row(400, 'invalid_request'),
      CLIENT_REFUSED: row(401, 'invalid_client'),
      SCOPE_MISSING: row(403, 'insufficient_scope'),
      END_USER_UNKNOWN: row(400, 'invalid_request'),
    },
    kinds: {
      invalid: row(400, 'invalid_request'),
      unauthenticated: row(401, 'invalid_token'),
      forbidden: row(403, 'access_denied'),
      'not-found': row(404, 'invalid_request'),
      conflict: row(503, 'temporarily_unavailable'),
      refused: row(400, 'invalid_request'),
      throttled: row(429, 'temporarily_unavailable'),
      'too-large': row(413, 'invalid_request'),
      unavailable: row(503, 'temporarily_unavailable'),
      internal: row(500, 'server_error'),
    },
    envelopes: {
      oauth: {
        schema: OAUTH_ERROR,
        body: (fault) => ({ error: fault.legacy.error, error_description: description(fault) }),
      },
    },
    fieldError: 'invalid_request',
    challenge: (reason) => CHALLENGES[reason](realm),
  };
}

/** Errors of endpoints that authenticate clients: a missing credential is `invalid_client`, not `invalid_token`. */
export const CLIENT_ERRORS = {
  CREDENTIALS_MISSING: row(401, 'invalid_client'),
  UNAUTHENTICATED: row(401, 'invalid_client'),
};

/** Errors of authorization endpoints, for programs; people get a page. */
export const AUTHORIZATION_ERRORS = {
  AUTHORIZATION_CLIENT_INVALID: AS_ITS_KIND,
  AUTHORIZATION_REDIRECT_INVALID: AS_ITS_KIND,
  AUTHORIZATION_PARAMETER_REPEATED: AS_ITS_KIND,
  AUTHORIZATION_ENDED: row(409, 'invalid_request'),
  BROWSER_REQUIRED: AS_ITS_KIND,
  INTERACTION_NOT_FOUND: AS_ITS_KIND,
  POSTED_REQUEST_NOT_FOUND: AS_ITS_KIND,
} as const;

/** Errors of the endpoints that sign users out, likewise. */
export const END_SESSION_ERRORS = {
  BROWSER_REQUIRED: AS_ITS_KIND,
  POSTED_REQUEST_NOT_FOUND: AS_ITS_KIND,
  SIGN_OUT_PARAMETER_INVALID: AS_ITS_KIND,
  SIGN_OUT_HINT_INVALID: AS_ITS_KIND,
  SIGN_OUT_CLIENT_UNKNOWN: AS_ITS_KIND,
  SIGN_OUT_CLIENT_CONFLICT: AS_ITS_KIND,
  SIGN_OUT_REDIRECT_UNREGISTERED: AS_ITS_KIND,
} as const;

/** Errors of the endpoints to which applications send a browser. */
export const BROWSER_ERRORS = { ...AUTHORIZATION_ERRORS, ...END_SESSION_ERRORS } as const;

/** Errors of the endpoint at which users make accounts first. */
export const SELF_REGISTRATION_ERRORS = { REGISTRATION_CLOSED: AS_ITS_KIND } as const;

/** Errors of links in mails. */
export const LINK_ERRORS = { MAILED_LINK_UNUSABLE: AS_ITS_KIND } as const;

/** Errors of the pages, which are served below the native issuer alone. */
export const PAGE_ERRORS = {
  ACCOUNT_LINK_STATE_INVALID: AS_ITS_KIND,
  EMAIL_CONFIRMATION_INVALID: AS_ITS_KIND,
  SIGN_OUT_NOT_FOUND: AS_ITS_KIND,
  USER_EMAIL_TAKEN: AS_ITS_KIND,
  USER_USERNAME_TAKEN: AS_ITS_KIND,
} as const;
