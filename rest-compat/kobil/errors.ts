import { z } from 'zod';
import type { DialectErrors, Fault, LegacyError } from '../engine/index.ts';
import { SUBSYSTEM } from './envelope.ts';

/** An error of the older service (docs/dialects/kobil.md, section 2.3): its status word and its text. */
const refused = (status: number, word: string, text: string): LegacyError => ({
  status,
  envelope: 'kobil',
  error: word,
  text,
});

const notFound = (text: string) => refused(404, 'NOT_FOUND', text);
/** A value that cannot be used. */
export const invalid = (text: string) => refused(400, 'BAD_REQUEST', text);

/** An error of the HTTP layer below the older service; 401 and 403 carry its member `error` as well. */
const http = (status: number, word: string, reason: string): LegacyError => ({
  ...refused(status, word, `HTTP ${status} ${reason}`),
  envelope: status === 401 || status === 403 ? 'both' : 'kobil',
});

export const MISSING_DATA = invalid('Mandatory data is missing');
export const UNAUTHORIZED = http(401, 'Unauthorized', 'Unauthorized');
const FORBIDDEN = http(403, 'FORBIDDEN', 'Forbidden');
const BAD_REQUEST = http(400, 'BAD_REQUEST', 'Bad Request');
export const INTERNAL = refused(500, 'INTERNAL_SERVER_ERROR', 'Internal server error');
const TENANT_UNKNOWN = refused(404, 'TENANT_NOT_FOUND', 'Tenant does not exist');
export const ROLE_UNKNOWN = notFound('ROLE_NOT_FOUND');
export const USER_UNKNOWN = refused(404, 'USER_NOT_FOUND', 'User does not exist');
export const ADDRESS_UNKNOWN = notFound('Invalid address');
/** The older service has no bound, and no text for it. */
export const ADDRESSES_FULL = invalid('Too many addresses');
/** The text has no blank between its halves. */
export const PROFILE_UNUSABLE = refused(400, 'GENERAL ERROR', 'Failed to update profileCaused by null');
export const USER_NAMED_TAKEN = invalid('User already exists');
export const USER_TAKEN = refused(409, 'CONFLICT', 'User already exists');
export const USERNAME_INVALID = invalid('Invalid username');
export const PASSWORD_INVALID = invalid('Invalid password');
export const GROUP_UNKNOWN = notFound('Group does not exist');
/** A role, an app or a group that a body names. */
export const ROLE_NAMED_UNKNOWN = invalid('ROLE_NOT_FOUND');
export const APP_UNKNOWN = invalid('App does not exist');
export const GROUP_NAMED_UNKNOWN = invalid('Group does not exist');
export const TENANT_TAKEN = refused(409, 'CONFLICT', 'Tenant already exists');
export const SETTING_UNKNOWN = notFound('Tenant setting(s) not found');
/** An app that a request is about. */
export const APP_MISSING = refused(404, 'APP_NOT_FOUND_STATUS', 'App does not exist');
const REDIRECT_INVALID = invalid('Invalid redirect uri');
export const RISKBIT_UNKNOWN = notFound('Riskbit not found');

/** The first segments of the older service's paths below a tenant; every other path there is one of OpenID Connect. */
const SUBSYSTEM_OF_BASE: Readonly<Record<string, number>> = {
  v3_user: SUBSYSTEM.users,
  address: SUBSYSTEM.users,
  mail: SUBSYSTEM.users,
  'kobil-magic-link': SUBSYSTEM.users,
  v3_client: SUBSYSTEM.apps,
  v3_role: SUBSYSTEM.tenants,
  v3_realm: SUBSYSTEM.tenants,
  v4_realm: SUBSYSTEM.tenants,
  kobilriskbits: SUBSYSTEM.tenants,
};

