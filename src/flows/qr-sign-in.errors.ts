import { defineErrors } from '../kernel/index.ts';

export const qrSignInErrors = defineErrors({
  QR_CODE_NOT_FOUND: { kind: 'not-found', message: 'There is no such code, or its time is over.' },
  QR_CODE_USED: { kind: 'refused', message: 'The sign-in was confirmed or refused already.' },
});
