import { defineErrors } from '../../kernel/index.ts';

export const passkeySignInErrors = defineErrors({
  PASSKEY_REFUSED: { kind: 'unauthenticated', message: 'The passkey or security key did not prove who signs in.' },
});
