import type { ErrorCodeName } from './codes.ts';

/**
 * Codes that every field can give, each with the reason: the checks that run before a resolver, and what can happen to any
 * statement. `@errors` does not repeat them.
 */
export const COMMON_CODES = {
  INVALID_INPUT: 'A value in the arguments does not have the required form; `fields` names it.',
  UNAUTHENTICATED: 'The field requires a caller with an access token.',
  FORBIDDEN: 'The permissions of the caller do not reach the field, the object or the account.',
  NOT_FOUND: 'The named tenant, or the object of an id, does not exist.',
  TENANT_AMBIGUOUS: 'The argument and an id, or two ids, name different tenants.',
  TENANT_DISABLED: 'The tenant is disabled.',
  CONFLICT: 'A simultaneous change collided with this one.',
  TOO_MANY_REQUESTS: 'A limit on requests or tries is reached.',
  SERVICE_UNAVAILABLE: 'The database or a queue does not take the work at present.',
  INTERNAL_ERROR: 'A fault of the service, which is logged.',
} as const satisfies { readonly [C in ErrorCodeName]?: string };

/** A code that every field can give. */
export type CommonCode = keyof typeof COMMON_CODES;
