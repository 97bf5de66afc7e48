import { defineErrors } from '../kernel/index.ts';

export const impersonationErrors = defineErrors({
  IMPERSONATION_USER_DISABLED: { kind: 'refused', message: 'The account is disabled.' },
  IMPERSONATION_SERVICE_ACCOUNT: { kind: 'refused', message: 'The account stands for an application.' },
});
