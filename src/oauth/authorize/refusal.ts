/**
 * Codes that applications get for refusals: RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6, and
 * OpenID Connect Core Error Code unmet_authentication_requirements.
 */
export type AuthorizationErrorCode =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'login_required'
  | 'consent_required'
  | 'interaction_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported'
  | 'unmet_authentication_requirements'
  | 'temporarily_unavailable';

/** A refusal that goes to the application. What must not be sent to a redirect address is an `IdentityError` instead. */
export class AuthorizationRefused extends Error {
  override readonly name = 'AuthorizationRefused';
  readonly code: AuthorizationErrorCode;

  /** @param description Printable ASCII without `"` and `\` (RFC 6749 section 4.1.2.1). It repeats nothing of the request. */
  constructor(code: AuthorizationErrorCode, description: string) {
    super(description);
    this.code = code;
  }
}
