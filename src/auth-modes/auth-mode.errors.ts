import { defineErrors } from '../kernel/index.ts';

export const authModeErrors = defineErrors({
  AUTH_MODE_NO_SECOND_FACTOR: {
    kind: 'refused',
    message: 'A second factor cannot be required: the user has no second-factor method.',
  },
  AUTH_MODE_VALUE_INVALID: { kind: 'invalid', message: 'One or more values cannot be assigned to an auth mode.' },
  CREDENTIAL_NOT_FOUND: { kind: 'not-found', message: 'There is no such credential.' },
  CREDENTIAL_PASSWORD_NEEDED: { kind: 'refused', message: 'Users cannot remove their own password.' },
  ACCOUNT_STATE_VALUE_INVALID: {
    kind: 'invalid',
    message: 'An exemption ends at a moment between the years 1970 and 9998, or never.',
  },
});
