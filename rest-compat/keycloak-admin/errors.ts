import { z } from 'zod';
import type { DialectErrors, Fault, LegacyError } from '../engine/index.ts';

/** An error whose text stands in `error`. */
export const refused = (status: number, text: string): LegacyError => ({
  status,
  envelope: 'error',
  error: text,
  text,
});
/** An error whose text stands in `errorMessage`. */
export const refusedWith = (status: number, text: string): LegacyError => ({
  ...refused(status, text),
  envelope: 'message',
});
/** An error whose text has the name that was sent, in `errorMessage`. */
export const refusedNaming = (status: number, text: (name: string) => string): LegacyError => ({
  ...refusedWith(status, ''),
  text: ({ variables }) => text(String(variables['name'] ?? '')),
});
/** A conflict whose text stands in `error_description`. */
export const conflict = (text: string): LegacyError => ({
  status: 409,
  envelope: 'described',
  error: 'conflict',
  text,
});
/** A name that is taken. @param variable The variable of the row that holds it. */
export const takenBy = (variable: string, toText: (name: string) => string): LegacyError => ({
  ...refusedWith(409, 'taken'),
  text: ({ variables }) => toText(String(variables[variable] ?? 'X')),
});
/** How a body is refused: with this text where the graph refuses a value in it. */
export const unusable = (text: string): LegacyError => ({ ...refusedWith(400, text), envelope: 'body' });

/** An error of the HTTP layer. */
const http = (status: number, reason: string): LegacyError => refused(status, `HTTP ${status} ${reason}`);

const UNAUTHORIZED = http(401, 'Unauthorized');
export const FORBIDDEN = http(403, 'Forbidden');
export const BAD_REQUEST = http(400, 'Bad Request');
export const NOT_FOUND = http(404, 'Not Found');
const INTERNAL = http(500, 'Internal Server Error');
const TOO_LARGE = http(413, 'Request Entity Too Large');
export const USER_UNKNOWN = refused(404, 'User not found');
export const ROLE_UNKNOWN = refused(404, 'Could not find role');
export const CLIENT_UNKNOWN = refused(404, 'Could not find client');
export const GROUP_UNKNOWN = refused(404, 'Group not found');
/** An unknown group where the group itself is meant, and not a membership in it. */
export const GROUP_ID_UNKNOWN = refused(404, 'Could not find group by id');
export const PARENT_UNKNOWN = refused(404, 'Could not find parent by id');
export const CHILD_UNKNOWN = refused(404, 'Could not find child by id');
export const GROUP_PATH_UNKNOWN = refused(404, 'Group path does not exist');
export const CREDENTIAL_UNKNOWN = refused(404, 'Credential not found');
export const SCOPE_UNKNOWN = refused(404, 'Could not find client scope');
/** Where a scope is given to something. */
export const LINKED_SCOPE_UNKNOWN = refused(404, 'Client scope not found');
export const MODEL_UNKNOWN = refused(404, 'Model not found');
export const MAPPER_TYPE_UNKNOWN = refused(404, 'ProtocolMapper provider not found');
export const PROTOCOL_UNKNOWN = refusedWith(400, 'Unexpected protocol');
/** So spelt by Keycloak, whose clients may compare it. */
export const SESSION_UNKNOWN = refused(404, 'Sesssion not found');
export const CONSENT_UNKNOWN = refused(404, 'Consent nor offline token not found');
export const REALM_UNKNOWN = refused(404, 'Realm not found.');
/** A value that is refused with a constant and a text. */
export const valueRefused = (error: string, text: string): LegacyError => ({
  status: 400,
  envelope: 'described',
  error,
  text,
});
export const PROVIDER_UNKNOWN = refused(404, 'Unknown Provider');
/** The client has no service account. The graph is asked for it by the `client_id`, which the text names. */
export const SERVICE_ACCOUNT_OFF: LegacyError = {
  ...refused(400, 'Service account not enabled'),
  text: ({ error }) => error.fields?.[0]?.message ?? error.message,
};
/** A value that cannot be stored, with the reason of the service. */
export const explained: LegacyError = { status: 400, envelope: 'message', error: 'HTTP 400 Bad Request' };
export const LINK_UNKNOWN = refused(404, 'Link not found');
/** A body that is no JSON, or does not have its declared shape. */
const CANNOT_PARSE = unusable('Cannot parse the JSON');

