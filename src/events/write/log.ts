import type { Clock, TenantRef } from '../../kernel/index.ts';
import { type Database, openUnitOfWork } from '../../persistence/index.ts';
import { type EventActor, type EventDraft, type SecurityEvent, toSecurityEvent } from '../record/event.ts';
import type { ChangeStatement } from '../record/event-columns.ts';
import { ChangeGroup } from './change-group.ts';
import { type EventSink, GroupWriter } from './group-writer.ts';
import { insertEvents } from './insert.ts';
import { databaseSink } from './sinks.ts';
import type { WrittenMemory } from './written-events.ts';

/** Where no follower delivers the events. */
const KEEPS_NOTHING: WrittenMemory = { add: () => undefined, forget: () => undefined };

const PENDING = Symbol('events to write with the open unit of work');

/**
 * Called with events once they are durable, on the node that wrote them: caches drop the entries that the events made stale.
 */
export type CommittedListener = (events: readonly SecurityEvent[]) => void;

/** The append-only log of security events (docs/decisions/0011-event-positions.md). */
export class EventLog {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #writer: GroupWriter<SecurityEvent, SecurityEvent>;
  readonly #groups: { drain(): Promise<void> }[];
  readonly #listeners: CommittedListener[] = [];
  readonly #written: WrittenMemory;

  /**
   * @param sink Where `append` writes; the event engine gives it a connection outside the pool. Default: the database.
   * @param written Keeps the events for the follower. Default: they are not kept.
   */
  constructor(db: Database, clock: Clock, sink: EventSink = databaseSink(db), written: WrittenMemory = KEEPS_NOTHING) {
    this.#db = db;
    this.#clock = clock;
    this.#written = written;
    this.#writer = new GroupWriter({
      write: async (events) => {
        written.add(events);
        try {
          await sink(events);
        } catch (error) {
          written.forget(events);
          throw error;
        }
        return events;
      },
      onWritten: (events) => this.#announce(events),
      detached: (work) => db.detached(work),
    });
    this.#groups = [this.#writer];
  }

  /** Registers for events this node committed. Listeners are called in order, must be quick and must not throw. */
  onCommitted(listener: CommittedListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Writes an event in the transaction of the change it reports: both are committed, or neither.
   * @throws Error outside a unit of work.
   */
  record(actor: EventActor, tenant: Pick<TenantRef, 'id'>, draft: EventDraft): SecurityEvent {
    const unit = openUnitOfWork();
    if (unit === undefined)
      throw new Error('record() needs an open unit of work; use append() for an event that reports no change.');
    const event = toSecurityEvent(actor, tenant, draft, this.#clock.now());
    const pending = unit.attachment<SecurityEvent[]>(PENDING, () => {
      const events: SecurityEvent[] = [];
      unit.beforeCommit(() => {
        this.#written.add(events);
        return insertEvents(this.#db, events);
      });
      unit.afterCommit(() => this.#announce(events));
      unit.afterRollback(() => this.#written.forget(events));
      return events;
    });
    pending.push(event);
    return event;
  }

  /**
   * Makes a group for changes of one kind, which different requests make together: one statement, with the events that report
   * them.
   */
  changes<C extends object>({ statement }: ChangeStatement<C>): ChangeGroup<C> {
    const group = new ChangeGroup<C>({
      db: this.#db,
      clock: this.#clock,
      statement,
      written: this.#written,
      onCommitted: (events) => this.#announce(events),
    });
    this.#groups.push(group);
    return group;
  }

  /**
   * Writes an event that reports no change (a token issued, a failed sign-in) and returns once it is durable. Events that wait
   * at the same time share one insert and one commit.
   * @throws SERVICE_UNAVAILABLE The database is away, or more events wait than it can take. Only when the connection broke
   *   during the insert may the event be in the log nevertheless.
   * @throws Error inside a unit of work: on the embedded database the event would wait for the transaction, which waits for the
   *   event.
   */
  async append(actor: EventActor, tenant: Pick<TenantRef, 'id'>, draft: EventDraft): Promise<SecurityEvent> {
    if (openUnitOfWork() !== undefined) throw new Error('append() inside a unit of work; use record().');
    const event = toSecurityEvent(actor, tenant, draft, this.#clock.now());
    return this.#writer.append(event);
  }

  /**
   * For a refusal that undoes the open unit of work: the event is appended after the rollback and before the caller sees the
   * error. If it cannot be written, the caller sees that error instead, so that no guess goes unrecorded. Nothing is written
   * when the unit commits.
   * @throws Error outside a unit of work.
   */
  appendAfterRollback(actor: EventActor, tenant: Pick<TenantRef, 'id'>, draft: EventDraft): void {
    const unit = openUnitOfWork();
    if (unit === undefined) throw new Error('appendAfterRollback() needs an open unit of work; use append().');
    unit.afterRollback(async () => {
      await this.append(actor, tenant, draft);
    });
  }

  /** Returns when every event appended so far, and every change begun in a group, is durable or has been refused. */
  async drain(): Promise<void> {
    await Promise.all(this.#groups.map((group) => group.drain()));
  }

  #announce(events: readonly SecurityEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }
}
