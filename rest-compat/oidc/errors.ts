import { z } from 'zod';
import type { ChallengeReason, DialectErrors, Fault, LegacyError } from '../engine/index.ts';

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

/** Codes whose kind says enough: the operations behind these paths do not give them, or have no better name for them. */
export const GIVEN_ELSEWHERE: readonly string[] = [
  'CONFLICT',
  'TENANT_NAME_TAKEN',
  'TENANT_NAME_RESERVED',
  'TENANT_NAME_INVALID',
  'TENANT_PROTECTED',
  'TENANT_SETTING_INVALID',
  'EVENT_CURSOR_INVALID',
  'EVENT_CURSOR_EXPIRED',
  'PERMISSION_UNKNOWN',
  'PERMISSION_ESCALATION',
  'PERMISSION_MASTER_ONLY',
  'ADMINISTRATOR_LAST',
  'GROUP_NAME_TAKEN',
  'GROUP_NAME_INVALID',
  'GROUP_KEY_TAKEN',
  'GROUP_KEY_AMBIGUOUS',
  'GROUP_PROFILE_INVALID',
  'GROUP_PARENT_NOT_FOUND',
  'GROUP_PARENT_INVALID',
  'GROUP_TOO_DEEP',
  'GROUP_MEMBER_NOT_FOUND',
  'ROLE_NAME_TAKEN',
  'ROLE_BUILTIN',
  'ROLE_NOT_FOUND',
  'ROLE_CLIENT_NOT_FOUND',
  'ROLE_CYCLE',
  'ROLE_HOLDER_NOT_FOUND',
  'ROLE_GRANT_ELSEWHERE',
  'CLIENT_ID_TAKEN',
  'CLIENT_ID_INVALID',
  'CLIENT_REDIRECT_INVALID',
  'CLIENT_METADATA_INVALID',
  'CLIENT_GRANT_INVALID',
  'CLIENT_SCOPE_UNKNOWN',
  'CLIENT_BUILTIN',
  'CLIENT_PUBLIC',
  'LINKED_APP_NOT_FREE',
  'LINKED_APP_NOT_FOUND',
  'FEDERATION_PROVIDER_NAME_TAKEN',
  'FEDERATION_PROVIDER_INVALID',
  'FEDERATION_PROVIDER_HAS_LINKS',
  'RISKBIT_NOT_FOUND',
  'RISKBIT_INCOMPLETE',
  'RISKBIT_EXISTS',
  'RISKBIT_TENANT_MISMATCH',
  'RISK_QUESTION_INCOMPLETE',
  'SIGNING_ALGORITHM_UNKNOWN',
  'SESSION_NOT_FOUND',
  'DEVICE_NOT_FOUND',
  'CONSENT_NOT_FOUND',
];

/** Codes of accounts, which OAuth has no names for. */
const OF_ACCOUNTS: readonly string[] = [
  'ACCOUNT_GUARDED',
  'USER_NOT_FOUND',
  'USER_ID_INVALID',
  'USER_ID_TAKEN',
  'USER_USERNAME_INVALID',
  'USER_USERNAME_TAKEN',
  'USER_EMAIL_INVALID',
  'USER_EMAIL_TAKEN',
  'USER_EMAIL_AMBIGUOUS',
  'USER_PHONE_INVALID',
  'USER_ATTRIBUTE_INVALID',
  'USER_ATTRIBUTE_REFUSED',
  'USER_ATTRIBUTE_UNMODIFIABLE',
  'USER_PROPERTY_INVALID',
  'RIGHT_SUBJECT_UNKNOWN',
  'RIGHT_OBJECT_UNKNOWN',
  'RIGHT_LIMIT_REACHED',
  'QR_CODE_NOT_FOUND',
  'QR_CODE_USED',
  'SIGN_UP_NOT_FOUND',
  'SIGN_UP_STEP_NOT_OPEN',
  'SIGN_UP_CODE_WRONG',
  'AUTH_MODE_NO_SECOND_FACTOR',
  'AUTH_MODE_VALUE_INVALID',
  'ACCOUNT_STATE_VALUE_INVALID',
  'PASSWORD_TOO_LONG',
  'PASSWORD_POLICY',
  'PASSWORD_CURRENT_WRONG',
  'PASSWORD_CHANGED_MEANWHILE',
  'TOTP_CODE_WRONG',
  'TOTP_SECRET_INVALID',
  'TOTP_ALREADY_ATTACHED',
  'TOTP_LIMIT_REACHED',
  'TOTP_NOT_FOUND',
  'SECURITY_QUESTION_NOT_FOUND',
  'SECURITY_QUESTION_WRONG',
  'SECURITY_ANSWER_WRONG',
  'FEDERATION_PROVIDER_NOT_FOUND',
  'LINK_ALREADY_BOUND',
  'LINK_NOT_FOUND',
  'LINK_LIMIT_REACHED',
  'FEDERATION_TOKEN_NOT_FOUND',
  'BIND_PROVIDER_UNKNOWN',
  'BIND_CALLBACK_NOT_REGISTERED',
  'BIND_REDIRECT_INVALID',
  'ACCOUNT_LINK_STATE_INVALID',
  'ACCOUNT_LINK_SESSION_REQUIRED',
  'FEDERATION_PROVIDER_UNREACHABLE',
];

