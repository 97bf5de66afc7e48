import { defineErrors } from '../../kernel/index.ts';

export const passkeyErrors = defineErrors({
  PASSKEYS_DISABLED: { kind: 'forbidden', message: 'Users of this tenant have neither passkeys nor security keys.' },
  PASSKEY_INVALID: {
    kind: 'invalid',
    message:
      'The passkey or security key is not valid, is not one that the tenant accepts, or was made for another request.',
  },
  PASSKEY_TAKEN: { kind: 'conflict', message: 'The passkey or security key is registered already.' },
  PASSKEY_LIMIT_REACHED: {
    kind: 'refused',
    message: 'The account has as many passkeys, or as many security keys, as it may have.',
  },
});
