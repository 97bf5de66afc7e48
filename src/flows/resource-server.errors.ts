import { defineErrors } from '../kernel/index.ts';

export const resourceServerErrors = defineErrors({
  ADMINISTRATOR_UNPROVED: {
    kind: 'unauthenticated',
    message: 'The name or the password is not right, or the user does not administer the tenant.',
  },
});
