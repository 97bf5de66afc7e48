import { defineErrors } from '../kernel/index.ts';

export const mailedLinkErrors = defineErrors({
  MAILED_LINK_UNUSABLE: {
    kind: 'invalid',
    message: 'This link has been used or has expired, or it is not complete. Ask for another one.',
  },
  MAILED_LINK_CLIENT_UNKNOWN: { kind: 'refused', message: 'The application is unknown or disabled.' },
  MAILED_LINK_REDIRECT_INVALID: {
    kind: 'invalid',
    message: 'The application has not registered this return address.',
  },
  MAILED_LINK_REQUEST_INVALID: {
    kind: 'invalid',
    message: 'The application may not ask for a sign-in in this way.',
  },
  MAILED_LINK_ACTION_UNKNOWN: { kind: 'invalid', message: 'A link leads to no such action.' },
  MAILED_LINK_USER_DISABLED: { kind: 'refused', message: 'The account is disabled.' },
  MAILED_LINK_ACCOUNT_REFUSED: {
    kind: 'refused',
    message: 'No account can be created with this address as its username.',
  },
});