/** The same for the paths of the gateway. */
const SUBSYSTEM_OF_GATEWAY_BASE: Readonly<Record<string, number>> = {
  users: SUBSYSTEM.users,
  promoteuser: SUBSYSTEM.users,
  revokeadmin: SUBSYSTEM.users,
  tenantlist: SUBSYSTEM.users,
  admin: SUBSYSTEM.users,
  mail: SUBSYSTEM.users,
  apps: SUBSYSTEM.apps,
  app: SUBSYSTEM.apps,
};

/** An error that has a text alone. */
export const KEYCLOAK_ERROR = z.strictObject({ error: z.string().describe('What is wrong, in words.') });

const KOBIL_ERROR = z.strictObject({
  message: z.string().describe('What is wrong, in words.'),
  status: z.string().describe('The same as a constant.'),
  subSystem: z.number().int().describe('Number of the part of the service.'),
});

const BOTH = z.strictObject({ ...KEYCLOAK_ERROR.shape, ...KOBIL_ERROR.shape });

/** Inner codes of unusable usernames, for the `shapeErrors` of rows. */
export const USERNAME_FAULTS = { missing: 'USERNAME_MISSING', characters: 'USERNAME_INVALID' } as const;

/** Inner code of a password that is missing, for the `shapeErrors` of rows. */
export const PASSWORD_MISSING = 'PASSWORD_MISSING';

/** Texts about single members, by inner code. */
const TEXTS_OF_MEMBERS: Readonly<Record<string, string>> = {
  [USERNAME_FAULTS.missing]: 'Username should not be null or empty',
  [USERNAME_FAULTS.characters]: 'Invalid username',
  [PASSWORD_MISSING]: 'Admin password should not be null or empty',
};

/** The text about the first unusable member for which there is one, else that of the error. */
function textOf({ items, text }: Fault): string {
  const own = items.find(({ error }) => Object.hasOwn(TEXTS_OF_MEMBERS, error));
  return own === undefined ? text : TEXTS_OF_MEMBERS[own.error]!;
}

const kobilBody = (fault: Fault, otherwise: number) => ({
  message: textOf(fault),
  status: fault.legacy.error,
  subSystem: fault.route?.tags?.['subSystem'] ?? otherwise,
});

/**
 * Below a tenant, a path without a row belongs to the older service if it begins with one of its bases, else to the service
 * below it, whose errors have another form (docs/dialects/kobil.md, section 2.4).
 */
function bodyBelowTenant(fault: Fault): object {
  const { route, base, text } = fault;
  const isOwn = route !== null || Object.hasOwn(SUBSYSTEM_OF_BASE, base);
  return isOwn ? kobilBody(fault, SUBSYSTEM_OF_BASE[base] ?? SUBSYSTEM.tenants) : { error: text };
}

const bodyOfGateway = (fault: Fault): object =>
  kobilBody(fault, SUBSYSTEM_OF_GATEWAY_BASE[fault.base] ?? SUBSYSTEM.tenants);

