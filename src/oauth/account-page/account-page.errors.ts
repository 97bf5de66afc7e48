import { defineErrors } from '../../kernel/index.ts';

export const accountPageErrors = defineErrors({
  ACCOUNT_PAGE_CLOSED: { kind: 'not-found', message: 'There is no page for accounts here.' },
  ACCOUNT_PAGE_SIGN_IN_REQUIRED: { kind: 'unauthenticated', message: 'Nobody is signed in in this browser.' },
});
