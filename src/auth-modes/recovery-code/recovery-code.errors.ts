import { defineErrors } from '../../kernel/index.ts';

export const recoveryCodeErrors = defineErrors({
  RECOVERY_CODES_NOT_FOUND: { kind: 'not-found', message: 'The account has no recovery codes.' },
});
