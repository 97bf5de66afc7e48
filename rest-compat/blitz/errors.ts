import { z } from 'zod';
import { escapeHtml } from '../../src/kernel/index.ts';
import { AS_ITS_KIND, type DialectErrors, type LegacyError } from '../engine/index.ts';
import { OAUTH_ERROR } from '../oidc/errors.ts';

/** One of `errors[]`: a faulty value (docs/dialects/blitz.md, section 0.5, envelope 1). */
const listed = (error: string, pos?: string, text?: string): LegacyError => ({
  status: 400,
  envelope: 'list',
  error,
  ...(pos === undefined ? {} : { pos }),
  ...(text === undefined ? {} : { text }),
});

/** A refused operation (envelope 2). */
export const refused = (error: string, status = 400): LegacyError => ({ status, envelope: 'process', error });

const oauth = (status: number, error: string): LegacyError => ({ status, envelope: 'oauth', error });
const empty = (status: number): LegacyError => ({ status, envelope: 'empty', error: '' });

/** A page for a browser. */
export const page = (status: number): LegacyError => ({ status, envelope: 'page', error: '' });

const NO_SUBJECT = refused('no_subject_found', 404);
const NOT_FOUND = refused('not_found', 404);

/** Rows below `/users/{subjectId}`: the id of no account. */
export const SUBJECT = { NOT_FOUND: NO_SUBJECT };

const LIST = z.strictObject({
  type: z.literal('input_error'),
  error: z.literal('wrong_values'),
  errors: z
    .array(
      z.strictObject({
        type: z.literal('input_error'),
        error: z.string().describe('What is wrong with the value.'),
        desc: z.string().describe('The same in words.'),
        pos: z.string().describe('Where the value stands in the request; empty where it has no name.'),
      }),
    )
    .min(1)
    .describe('One for each faulty value.'),
});

const PROCESS = z.strictObject({
  type: z.literal('process_error'),
  error: z.string().describe('Why the operation was refused.'),
  desc: z.string().describe('The same in words.'),
});

