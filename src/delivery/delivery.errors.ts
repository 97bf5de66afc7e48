import { defineErrors } from '../kernel/index.ts';

export const deliveryErrors = defineErrors({
  MAIL_NOT_SENT: { kind: 'refused', message: 'The mail server did not take the mail, or cannot be reached.' },
});
