import type { DialectErrors, LegacyError } from '../engine/index.ts';
import { AUTHORIZATION_ERRORS, oauthErrors } from '../oidc/errors.ts';
import { detail, reason, SECRETS_VAULT_ERRORS } from './errors.ts';

/** An error of OAuth (RFC 6749 section 5.2). */
export const oauth = (status: number, error: string, text: string): LegacyError => ({
  status,
  envelope: 'oauth',
  error,
  text,
});

const { codes, envelopes, ...standard } = oauthErrors('secrets-vault', AUTHORIZATION_ERRORS);
const TENANT_UNKNOWN = detail(404, 'Tenant not found');

/** Errors of the OAuth endpoints. Paths, methods and bodies are refused as below `/api`. */
export const ISSUER_ERRORS: DialectErrors = {
  ...standard,
  codes: {
    ...codes,
    TENANT_UNKNOWN,
    TENANT_REQUIRED: TENANT_UNKNOWN,
    PATH_UNKNOWN: reason(404),
    PATH_MALFORMED: reason(400),
    METHOD_NOT_ALLOWED: reason(405),
    MEDIA_TYPE_UNSUPPORTED: reason(415),
    REQUEST_TOO_LARGE: reason(413),
  },
  envelopes: { ...envelopes, ...SECRETS_VAULT_ERRORS.envelopes },
  listsEveryFault: true,
};