function makeErrors(bodyOf: (fault: Fault) => object): DialectErrors {
  return {
    codes: {
      NOT_FOUND: http(404, 'NOT_FOUND', 'Not Found'),
      INVALID_INPUT: MISSING_DATA,
      TENANT_DISABLED: FORBIDDEN,
      REAUTHENTICATION_REQUIRED: FORBIDDEN,
      TENANT_SETTING_NOT_FOUND: SETTING_UNKNOWN,
      ACCOUNT_GUARDED: FORBIDDEN,
      ADMINISTRATOR_LAST: FORBIDDEN,
      ROLE_BUILTIN: FORBIDDEN,
      ROLE_NOT_FOUND: ROLE_UNKNOWN,
      ROLE_NAME_TAKEN: refused(409, 'CONFLICT', 'Role already exists'),
      ROLE_CLIENT_NOT_FOUND: APP_UNKNOWN,
      PERMISSION_UNKNOWN: MISSING_DATA,
      PERMISSION_ESCALATION: FORBIDDEN,
      PERMISSION_MASTER_ONLY: FORBIDDEN,
      CLIENT_ID_TAKEN: refused(409, 'CONFLICT', 'App already exists'),
      CLIENT_ID_INVALID: MISSING_DATA,
      CLIENT_REDIRECT_INVALID: REDIRECT_INVALID,
      CLIENT_METADATA_INVALID: REDIRECT_INVALID,
      CLIENT_GRANT_TYPE_INVALID: MISSING_DATA,
      CLIENT_SCOPE_UNKNOWN: MISSING_DATA,
      CLIENT_TYPE_FIXED: MISSING_DATA,
      CLIENT_ID_FIXED: MISSING_DATA,
      PROTOCOL_MAPPER_NAME_TAKEN: MISSING_DATA,
      PROTOCOL_MAPPER_LIMIT: MISSING_DATA,
      CLIENT_BUILTIN: APP_MISSING,
      CLIENT_DELETION_LOCKED: refused(409, 'CONFLICT', 'App is locked'),
      CLIENT_PUBLIC: invalid('Public app has no credential'),
      RISKBIT_INCOMPLETE: MISSING_DATA,
      RISKBIT_EXISTS: refused(409, 'CONFLICT', 'Already exist.'),
      RISKBIT_TENANT_MISMATCH: invalid('Mismatch in realm specified in path param and request body'),
      RISK_QUESTION_INCOMPLETE: MISSING_DATA,
      REQUEST_TOO_LARGE: http(413, 'REQUEST_ENTITY_TOO_LARGE', 'Request Entity Too Large'),
      PATH_UNKNOWN: http(404, 'NOT_FOUND', 'Not Found'),
      PATH_MALFORMED: BAD_REQUEST,
      TENANT_UNKNOWN,
      TENANT_CONFLICT: BAD_REQUEST,
      METHOD_NOT_ALLOWED: http(405, 'METHOD_NOT_ALLOWED', 'Method Not Allowed'),
      MEDIA_TYPE_UNSUPPORTED: http(415, 'UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type'),
      BODY_MALFORMED: MISSING_DATA,
      CREDENTIALS_MISSING: UNAUTHORIZED,
      CREDENTIALS_AMBIGUOUS: BAD_REQUEST,
      CLIENT_REFUSED: UNAUTHORIZED,
      SCOPE_MISSING: FORBIDDEN,
      END_USER_UNKNOWN: BAD_REQUEST,
    },
    kinds: {
      invalid: BAD_REQUEST,
      unauthenticated: UNAUTHORIZED,
      forbidden: FORBIDDEN,
      'not-found': http(404, 'NOT_FOUND', 'Not Found'),
      conflict: http(409, 'CONFLICT', 'Conflict'),
      refused: BAD_REQUEST,
      throttled: http(429, 'TOO_MANY_REQUESTS', 'Too Many Requests'),
      'too-large': http(413, 'REQUEST_ENTITY_TOO_LARGE', 'Request Entity Too Large'),
      unavailable: http(503, 'SERVICE_UNAVAILABLE', 'Service Unavailable'),
      internal: INTERNAL,
    },
    envelopes: {
      kobil: { schema: KOBIL_ERROR, body: bodyOf },
      bare: { schema: KEYCLOAK_ERROR, body: ({ text }) => ({ error: text }) },
      both: {
        schema: BOTH,
        body: (fault) => ({ error: fault.text, ...bodyOf(fault) }),
      },
    },
    fieldError: 'BAD_REQUEST',
    challenge: (reason) => CHALLENGES[reason],
  };
}

/** RFC 6750 section 3. */
const CHALLENGES = {
  missing: 'Bearer',
  invalid: 'Bearer error="invalid_token"',
  scope: 'Bearer error="insufficient_scope"',
  client: 'Basic charset="UTF-8"',
} as const;

/** Errors below `/realms/{tenant}`. */
export const KOBIL_ERRORS = makeErrors(bodyBelowTenant);
/** Errors of the gateway. */
export const GATEWAY_ERRORS = makeErrors(bodyOfGateway);
