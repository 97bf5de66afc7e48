import { defineErrors } from '../../kernel/index.ts';

export const passkeyErrors = defineErrors({
  PASSKEYS_DISABLED: { kind: 'forbidden', message: 'Users of this tenant have no passkeys.' },
  PASSKEY_INVALID: {
    kind: 'invalid',
    message: 'The passkey is not valid, is of a kind that the tenant does not accept, or was made for another request.',
  },
  PASSKEY_TAKEN: { kind: 'conflict', message: 'The passkey is registered already.' },
  PASSKEY_LIMIT_REACHED: { kind: 'refused', message: 'The account has as many passkeys as it may have.' },
});
