import { defineErrors } from '../kernel/index.ts';

export const sessionErrors = defineErrors({
  SESSION_NOT_FOUND: { kind: 'not-found', message: 'There is no such session.' },
  BROWSER_REQUIRED: {
    kind: 'refused',
    message: 'Only a page of this service can do this, in the browser in which it was begun.',
  },
  DEVICE_NOT_FOUND: { kind: 'not-found', message: 'The user has no such device.' },
});
