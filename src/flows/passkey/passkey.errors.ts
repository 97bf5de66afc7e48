import { defineErrors } from '../../kernel/index.ts';

export const passkeySignInErrors = defineErrors({
  PASSKEY_REFUSED: { kind: 'unauthenticated', message: 'The passkey did not prove who signs in.' },
});