/** A page that is larger than the service makes one. */
export const PAGE_TOO_LARGE = refusedWith(400, 'max must not exceed 10000');

/** Inner codes of absent values that have a separate body, for the `shapeErrors` of rows. */
export const ABSENT = {
  username: 'USERNAME_MISSING',
  password: 'PASSWORD_MISSING',
  role: 'ROLE_NAME_MISSING',
  group: 'GROUP_NAME_MISSING',
} as const;

const BODIES_OF_ABSENT: Readonly<Record<string, object>> = {
  [ABSENT.username]: { errorMessage: 'User name is missing' },
  [ABSENT.password]: { error: 'No password provided' },
  [ABSENT.role]: { error: 'role has no name' },
  [ABSENT.group]: { errorMessage: 'Group name is missing' },
};

/**
 * The body about an unusable body. The graph names the fields that it refuses; the engine refuses a body without a cause if it is
 * JSON of another shape.
 */
function bodyOfUnusable({ legacy, error, items, text }: Fault): object {
  if (legacy !== CANNOT_PARSE && error.fields !== undefined) return { errorMessage: text };
  const absent = items.find((item) => Object.hasOwn(BODIES_OF_ABSENT, item.error));
  if (absent !== undefined) return BODIES_OF_ABSENT[absent.error]!;
  const word = error.cause === undefined ? 'unknown_error' : 'invalid_request';
  return { error: word, error_description: 'Cannot parse the JSON' };
}

/** Constants of broken rules of passwords. */
const PASSWORD_RULES: Readonly<Record<string, string>> = {
  PASSWORD_TOO_SHORT: 'invalidPasswordMinLengthMessage',
  PASSWORD_TOO_LONG: 'invalidPasswordMaxLengthMessage',
  PASSWORD_DIGITS_MISSING: 'invalidPasswordMinDigitsMessage',
  PASSWORD_LOWER_CASE_MISSING: 'invalidPasswordMinLowerCaseCharsMessage',
  PASSWORD_UPPER_CASE_MISSING: 'invalidPasswordMinUpperCaseCharsMessage',
  PASSWORD_SPECIAL_MISSING: 'invalidPasswordMinSpecialCharsMessage',
  PASSWORD_IS_USERNAME: 'invalidPasswordNotUsernameMessage',
  PASSWORD_HOLDS_USERNAME: 'invalidPasswordNotContainsUsernameMessage',
  PASSWORD_IS_EMAIL: 'invalidPasswordNotEmailMessage',
  PASSWORD_PATTERN: 'invalidPasswordRegexPatternMessage',
  PASSWORD_USED_BEFORE: 'invalidPasswordHistoryMessage',
  PASSWORD_OWN_NAME: 'invalidPasswordNotUsernameMessage',
};

/** A password that the tenant does not allow. */
export const PASSWORD_REFUSED: LegacyError = { ...refused(400, 'Invalid password'), envelope: 'password' };

/** The body about a password: the first rule that it breaks. */
function bodyOfPassword({ error, legacy }: Fault): object {
  const { code, message } = error.fields?.[0] ?? error;
  const rule = Object.hasOwn(PASSWORD_RULES, code) ? PASSWORD_RULES[code] : 'invalidPasswordBlacklistedMessage';
  return { error: rule, error_description: `${legacy.error}: ${message}` };
}

const PATTERN_INVALID = 'Specified regex pattern(s) is invalid.';
/** An expression for passwords that the service does not have, with the reason. */
export const PATTERN_REFUSED: LegacyError = {
  ...refusedWith(400, PATTERN_INVALID),
  text: ({ error: { fields = [] } }) =>
    [PATTERN_INVALID, ...fields.filter(({ path }) => path.includes('.patterns')).map(({ message }) => message)].join(
      ' ',
    ),
};

/** A value that the profile of the tenant, or another rule of it for attributes, refuses. */
export const attributeRefused = (text: string): LegacyError => ({ ...refusedWith(400, text), envelope: 'attribute' });

/** The body about attributes: each refusal of the profile with its field, alone or in a list. */
function bodyOfAttribute({ error, text }: Fault): object {
  const refusals = (error.fields ?? []).flatMap(({ code, parameters }) =>
    parameters === undefined ? [] : [{ field: String(parameters[0]), errorMessage: code, params: parameters }],
  );
  if (refusals.length === 0) return { errorMessage: text };
  return refusals.length === 1 ? refusals[0]! : { errors: refusals };
}

