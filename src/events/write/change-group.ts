import type { Clock, TenantRef } from '../../kernel/index.ts';
import { type Database, type NamedStatement, openUnitOfWork } from '../../persistence/index.ts';
import { type EventActor, type EventDraft, type SecurityEvent, toSecurityEvent } from '../record/event.ts';
import { GroupWriter } from './group-writer.ts';
import type { WrittenMemory } from './written-events.ts';

export interface ChangeGroupOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** See `defineChange`. */
  readonly statement: NamedStatement<{ readonly n: number }>;
  readonly written: WrittenMemory;
  /** Called with the events of the changes that were made, once they are durable. */
  readonly onCommitted: (events: readonly SecurityEvent[]) => void;
}

/** Most connections of the pool that changes of one kind use. */
const MAX_PARALLEL = 3;

/** A change and the events that report it. */
interface Member<C> {
  readonly change: C;
  readonly events: readonly SecurityEvent[];
}

/**
 * Makes changes of one kind, each together with its events or not at all. Changes that wait at the same time share one
 * statement, which is one transaction. Measured at 16 changes a statement: 0.1 ms of server time for each; a statement for one
 * change took 0.6 ms, and a transaction of begin, lock, update, events and commit 1.2 ms.
 */
export class ChangeGroup<C extends object> {
  readonly #options: ChangeGroupOptions;
  readonly #writer: GroupWriter<Member<C>, boolean>;

  constructor(options: ChangeGroupOptions) {
    this.#options = options;
    this.#writer = new GroupWriter<Member<C>, boolean>({
      write: (members) => this.#write(members),
      onWritten: (members, results) => options.onCommitted(eventsOf(members, results)),
      detached: (work) => options.db.detached(work),
      maxParallel: MAX_PARALLEL,
    });
  }

  /**
   * Makes a change. Inside a unit of work, the change is part of its transaction.
   * @returns Whether the statement made the change; if not, nothing was written.
   * @throws SERVICE_UNAVAILABLE The database is away, or more changes wait than it can take. When the connection broke during
   *   the statement, the change may have been made nevertheless.
   */
  async make(
    actor: EventActor,
    tenant: Pick<TenantRef, 'id'>,
    change: C,
    drafts: readonly EventDraft[],
  ): Promise<boolean> {
    const { clock, onCommitted } = this.#options;
    const now = clock.now();
    const member = { change, events: drafts.map((draft) => toSecurityEvent(actor, tenant, draft, now)) };
    const unit = openUnitOfWork();
    if (unit === undefined) return this.#writer.append(member);
    const results = await this.#write([member]);
    unit.afterRollback(() => this.#options.written.forget(member.events));
    unit.afterCommit(() => onCommitted(eventsOf([member], results)));
    return results[0]!;
  }

  /** Returns when every change begun so far outside units of work has been made or refused. */
  drain(): Promise<void> {
    return this.#writer.drain();
  }

  async #write(members: readonly Member<C>[]): Promise<readonly boolean[]> {
    const { written } = this.#options;
    const events = members.flatMap((member) => member.events);
    written.add(events);
    try {
      const results = await this.#run(members);
      written.forget(members.flatMap((member, at) => (results[at] === true ? [] : member.events)));
      return results;
    } catch (error) {
      written.forget(events);
      throw error;
    }
  }

  async #run(members: readonly Member<C>[]): Promise<readonly boolean[]> {
    const { db, statement } = this.#options;
    const events = members.flatMap((member, n) => member.events.map((event) => ({ n, ...event })));
    const changes = members.map(({ change }, n) => ({ n, ...change }));
    const rows = await db.run(statement, [JSON.stringify(events), JSON.stringify(changes)]);
    const made = new Set(rows.map(({ n }) => n));
    return members.map((_, n) => made.has(n));
  }
}

const eventsOf = (members: readonly Member<object>[], results: readonly boolean[]): readonly SecurityEvent[] =>
  members.flatMap(({ events }, at) => (results[at] === true ? events : []));
