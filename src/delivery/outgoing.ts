import type { EventLog } from '../events/index.ts';
import type { Database } from '../persistence/index.ts';
import { deliveryEvents } from './delivery.events.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { Mail, Message, Sms, Transport } from './message.ts';

/** Transports of mails and text messages. */
export interface Transports {
  readonly mail: Transport<Mail>;
  readonly sms: Transport<Sms>;
}

export interface QueueNeeds {
  readonly db: Database;
  readonly events: EventLog;
  /** Called with faults of the queue, which then goes on. */
  readonly onError: (error: unknown) => void;
}

/** Makes a queue of messages that records an event for each message it sends or gives up. */
export function createQueue<M extends Message>(
  channel: 'mail' | 'sms',
  transport: Transport<M>,
  { db, events, onError }: QueueNeeds,
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
    onError,
  });
}
