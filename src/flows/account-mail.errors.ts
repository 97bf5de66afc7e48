import { defineErrors } from '../kernel/index.ts';

export const accountMailErrors = defineErrors({
  MAIL_RECIPIENT_MISSING: { kind: 'refused', message: 'The account has no e-mail address to send a mail to.' },
  MAIL_SERVER_MISSING: { kind: 'refused', message: 'The tenant has not set a mail server.' },
  MAIL_LINK_INVALID: {
    kind: 'invalid',
    message: 'A mail leads to https addresses, or to http ones of this device; a welcome needs all three.',
  },
});
