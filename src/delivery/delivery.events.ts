import { defineEvents } from '../events/index.ts';

export const deliveryEvents = defineEvents({
  'mail.sent': {
    category: 'delivery',
    ends: 'nothing',
    description: 'A mail or text message was handed over for delivery.',
  },
  'mail.failed': {
    category: 'delivery',
    ends: 'nothing',
    description: 'A mail or text message could not be delivered.',
  },
});
