import { defineErrors } from '../kernel/index.ts';

export const sessionErrors = defineErrors({
  SESSION_NOT_FOUND: { kind: 'not-found', message: 'There is no such session.' },
  DEVICE_NOT_FOUND: { kind: 'not-found', message: 'The user has no such device.' },
});
