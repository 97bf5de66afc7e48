import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import type { PrivateHosts } from '../kernel/index.ts';
import { deliveryErrors } from './delivery.errors.ts';
import { deliveryEvents } from './delivery.events.ts';
import type { MailServer } from './message.ts';
import { createQueue, type QueueNeeds, type Transports } from './outgoing.ts';
import { TenantMailTransport } from './tenant-mail.transport.ts';

interface DeliveryNeeds extends ModuleBase, Omit<QueueNeeds, 'db' | 'events'> {
  /** For the messages of tenants that have no server. */
  readonly transports: Transports;
  readonly mailServers: { readonly of: (tenantId: string) => Promise<MailServer | null> };
  /** What of the operator's network the servers of tenants may be in. */
  readonly privateHosts: PrivateHosts;
}

export const delivery = {
  name: 'delivery',
  errors: [deliveryErrors],
  events: [deliveryEvents],
  create: ({ base, transports, onError, mailServers, privateHosts }: DeliveryNeeds) => {
    const mail = new TenantMailTransport({
      otherwise: transports.mail,
      serverOf: (tenantId) => mailServers.of(tenantId),
      privateHosts,
    });
    return {
      services: {
        /** Outgoing mails; `src/server` stops it. */
        mailer: createQueue('mail', mail, { ...base, onError }),
        /** Outgoing text messages; `src/server` stops it. */
        smsSender: createQueue('sms', transports.sms, { ...base, onError }),
      },
    };
  },
} as const satisfies ServiceModule;
