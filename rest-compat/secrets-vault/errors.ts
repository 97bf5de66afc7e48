import { z } from 'zod';
import { AS_ITS_KIND, type DialectErrors, type Fault, type LegacyError } from '../engine/index.ts';
import { END_SESSION_ERRORS } from '../oidc/errors.ts';
import { HTTP_VALIDATION_ERROR, validationErrors } from './validation.ts';

/** An error with a text: docs/dialects/secrets-vault.md, section 3. */
export const detail = (status: number, text?: LegacyError['text']): LegacyError => ({
  status,
  envelope: 'detail',
  error: REASONS[status]!,
  ...(text === undefined ? {} : { text }),
});

/** Reasons of RFC 9110 section 15. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

/** An error whose text is the reason of its status. */
export const reason = (status: number): LegacyError => detail(status, REASONS[status]!);

/** Values that do not have their declared shape, or that a rule about one value refuses. */
export const UNPROCESSABLE: LegacyError = { status: 422, envelope: 'HTTPValidation', error: 'Unprocessable Entity' };

const UNAUTHENTICATED = detail(401, 'Not authenticated');
export const FORBIDDEN = detail(403, 'Not enough permissions');
const TENANT_UNKNOWN = detail(404, 'Tenant not found');
const TENANT_MISMATCH = detail(400, 'Tenant mismatch');
/** A value that was taken before. */
export const TAKEN = detail(409);
/** Something that a rule forbids. */
export const REFUSED = detail(400);

const DETAIL = z.strictObject({ detail: z.string().describe('What is wrong, in words.') });

/** Errors below `/api` and at `/health`. */
export const SECRETS_VAULT_ERRORS: DialectErrors = {
  codes: {
    INVALID_INPUT: UNPROCESSABLE,
    UNAUTHENTICATED,
    FORBIDDEN,
    REQUEST_TOO_LARGE: reason(413),
    PATH_UNKNOWN: reason(404),
    PATH_MALFORMED: reason(400),
    TENANT_UNKNOWN,
    TENANT_CONFLICT: TENANT_MISMATCH,
    METHOD_NOT_ALLOWED: reason(405),
    MEDIA_TYPE_UNSUPPORTED: reason(415),
    BODY_MALFORMED: UNPROCESSABLE,
    CREDENTIALS_MISSING: UNAUTHENTICATED,
    CREDENTIALS_AMBIGUOUS: UNAUTHENTICATED,
    CLIENT_REFUSED: UNAUTHENTICATED,
    SCOPE_MISSING: FORBIDDEN,
    END_USER_UNKNOWN: reason(400),
  },
  kinds: {
    invalid: REFUSED,
    unauthenticated: UNAUTHENTICATED,
    forbidden: FORBIDDEN,
    'not-found': detail(404),
    conflict: TAKEN,
    refused: REFUSED,
    throttled: reason(429),
    'too-large': reason(413),
    unavailable: reason(503),
    internal: reason(500),
  },
  envelopes: {
    detail: { schema: DETAIL, body: ({ text }: Fault) => ({ detail: text }) },
    HTTPValidation: { schema: HTTP_VALIDATION_ERROR, body: validationErrors },
  },
  listsEveryFault: true,
  fieldError: 'value_error',
  challenge: (why) => CHALLENGES[why],
};

/** Errors where applications sign users out. */
export const LOGOUT_ERRORS: DialectErrors = {
  ...SECRETS_VAULT_ERRORS,
  codes: { ...SECRETS_VAULT_ERRORS.codes, ...END_SESSION_ERRORS, TENANT_REQUIRED: TENANT_UNKNOWN },
};

/** A request for a sign-in that is not under way in the browser. */
export const REQUEST_INVALID = detail(400, 'Invalid or expired auth request');
const TICKET_INVALID = detail(400, 'Invalid or expired ticket');

/** Errors where a ticket begins a session. */
export const TICKET_SIGN_IN_ERRORS: DialectErrors = {
  ...SECRETS_VAULT_ERRORS,
  codes: {
    ...SECRETS_VAULT_ERRORS.codes,
    BROWSER_REQUIRED: REQUEST_INVALID,
    INTERACTION_NOT_FOUND: REQUEST_INVALID,
    INTERACTION_REQUEST_REPEATED: REFUSED,
    INTERACTION_STEP_OTHER: REQUEST_INVALID,
    SIGN_IN_TICKET_INVALID: TICKET_INVALID,
    // Of another account than the demanded one, or of one that was disabled since the proof.
    SIGN_IN_REFUSED: TICKET_INVALID,
    SIGN_IN_EMAIL_UNVERIFIED: detail(403, 'Email not verified'),
    AUTHORIZATION_ENDED: REQUEST_INVALID,
    AUTHORIZATION_CLIENT_INVALID: REFUSED,
    AUTHORIZATION_REDIRECT_INVALID: REFUSED,
  },
};

/** Errors where another service asks for a second factor. */
export const EXTERNAL_FACTOR_ERRORS: DialectErrors = {
  ...SECRETS_VAULT_ERRORS,
  codes: {
    ...SECRETS_VAULT_ERRORS.codes,
    TENANT_REQUIRED: TENANT_UNKNOWN,
    BROWSER_REQUIRED: AS_ITS_KIND,
    INTERACTION_NOT_FOUND: AS_ITS_KIND,
    POSTED_REQUEST_NOT_FOUND: AS_ITS_KIND,
    AUTHORIZATION_CLIENT_INVALID: AS_ITS_KIND,
    AUTHORIZATION_REDIRECT_INVALID: AS_ITS_KIND,
    AUTHORIZATION_PARAMETER_REPEATED: AS_ITS_KIND,
  },
};

/** RFC 6750 section 3; a wrong credential is challenged like none. */
const CHALLENGES = {
  missing: 'Bearer',
  invalid: 'Bearer',
  scope: 'Bearer error="insufficient_scope"',
  client: 'Bearer',
} as const;