/** docs/dialects/blitz.md, sections 0.5 and 5. */
export const BLITZ_ERRORS: DialectErrors = {
  codes: {
    INVALID_INPUT: listed('wrong_value'),
    UNAUTHENTICATED: oauth(401, 'invalid_token'),
    FORBIDDEN: oauth(403, 'access_denied'),
    NOT_FOUND,
    REQUEST_TOO_LARGE: AS_ITS_KIND,
    TENANT_DISABLED: oauth(403, 'access_denied'),
    TENANT_REQUIRED: NOT_FOUND,
    ACCOUNT_GUARDED: oauth(403, 'access_denied'),
    USER_NOT_FOUND: NO_SUBJECT,
    USER_ID_INVALID: listed('wrong_format', 'sub'),
    USER_ID_TAKEN: listed('already_exists', 'sub'),
    USER_USERNAME_INVALID: listed('wrong_format', 'login'),
    USER_USERNAME_TAKEN: listed('already_exists', 'login'),
    USER_EMAIL_INVALID: listed('wrong_format', 'email'),
    USER_EMAIL_TAKEN: listed('already_exists', 'email'),
    USER_PHONE_INVALID: listed('wrong_format', 'phone_number'),
    USER_ATTRIBUTE_INVALID: listed('wrong_format'),
    USER_ATTRIBUTE_REFUSED: { ...listed('wrong_format'), showsFieldCodes: true },
    USER_ATTRIBUTE_UNMODIFIABLE: listed('unmodifiable'),
    USER_PROPERTY_INVALID: listed('wrong_value', 'add'),
    SIGN_UP_NOT_FOUND: NOT_FOUND,
    SIGN_UP_STEP_NOT_OPEN: listed('wrong_value', 'instruction'),
    SIGN_UP_CODE_WRONG: refused('wrong_otp_code'),
    LINKED_APP_NOT_FREE: listed('wrong_value', 'client_id'),
    AUTH_MODE_NO_SECOND_FACTOR: listed('has_not_sf_methods', 'requiredFactor'),
    AUTH_MODE_VALUE_INVALID: listed('wrong_value'),
    ACCOUNT_STATE_VALUE_INVALID: listed('wrong_value', 'till'),
    PASSWORD_TOO_LONG: listed('password_policy', 'password'),
    PASSWORD_POLICY: listed('password_policy', 'password'),
    PASSWORD_CURRENT_WRONG: refused('wrong_password'),
    PASSWORD_CHANGED_MEANWHILE: refused('wrong_password'),
    TOTP_CODE_WRONG: { ...refused('wrong_otp_code'), text: 'otp code not match' },
    TOTP_SECRET_INVALID: listed('wrong_format', 'base32Secret'),
    TOTP_ALREADY_ATTACHED: listed('already_exists', 'base32Secret'),
    TOTP_LIMIT_REACHED: AS_ITS_KIND,
    TOTP_NOT_FOUND: NOT_FOUND,
    SECURITY_QUESTION_NOT_FOUND: NOT_FOUND,
    SECURITY_QUESTION_WRONG: { ...refused('wrong_security_answer'), text: 'security question not match' },
    SECURITY_ANSWER_WRONG: { ...refused('wrong_security_answer'), text: 'security answer not match' },
    RIGHT_SUBJECT_UNKNOWN: listed('wrong_value', 'subject'),
    RIGHT_OBJECT_UNKNOWN: listed('wrong_value', 'object'),
    RIGHT_LIMIT_REACHED: AS_ITS_KIND,
    QR_CODE_NOT_FOUND: NOT_FOUND,
    QR_CODE_USED: refused('qr_code_used'),
    FEDERATION_PROVIDER_NOT_FOUND: NOT_FOUND,
    LINK_ALREADY_BOUND: refused('already_bound'),
    LINK_NOT_FOUND: NOT_FOUND,
    LINK_LIMIT_REACHED: AS_ITS_KIND,
    FEDERATION_TOKEN_NOT_FOUND: NOT_FOUND,
    BIND_PROVIDER_UNKNOWN: listed('wrong_value', 'fp'),
    BIND_CALLBACK_NOT_REGISTERED: listed('wrong_value', 'callback'),
    BIND_REDIRECT_INVALID: listed('wrong_value', 'fp'),
    FEDERATION_PROVIDER_UNREACHABLE: AS_ITS_KIND,
    LINKED_APP_NOT_FOUND: AS_ITS_KIND,
    DEVICE_NOT_FOUND: AS_ITS_KIND,
    CONSENT_NOT_FOUND: AS_ITS_KIND,
    GROUP_NAME_TAKEN: AS_ITS_KIND,
    GROUP_NAME_INVALID: AS_ITS_KIND,
    GROUP_KEY_TAKEN: listed('already_exists', 'id'),
    GROUP_KEY_AMBIGUOUS: listed('wrong_value', 'profile'),
    GROUP_PROFILE_INVALID: listed('wrong_value', 'profile'),
    GROUP_PARENT_NOT_FOUND: AS_ITS_KIND,
    GROUP_PARENT_INVALID: AS_ITS_KIND,
    GROUP_TOO_DEEP: AS_ITS_KIND,
    GROUP_MEMBER_NOT_FOUND: listed('wrong_value', 'subjectId'),
    PERMISSION_ESCALATION: AS_ITS_KIND,
    ADMINISTRATOR_LAST: AS_ITS_KIND,
    REAUTHENTICATION_REQUIRED: oauth(401, 'invalid_token'),
    PATH_UNKNOWN: NOT_FOUND,
    PATH_MALFORMED: listed('wrong_value'),
    TENANT_UNKNOWN: NOT_FOUND,
    TENANT_CONFLICT: AS_ITS_KIND,
    METHOD_NOT_ALLOWED: empty(405),
    MEDIA_TYPE_UNSUPPORTED: empty(415),
    BODY_MALFORMED: listed('wrong_json', ''),
    CREDENTIALS_MISSING: oauth(401, 'invalid_token'),
    CREDENTIALS_AMBIGUOUS: AS_ITS_KIND,
    CLIENT_REFUSED: oauth(401, 'invalid_client'),
    SCOPE_MISSING: oauth(403, 'insufficient_scope'),
    END_USER_UNKNOWN: listed('wrong_value', 'X-Forwarded-For'),
  },
  kinds: {
    invalid: listed('wrong_value'),
    unauthenticated: oauth(401, 'invalid_token'),
    forbidden: oauth(403, 'access_denied'),
    'not-found': NOT_FOUND,
    conflict: listed('already_exists'),
    refused: refused('refused'),
    throttled: refused('too_many_requests', 429),
    'too-large': refused('request_too_large', 413),
    unavailable: refused('temporarily_unavailable', 503),
    internal: refused('internal_error', 500),
  },
  envelopes: {
    list: {
      schema: LIST,
      body: ({ items }) => ({
        type: 'input_error',
        error: 'wrong_values',
        errors: items.map(({ error, text, pos }) => ({ type: 'input_error', error, desc: text, pos })),
      }),
    },
    process: {
      schema: PROCESS,
      body: ({ legacy, text }) => ({ type: 'process_error', error: legacy.error, desc: text }),
    },
    oauth: { schema: OAUTH_ERROR, body: ({ legacy, text }) => ({ error: legacy.error, error_description: text }) },
    empty: { body: () => null },
    page: { type: 'text/html', body: ({ text }) => errorPage(text) },
  },
  fieldError: 'wrong_value',
  challenge: (reason) =>
    reason === 'client'
      ? 'Basic realm="blitz"'
      : `Bearer error="${reason === 'scope' ? 'insufficient_scope' : 'invalid_token'}"`,
};

function errorPage(text: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Error</title></head><body><p>${escapeHtml(text)}</p></body></html>`;
}
