import { defineErrors } from '../../kernel/index.ts';

export const passwordErrors = defineErrors({
  PASSWORD_TOO_LONG: { kind: 'invalid', message: 'A password may have at most 1024 bytes.' },
});
