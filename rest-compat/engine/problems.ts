import { defineErrors } from '../../src/kernel/index.ts';

/** What the engine itself refuses, before the graph is asked. Every dialect maps these beside the codes of the graph. */
export const problems = defineErrors({
  PATH_UNKNOWN: { kind: 'not-found', message: 'There is nothing at this path.' },
  PATH_MALFORMED: { kind: 'invalid', message: 'The path is not percent-encoded as it should be.' },
  TENANT_UNKNOWN: { kind: 'not-found', message: 'There is no such tenant.' },
  TENANT_CONFLICT: { kind: 'invalid', message: 'The request names more than one tenant.' },
  METHOD_NOT_ALLOWED: { kind: 'invalid', message: 'This path does not take this method.' },
  MEDIA_TYPE_UNSUPPORTED: { kind: 'invalid', message: 'The body has another content type than this path takes.' },
  BODY_MALFORMED: { kind: 'invalid', message: 'The body is not a JSON object.' },
  CREDENTIALS_MISSING: { kind: 'unauthenticated', message: 'The request carries no credential that this path takes.' },
  CREDENTIALS_AMBIGUOUS: { kind: 'invalid', message: 'The client authenticates in more than one way.' },
  CLIENT_REFUSED: { kind: 'unauthenticated', message: 'Client authentication failed.' },
  SCOPE_MISSING: { kind: 'forbidden', message: 'The token lacks the scope that this path needs.' },
  END_USER_UNKNOWN: { kind: 'invalid', message: 'X-Forwarded-For must name the address of the user.' },
});