const TEXT = z.string().describe('What is wrong, in words.');
const ERROR = z.strictObject({ error: TEXT });
const MESSAGE = z.strictObject({ errorMessage: TEXT });
const OF_FIELD = z.strictObject({
  field: z.string().describe('Name of the attribute.'),
  errorMessage: z.string().describe('A constant.'),
  params: z.array(z.union([z.string(), z.number(), z.null()])).describe('The name, and what the rule says.'),
});
const OF_FIELDS = z.strictObject({ errors: z.array(OF_FIELD) });
const DESCRIBED = z.strictObject({ error: z.string().describe('A constant.'), error_description: TEXT });

/** RFC 6750 section 3. */
const CHALLENGES = {
  missing: 'Bearer',
  invalid: 'Bearer error="invalid_token"',
  scope: 'Bearer error="insufficient_scope"',
  client: 'Basic charset="UTF-8"',
} as const;

/** Errors of the administration (docs/dialects/kobil.md, section 4.2). */
export const ADMIN_ERRORS: DialectErrors = {
  codes: {
    NOT_FOUND,
    INVALID_INPUT: CANNOT_PARSE,
    TENANT_DISABLED: FORBIDDEN,
    REAUTHENTICATION_REQUIRED: FORBIDDEN,
    ACCOUNT_GUARDED: FORBIDDEN,
    ADMINISTRATOR_LAST: FORBIDDEN,
    PERMISSION_ESCALATION: FORBIDDEN,
    CLIENT_ID_FIXED: explained,
    USER_ID_FIXED: explained,
    CLIENT_PUBLIC: explained,
    PROTOCOL_MAPPER_NAME_TAKEN: explained,
    PROTOCOL_MAPPER_LIMIT: explained,
    USER_NOT_FOUND: USER_UNKNOWN,
    GROUP_KEY_AMBIGUOUS: GROUP_ID_UNKNOWN,
    ROLE_CLIENT_NOT_FOUND: CLIENT_UNKNOWN,
    REQUEST_TOO_LARGE: TOO_LARGE,
    PATH_UNKNOWN: NOT_FOUND,
    PATH_MALFORMED: BAD_REQUEST,
    TENANT_UNKNOWN: REALM_UNKNOWN,
    TENANT_CONFLICT: BAD_REQUEST,
    METHOD_NOT_ALLOWED: http(405, 'Method Not Allowed'),
    MEDIA_TYPE_UNSUPPORTED: http(415, 'Unsupported Media Type'),
    BODY_MALFORMED: CANNOT_PARSE,
    CREDENTIALS_MISSING: UNAUTHORIZED,
    CREDENTIALS_AMBIGUOUS: BAD_REQUEST,
    CLIENT_REFUSED: UNAUTHORIZED,
    SCOPE_MISSING: FORBIDDEN,
    NOT_IMPLEMENTED: {
      ...refused(501, 'Not implemented'),
      text: ({ route }) => `Not implemented: ${route?.tags?.['call'] ?? ''}`,
    },
    END_USER_UNKNOWN: BAD_REQUEST,
  },
  kinds: {
    invalid: BAD_REQUEST,
    unauthenticated: UNAUTHORIZED,
    forbidden: FORBIDDEN,
    'not-found': NOT_FOUND,
    conflict: http(409, 'Conflict'),
    refused: BAD_REQUEST,
    throttled: http(429, 'Too Many Requests'),
    'too-large': TOO_LARGE,
    unavailable: http(503, 'Service Unavailable'),
    internal: INTERNAL,
  },
  envelopes: {
    error: { schema: ERROR, body: ({ text }) => ({ error: text }) },
    message: { schema: MESSAGE, body: ({ text }) => ({ errorMessage: text }) },
    body: { schema: z.union([DESCRIBED, MESSAGE, ERROR]), body: bodyOfUnusable },
    attribute: { schema: z.union([OF_FIELD, OF_FIELDS, MESSAGE]), body: bodyOfAttribute },
    password: { schema: DESCRIBED, body: bodyOfPassword },
    described: { schema: DESCRIBED, body: ({ legacy, text }) => ({ error: legacy.error, error_description: text }) },
  },
  fieldError: 'BAD_REQUEST',
  challenge: (reason) => CHALLENGES[reason],
};
