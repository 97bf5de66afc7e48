import { defineErrors } from '../kernel/index.ts';

export const emailConfirmationErrors = defineErrors({
  EMAIL_CONFIRMATION_INVALID: { kind: 'invalid', message: 'The code is not valid, or has expired.' },
});
