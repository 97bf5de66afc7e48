import { defineErrors } from '../../kernel/index.ts';

export const signOutErrors = defineErrors({
  SIGN_OUT_PARAMETER_INVALID: {
    kind: 'invalid',
    message: 'A parameter of the request to sign out is repeated or malformed.',
  },
  SIGN_OUT_HINT_INVALID: { kind: 'invalid', message: 'The ID token was not issued by this issuer, or was changed.' },
  SIGN_OUT_CLIENT_UNKNOWN: { kind: 'invalid', message: 'The application is unknown or disabled.' },
  SIGN_OUT_CLIENT_CONFLICT: { kind: 'invalid', message: 'The ID token was issued to another application.' },
  SIGN_OUT_REDIRECT_UNREGISTERED: {
    kind: 'invalid',
    message: 'The application has not registered the address to return to after the sign-out.',
  },
  SIGN_OUT_NOT_FOUND: {
    kind: 'not-found',
    message: 'This sign-out is finished, has expired, or was begun in another browser.',
  },
});
