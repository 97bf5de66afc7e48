import { z } from 'zod';
import type { DialectErrors, Fault, LegacyError } from '../../engine/index.ts';
import { ScimRefusal, type ScimType } from './refusal.ts';

/** Values of `scimType`; empty: none. */
type ErrorType = ScimType | 'uniqueness' | '';

/** An error of SCIM. */
export const scim = (status: number, scimType: ErrorType = '', text?: LegacyError['text']): LegacyError => ({
  status,
  envelope: 'scim',
  error: scimType,
  ...(text === undefined ? {} : { text }),
});

const UNAUTHENTICATED = scim(401, '', 'Not authenticated');
export const FORBIDDEN = scim(403, '', 'Not enough permissions');
const NOT_FOUND = scim(404, '', 'Not Found');

const ERROR_URN = 'urn:ietf:params:scim:api:messages:2.0:Error';

const SCIM_ERROR = z.strictObject({
  schemas: z.array(z.literal(ERROR_URN)),
  status: z.string().describe('The status, as a text.'),
  scimType: z.string().optional().describe('Code of the error.'),
  detail: z.string().describe('The same in words.'),
});

/** RFC 7644 section 3.12. A refusal of SCIM names its own code; the line of its kind gives the status. */
const bodyOf = ({ error, legacy, text, items: [first] }: Fault): object => {
  const isOwn = error instanceof ScimRefusal;
  const scimType = isOwn ? error.scimType : legacy.error;
  const named = first === undefined || first.pos === '' ? text : `${first.pos}: ${first.text}`;
  return {
    schemas: [ERROR_URN],
    status: String(legacy.status),
    ...(scimType === '' ? {} : { scimType }),
    detail: isOwn ? error.message : named,
  };
};

/** Errors below `/scim`. */
export const SCIM_ERRORS: DialectErrors = {
  codes: {
    INVALID_INPUT: scim(400, 'invalidValue'),
    UNAUTHENTICATED,
    FORBIDDEN,
    REQUEST_TOO_LARGE: scim(413),
    PATH_UNKNOWN: NOT_FOUND,
    PATH_MALFORMED: scim(400, 'invalidSyntax'),
    TENANT_UNKNOWN: NOT_FOUND,
    TENANT_CONFLICT: scim(400, 'invalidValue'),
    METHOD_NOT_ALLOWED: scim(405, '', 'Method Not Allowed'),
    MEDIA_TYPE_UNSUPPORTED: scim(415),
    BODY_MALFORMED: scim(400, 'invalidSyntax'),
    CREDENTIALS_MISSING: UNAUTHENTICATED,
    CREDENTIALS_AMBIGUOUS: UNAUTHENTICATED,
    CLIENT_REFUSED: UNAUTHENTICATED,
    SCOPE_MISSING: FORBIDDEN,
    NOT_IMPLEMENTED: scim(501, '', 'Not implemented'),
    END_USER_UNKNOWN: scim(400, 'invalidValue'),
  },
  kinds: {
    invalid: scim(400, 'invalidValue'),
    unauthenticated: UNAUTHENTICATED,
    forbidden: FORBIDDEN,
    'not-found': NOT_FOUND,
    conflict: scim(409, 'uniqueness'),
    refused: scim(400, 'invalidValue'),
    throttled: scim(429, '', 'Too Many Requests'),
    'too-large': scim(413),
    unavailable: scim(503, '', 'Service Unavailable'),
    internal: scim(500, '', 'Internal Server Error'),
  },
  envelopes: { scim: { schema: SCIM_ERROR, body: bodyOf } },
  fieldError: 'invalidValue',
  challenge: () => 'Bearer',
};
