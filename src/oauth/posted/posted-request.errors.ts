import { defineErrors } from '../../kernel/index.ts';

export const postedRequestErrors = defineErrors({
  POSTED_REQUEST_NOT_FOUND: {
    kind: 'not-found',
    message: 'This request has expired. Go back to the application and begin again.',
  },
});
