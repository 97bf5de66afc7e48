import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import { deliveryEvents } from './delivery.events.ts';
import { createQueue, type QueueNeeds, type Transports } from './outgoing.ts';

export const delivery = {
  name: 'delivery',
  events: [deliveryEvents],
  create: ({
    base,
    transports,
    onError,
  }: ModuleBase & Omit<QueueNeeds, 'db' | 'events'> & { readonly transports: Transports }) => ({
    services: {
      /** Outgoing mails; `src/server` stops it. */
      mailer: createQueue('mail', transports.mail, { ...base, onError }),
      /** Outgoing text messages; `src/server` stops it. */
      smsSender: createQueue('sms', transports.sms, { ...base, onError }),
    },
  }),
} as const satisfies ServiceModule;
