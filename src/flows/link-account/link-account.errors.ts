import { defineErrors } from '../../kernel/index.ts';

export const linkAccountErrors = defineErrors({
  BIND_PROVIDER_UNKNOWN: { kind: 'invalid', message: 'There is no such federation provider, or it is disabled.' },
  BIND_CALLBACK_NOT_REGISTERED: {
    kind: 'invalid',
    message: 'The callback must be an absolute URL under an address registered for the calling client.',
  },
  BIND_REDIRECT_INVALID: {
    kind: 'invalid',
    message: 'The provider must send the browser to this service, or to the callback itself.',
  },
  ACCOUNT_LINK_STATE_INVALID: { kind: 'invalid', message: 'The linking was not begun here, has expired or is over.' },
  ACCOUNT_LINK_SESSION_REQUIRED: {
    kind: 'unauthenticated',
    message: 'Sign in first: the account is linked to the signed-in user.',
  },
  FEDERATION_PROVIDER_UNREACHABLE: {
    kind: 'unavailable',
    message: 'The federation provider does not answer as it should. Try again later.',
  },
});
