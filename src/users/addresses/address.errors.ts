import { defineErrors } from '../../kernel/index.ts';

export const addressErrors = defineErrors({
  USER_ADDRESS_NOT_FOUND: { kind: 'not-found', message: 'The user has no such address.' },
  USER_ADDRESS_LIMIT: { kind: 'refused', message: 'The user has as many addresses as an account may have.' },
});
