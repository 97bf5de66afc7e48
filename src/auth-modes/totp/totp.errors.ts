import { defineErrors } from '../../kernel/index.ts';

export const totpErrors = defineErrors({
  TOTP_CODE_WRONG: { kind: 'refused', message: 'The code is not right, or it was used before.' },
  TOTP_SECRET_INVALID: {
    kind: 'invalid',
    message: 'A secret is base32 (RFC 4648 section 6) of 10 to 64 bytes.',
  },
  TOTP_ALREADY_ATTACHED: { kind: 'conflict', message: 'An app with this secret is attached already.' },
  TOTP_LIMIT_REACHED: { kind: 'refused', message: 'The account has as many code apps as it may have.' },
  TOTP_NOT_FOUND: { kind: 'not-found', message: 'The account has no such code app.' },
});
