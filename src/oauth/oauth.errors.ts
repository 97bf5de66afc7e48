import { defineErrors } from '../kernel/index.ts';

export const oauthErrors = defineErrors({
  CLIENT_UNAUTHENTICATED: {
    kind: 'unauthenticated',
    message: 'The client is unknown or its authentication failed.',
  },
  GRANT_TYPE_REQUIRED: { kind: 'invalid', message: 'The grant type is missing.' },
  GRANT_TYPE_UNSUPPORTED: { kind: 'invalid', message: 'This issuer does not support the grant type.' },
  GRANT_TYPE_NOT_ALLOWED: { kind: 'refused', message: 'The client may not use this grant type.' },
  PASSWORD_GRANT_NOT_ALLOWED: { kind: 'refused', message: 'The client may not send passwords of users.' },
  GRANT_INVALID: { kind: 'refused', message: 'The grant is not valid, has expired or was revoked.' },
  CODE_REPLAYED: {
    kind: 'refused',
    message: 'The authorization code was used before; every token that came from it is revoked.',
  },
  REFRESH_TOKEN_REUSED: {
    kind: 'refused',
    message: 'The refresh token was used before; every token of its family is revoked.',
  },
  SERVICE_ACCOUNT_DISABLED: { kind: 'refused', message: 'The service account of the client is disabled.' },
  SCOPE_INVALID: { kind: 'invalid', message: 'A scope is unknown, malformed or not allowed for the client.' },
  TOKEN_PARAMETER_INVALID: { kind: 'invalid', message: 'A parameter of the token request is missing or malformed.' },
  RESOURCE_SERVER_UNKNOWN: { kind: 'invalid', message: 'The audience is no client whose resources can be asked for.' },
  RESOURCE_UNKNOWN: { kind: 'invalid', message: 'The resource server has no such resource.' },
  RESOURCE_ACCESS_DENIED: { kind: 'forbidden', message: 'The resource may not be used.' },
  TOKEN_REQUEST_REPEATED: { kind: 'invalid', message: 'An operation may request tokens only once.' },
  TOKEN_INVALID: { kind: 'unauthenticated', message: 'The access token is not valid.' },
  SCOPE_INSUFFICIENT: { kind: 'forbidden', message: 'The access token lacks a required scope.' },
  AUTHORIZATION_CLIENT_INVALID: {
    kind: 'invalid',
    message: 'The application that sent you here is unknown or disabled.',
  },
  AUTHORIZATION_REDIRECT_INVALID: {
    kind: 'invalid',
    message: 'The application that sent you here named no return address, or one that it has not registered.',
  },
  AUTHORIZATION_PARAMETER_REPEATED: {
    kind: 'invalid',
    message: 'The application that sent you here named itself or its return address more than once.',
  },
  AUTHORIZATION_ENDED: {
    kind: 'conflict',
    message: 'This sign-in is complete. Go back to the application, or start again there.',
  },
  ISSUER_UNKNOWN: { kind: 'not-found', message: 'The issuer does not exist.' },
  SIGNING_ALGORITHM_UNKNOWN: { kind: 'invalid', message: 'Keys are made for EdDSA, ES256 and RS256.' },
});
