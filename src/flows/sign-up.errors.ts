import { defineErrors } from '../kernel/index.ts';

export const signUpErrors = defineErrors({
  SIGN_UP_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such unfinished sign-up: it is unknown, over, or was tried too often.',
  },
  SIGN_UP_STEP_NOT_OPEN: { kind: 'invalid', message: 'This is not one of the steps that are left.' },
  SIGN_UP_CODE_WRONG: { kind: 'refused', message: 'The code is not the one that was sent.' },
});
