import { defineErrors } from '../kernel/index.ts';

export const oauthErrors = defineErrors({
  CLIENT_UNAUTHENTICATED: {
    kind: 'unauthenticated',
    message: 'The client is unknown or did not prove who it is.',
  },
  GRANT_TYPE_REQUIRED: { kind: 'invalid', message: 'The grant type is missing.' },
  GRANT_TYPE_UNSUPPORTED: { kind: 'invalid', message: 'This grant type is not supported here.' },
  GRANT_TYPE_NOT_ALLOWED: { kind: 'refused', message: 'The client may not use this grant type.' },
  GRANT_INVALID: { kind: 'refused', message: 'The grant is not valid, has expired or was revoked.' },
  REFRESH_TOKEN_REUSED: {
    kind: 'refused',
    message: 'The refresh token was used before; every token of its family is revoked.',
  },
  SCOPE_INVALID: { kind: 'invalid', message: 'A scope is unknown, malformed or not allowed to the client.' },
  TOKEN_PARAMETER_INVALID: { kind: 'invalid', message: 'A parameter of the token request is missing or malformed.' },
  TOKEN_REQUEST_REPEATED: { kind: 'invalid', message: 'An operation may ask for tokens once.' },
  TOKEN_INVALID: { kind: 'unauthenticated', message: 'The access token is not valid.' },
  SCOPE_INSUFFICIENT: { kind: 'forbidden', message: 'The access token lacks a scope that is needed.' },
  ISSUER_UNKNOWN: { kind: 'not-found', message: 'There is no such issuer.' },
  SIGNING_ALGORITHM_UNKNOWN: { kind: 'invalid', message: 'Keys are made for EdDSA, ES256 and RS256.' },
});

/** An error as OAuth endpoints answer it: the name of RFC 6749 section 5.2 or RFC 6750 section 3.1, and the HTTP status. */
export interface OAuthErrorRow {
  readonly error: string;
  readonly status: number;
}

const row = (error: string, status: number): OAuthErrorRow => ({ error, status });

/**
 * Every code the OAuth operations can end with, as OAuth names it. RFC 6749 has no name for a server that is away or
 * overloaded at the token endpoint; those of section 4.1.2.1 are commonly used.
 */
export const OAUTH_ERRORS: Readonly<Record<string, OAuthErrorRow>> = {
  CLIENT_UNAUTHENTICATED: row('invalid_client', 401),
  GRANT_TYPE_REQUIRED: row('invalid_request', 400),
  GRANT_TYPE_UNSUPPORTED: row('unsupported_grant_type', 400),
  GRANT_TYPE_NOT_ALLOWED: row('unauthorized_client', 400),
  GRANT_INVALID: row('invalid_grant', 400),
  REFRESH_TOKEN_REUSED: row('invalid_grant', 400),
  SCOPE_INVALID: row('invalid_scope', 400),
  TOKEN_PARAMETER_INVALID: row('invalid_request', 400),
  TOKEN_REQUEST_REPEATED: row('invalid_request', 400),
  TOKEN_INVALID: row('invalid_token', 401),
  SCOPE_INSUFFICIENT: row('insufficient_scope', 403),
  ISSUER_UNKNOWN: row('invalid_request', 404),
  SIGNING_ALGORITHM_UNKNOWN: row('invalid_request', 400),
  SIGN_IN_REFUSED: row('invalid_grant', 400),
  SIGN_IN_FACTOR_REQUIRED: row('invalid_grant', 400),
  SIGN_IN_PASSWORD_CHANGE_REQUIRED: row('invalid_grant', 400),
  SIGN_IN_EMAIL_UNVERIFIED: row('invalid_grant', 400),
  TENANT_REQUIRED: row('invalid_request', 400),
  TENANT_AMBIGUOUS: row('invalid_request', 400),
  TENANT_DISABLED: row('access_denied', 403),
  INVALID_INPUT: row('invalid_request', 400),
  UNAUTHENTICATED: row('invalid_token', 401),
  FORBIDDEN: row('insufficient_scope', 403),
  NOT_FOUND: row('invalid_request', 404),
  CONFLICT: row('temporarily_unavailable', 503),
  REQUEST_TOO_LARGE: row('invalid_request', 413),
  TOO_MANY_REQUESTS: row('temporarily_unavailable', 429),
  SERVICE_UNAVAILABLE: row('temporarily_unavailable', 503),
  INTERNAL_ERROR: row('server_error', 500),
};
