import { defineErrors } from '../kernel/index.ts';

export const signInErrors = defineErrors({
  SIGN_IN_REFUSED: { kind: 'unauthenticated', message: 'The name or the password is not right.' },
  SIGN_IN_FACTOR_REQUIRED: { kind: 'refused', message: 'A second factor is required to sign in.' },
  SIGN_IN_PASSWORD_CHANGE_REQUIRED: { kind: 'refused', message: 'The password must be changed before signing in.' },
  SIGN_IN_ACCOUNT_DISABLED: { kind: 'refused', message: 'The account is disabled.' },
  SIGN_IN_ACTIONS_REQUIRED: { kind: 'refused', message: 'The account has to be completed before signing in.' },
  SIGN_IN_EMAIL_UNVERIFIED: { kind: 'refused', message: 'The e-mail address must be verified before signing in.' },
});
