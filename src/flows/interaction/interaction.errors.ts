import { defineErrors } from '../../kernel/index.ts';

export const interactionErrors = defineErrors({
  INTERACTION_NOT_FOUND: {
    kind: 'not-found',
    message: 'This sign-in has ended, or it was begun in another browser. Start again at the application.',
  },
  INTERACTION_STEP_OTHER: { kind: 'conflict', message: 'This is not the present step of the sign-in. Load it again.' },
  SIGN_IN_METHOD_OTHER: {
    kind: 'refused',
    message: 'This sign-in asks for the image of the account, in place of a password or a mail.',
  },
  FACTOR_CODE_WRONG: { kind: 'unauthenticated', message: 'The code is not right.' },
  EMAIL_CODE_WRONG: { kind: 'unauthenticated', message: 'The code is not the one that was sent last, or it expired.' },
  EMAIL_ADDRESS_MISSING: { kind: 'refused', message: 'The account has no e-mail address to send a code to.' },
  REGISTRATION_CLOSED: { kind: 'invalid', message: 'Nobody can make an account here.' },
  PASSWORD_RESET_CLOSED: { kind: 'invalid', message: 'Nobody gets a new password by mail here.' },
  INTERACTION_REQUEST_REPEATED: { kind: 'invalid', message: 'A request may contain this field only once.' },
});