/** RFC 6749 section 5.2. */
export const OAUTH_ERROR = z.strictObject({
  error: z.string().describe('Code of the error.'),
  error_description: z.string().describe('The same in words.'),
});

/** A table whose rows say "as its kind". */
export const asTheirKind = (codes: readonly string[]): Readonly<Record<string, null>> =>
  Object.fromEntries(codes.map((code) => [code, null]));

/**
 * The errors of OAuth endpoints: RFC 6749 section 5.2, RFC 6750 section 3.1. The token endpoint has no code for an unavailable
 * server, so those of RFC 6749 section 4.1.2.1 are used, as is common.
 * @param realm Names the service in challenges.
 */
export function oauthErrors(realm: string): DialectErrors {
  return {
    codes: {
      ...asTheirKind([...GIVEN_ELSEWHERE, ...OF_ACCOUNTS]),
      INVALID_INPUT: null,
      UNAUTHENTICATED: null,
      FORBIDDEN: null,
      NOT_FOUND: null,
      REQUEST_TOO_LARGE: null,
      TOO_MANY_REQUESTS: null,
      SERVICE_UNAVAILABLE: null,
      INTERNAL_ERROR: null,
      TENANT_DISABLED: row(403, 'access_denied'),
      TENANT_REQUIRED: row(404, 'invalid_request', 'There is no such tenant.'),
      TENANT_AMBIGUOUS: row(400, 'invalid_request'),
      CLIENT_UNAUTHENTICATED: row(401, 'invalid_client'),
      GRANT_TYPE_REQUIRED: row(400, 'invalid_request'),
      GRANT_TYPE_UNSUPPORTED: row(400, 'unsupported_grant_type'),
      GRANT_TYPE_NOT_ALLOWED: row(400, 'unauthorized_client'),
      GRANT_INVALID: row(400, 'invalid_grant'),
      REFRESH_TOKEN_REUSED: row(400, 'invalid_grant'),
      SCOPE_INVALID: row(400, 'invalid_scope'),
      TOKEN_PARAMETER_INVALID: row(400, 'invalid_request'),
      TOKEN_REQUEST_REPEATED: row(400, 'invalid_request'),
      TOKEN_INVALID: row(401, 'invalid_token'),
      SCOPE_INSUFFICIENT: row(403, 'insufficient_scope'),
      ISSUER_UNKNOWN: row(404, 'invalid_request'),
      // One code for every reason, so that an answer does not reveal which part of the sign-in failed.
      SIGN_IN_REFUSED: row(400, 'invalid_grant'),
      SIGN_IN_FACTOR_REQUIRED: row(400, 'invalid_grant'),
      SIGN_IN_PASSWORD_CHANGE_REQUIRED: row(400, 'invalid_grant'),
      SIGN_IN_EMAIL_UNVERIFIED: row(400, 'invalid_grant'),
      REAUTHENTICATION_REQUIRED: row(401, 'insufficient_user_authentication'),
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
export const CLIENT_ERRORS: Readonly<Record<string, LegacyError>> = {
  CREDENTIALS_MISSING: row(401, 'invalid_client'),
  UNAUTHENTICATED: row(401, 'invalid_client'),
};
