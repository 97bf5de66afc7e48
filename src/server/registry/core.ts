import { registerBlitz } from '../../../rest-compat/blitz/register.ts';
import { ScopeAliases } from '../../access/index.ts';
import { DeliveryQueue, deliveryEvents, type Message, type Transport } from '../../delivery/index.ts';
import { TenantDirectory, TenantService } from '../../tenants/index.ts';
import type { Infrastructure } from './infrastructure.ts';

export type Core = ReturnType<typeof createCore>;

/** Creates what all accounts need: events, outgoing messages, scope names, tenants. */
export function createCore(infrastructure: Infrastructure) {
  const { base, eventEngine, listen, options, tenantStore } = infrastructure;
  const scopes = new ScopeAliases();
  registerBlitz({ scopes });
  const directory = new TenantDirectory(tenantStore, eventEngine.catalogue);
  listen(directory.onEvents);
  return {
    eventEngine,
    events: base.events,
    mailer: outgoing('mail', options.transports.mail, infrastructure),
    smsSender: outgoing('sms', options.transports.sms, infrastructure),
    scopes,
    directory,
    tenants: new TenantService({ ...base, store: tenantStore }),
  };
}

/** Makes a queue of messages that records an event for each message it sends or gives up. */
function outgoing<M extends Message>(
  channel: 'mail' | 'sms',
  transport: Transport<M>,
  { base: { db, events }, options: { onError } }: Infrastructure,
): DeliveryQueue<M> {
  return new DeliveryQueue<M>({
    transport,
    report: ({ to, purpose, behalf }, outcome) =>
      events.append(behalf.actor, behalf.tenant, {
        type: outcome.sent ? deliveryEvents['mail.sent'] : deliveryEvents['mail.failed'],
        subjectId: behalf.subjectId,
        ...(outcome.sent ? {} : { outcome: 'failure', reason: outcome.reason }),
        params: { channel, purpose, to },
      }),
    detached: (work) => db.detached(work),
    ...(onError === undefined ? {} : { onError }),
  });
}
