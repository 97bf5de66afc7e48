import { defineErrors } from '../kernel/index.ts';

export const consentErrors = defineErrors({
  CONSENT_NOT_FOUND: { kind: 'not-found', message: 'The user has not given this client any consent.' },
});
