import type { Clock, TenantRef } from '../kernel/index.ts';
import { type Database, openUnitOfWork } from '../persistence/index.ts';
import { type EventActor, type EventDraft, type SecurityEvent, toSecurityEvent } from './event.ts';
import { insertEvents } from './insert.ts';

const PENDING = Symbol('events to write with the open unit of work');

/** Told of events once they are durable, on the node that wrote them: caches drop what the events made stale. */
export type CommittedListener = (events: readonly SecurityEvent[]) => void;

/** The append-only log of security events (design.md section 7). */
export class EventLog {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #listeners: CommittedListener[] = [];

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Registers for events this node committed. Listeners are called in order, must be quick and must not throw. */
  onCommitted(listener: CommittedListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Writes an event in the transaction of the change it reports: both are kept, or neither.
   * @throws Error outside a unit of work.
   */
  record(actor: EventActor, tenant: Pick<TenantRef, 'id'>, draft: EventDraft): SecurityEvent {
    const unit = openUnitOfWork();
    if (unit === undefined)
      throw new Error('record() needs an open unit of work; use append() for an event that stands alone.');
    const event = toSecurityEvent(actor, tenant, draft, this.#clock.now());
    const pending = unit.attachment<SecurityEvent[]>(PENDING, () => {
      const events: SecurityEvent[] = [];
      unit.beforeCommit(() => insertEvents(this.#db.read(), events));
      unit.afterCommit(() => this.#announce(events));
      return events;
    });
    pending.push(event);
    return event;
  }

  /**
   * Writes an event that stands alone (a token issued, a failed sign-in) and returns once it is durable.
   * @throws Error inside a unit of work: on the embedded database it would wait for the transaction that waits for it.
   */
  async append(actor: EventActor, tenant: Pick<TenantRef, 'id'>, draft: EventDraft): Promise<SecurityEvent> {
    if (openUnitOfWork() !== undefined) throw new Error('append() inside a unit of work; use record().');
    const event = toSecurityEvent(actor, tenant, draft, this.#clock.now());
    await this.#db.transaction(async () => insertEvents(this.#db.read(), [event]));
    this.#announce([event]);
    return event;
  }

  #announce(events: readonly SecurityEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }
}
