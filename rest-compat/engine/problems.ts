import { defineErrors } from '../../src/kernel/index.ts';

/** Refusals of the engine, before the operation runs. Every dialect maps these in addition to the codes of the graph. */
export const problems = defineErrors({
  PATH_UNKNOWN: { kind: 'not-found', message: 'This path does not exist.' },
  PATH_MALFORMED: { kind: 'invalid', message: 'The path is not correctly percent-encoded.' },
  TENANT_UNKNOWN: { kind: 'not-found', message: 'The tenant does not exist.' },
  TENANT_CONFLICT: { kind: 'invalid', message: 'The request names more than one tenant.' },
  METHOD_NOT_ALLOWED: { kind: 'invalid', message: 'This path does not support the method.' },
  MEDIA_TYPE_UNSUPPORTED: { kind: 'invalid', message: 'This path does not accept the content type of the body.' },
  BODY_MALFORMED: { kind: 'invalid', message: 'The body is not a JSON object.' },
  CREDENTIALS_MISSING: { kind: 'unauthenticated', message: 'The request has no credential that this path accepts.' },
  CREDENTIALS_AMBIGUOUS: { kind: 'invalid', message: 'The request authenticates in more than one way.' },
  CLIENT_REFUSED: { kind: 'unauthenticated', message: 'Client authentication failed.' },
  SCOPE_MISSING: { kind: 'forbidden', message: 'The token lacks the scope that this path requires.' },
  NOT_IMPLEMENTED: { kind: 'refused', message: 'This operation is not implemented.' },
  END_USER_UNKNOWN: { kind: 'invalid', message: 'X-Forwarded-For must name the address of the user.' },
});
