import { sql } from 'kysely';
import { addSeconds, type Clock } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import { LOG } from '../sequence/sequencing.ts';
import { type IsEnding, MaintenanceTurn } from './maintenance-turn.ts';
import { dropPartitionsBefore, hasPartitionsBefore, monthOf, smallestIdAt, smallestIdOf } from './partitions.ts';

/**
 * The number of days that each of these tenants keeps its events. A tenant missing from the result keeps them as long as the
 * tenant that keeps them longest.
 */
export type RetentionDays = (tenantIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;

const SECONDS_A_DAY = 86_400;
/**
 * From this many days on, the longest retention is rounded up to whole months, so that partitions are dropped instead of being
 * emptied row by row. The extra month is at most a third of the retention.
 */
const WHOLE_MONTHS_FROM_DAYS = 90;
/** How long a drop waits for readers of the log: everything that uses the log in the meantime waits behind the drop. */
const LOCK_TIMEOUT = '1s';
/** SQLSTATE lock_not_available. */
const LOCK_TIMED_OUT = '55P03';

const log = sql.raw(String(LOG));
/** The newest position is never deleted, whichever tenant it belongs to: after a restore, numbering continues from it. */
const NEWEST = sql`(select max(position) from event_positions where log = ${log})`;

/**
 * Deletes what tenants no longer keep. The same transaction stores each tenant's highest deleted position, so that a reader
 * whose cursor is below it gets an error instead of silently missing events.
 */
export class LogRetention {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #turn: MaintenanceTurn;
  readonly #batch: number;
  readonly #isEnding: IsEnding;

  constructor(db: Database, clock: Clock, isEnding: IsEnding = () => false) {
    this.#db = db;
    this.#clock = clock;
    this.#isEnding = isEnding;
    this.#turn = new MaintenanceTurn(db, 'hourly', isEnding);
    // On the embedded database every request waits while a batch is deleted.
    this.#batch = db.isEmbedded ? 100 : 1_000;
  }

  /** Deletes every event past its tenant's retention, and drops the partitions that no tenant needs any more. */
  async expire(retentionDays: RetentionDays): Promise<void> {
    const tenants = await this.#tenants();
    if (tenants === null || this.#isEnding()) return;
    const days = await retentionDays(tenants);
    if (days.size === 0) return;
    const longest = [...days.values()].reduce((a, b) => Math.max(a, b));
    const firstKept = monthOf(this.#daysAgo(longest));
    for (const tenantId of tenants) {
      if (this.#isEnding()) return;
      const own = days.get(tenantId) ?? longest;
      if (own === longest && longest >= WHOLE_MONTHS_FROM_DAYS)
        await this.#forgetBefore(tenantId, smallestIdOf(firstKept));
      else {
        const moment = this.#daysAgo(own);
        await this.deleteOlderThan(tenantId, moment);
        // Delete a position that was the newest and so outlived its event; it would prevent every later month from being
        // dropped.
        await this.#forgetBefore(tenantId, smallestIdAt(moment));
      }
    }
    await this.#dropBefore(firstKept, tenants);
  }

  /** Deletes a tenant's events made before a moment, and their positions. Returns how many. */
  async deleteOlderThan(tenantId: string, moment: Date): Promise<number> {
    const deleted = await this.#turn.inBatches(
      this.#batch,
      () => sql`with old as materialized (
          select e.id, p.position from security_events e
          left join event_positions p on p.tenant_id = e.tenant_id and p.event_id = e.id
          where e.tenant_id = ${tenantId}::uuid and e.id < ${smallestIdAt(moment)}::uuid and ${isSettled(sql`e.id`)}
          order by e.id limit ${this.#batch}),
        deleted as (delete from security_events e using old where e.tenant_id = ${tenantId}::uuid and e.id = old.id),
        ${forgetOld(tenantId)}
        select id from old`,
    );
    return deleted ?? 0;
  }

  /** Removes a tenant's events with ids below this one from the feed; the rows are deleted with their partition. */
  async #forgetBefore(tenantId: string, smallest: string): Promise<void> {
    await this.#turn.inBatches(
      this.#batch,
      () => sql`with old as materialized (
          select position from event_positions
          where tenant_id = ${tenantId}::uuid and event_id < ${smallest}::uuid order by event_id limit ${this.#batch}),
        ${forgetOld(tenantId)}
        select position from old`,
    );
  }

  async #dropBefore(month: ReturnType<typeof monthOf>, tenants: readonly string[]): Promise<void> {
    const smallest = smallestIdOf(month);
    // Rows of the default partition belong to no month, so they are deleted one by one.
    await this.#turn.inBatches(
      this.#batch,
      () => sql`delete from security_events_default where (tenant_id, id) in (
        select e.tenant_id, e.id from security_events_default e
        left join event_positions p on p.tenant_id = e.tenant_id and p.event_id = e.id
        where e.id < ${smallest}::uuid and (p.position is null or p.position = ${NEWEST})
          and ${isSettled(sql`e.id`)} limit ${this.#batch})`,
    );
    try {
      await this.#turn.take(async () => {
        if (!(await hasPartitionsBefore(this.#db, month))) return;
        await sql`set local lock_timeout to ${sql.lit(LOCK_TIMEOUT)}`.execute(this.#db.read());
        await sql`lock table security_events in access exclusive mode`.execute(this.#db.read());
        if (await this.#isNeeded(smallest, tenants)) return;
        await dropPartitionsBefore(this.#db, month);
      });
    } catch (error) {
      // A long read holds the log; the next round tries again.
      if (!isLockTimeout(error)) throw error;
    }
  }

  /** Whether an event with an id below this one is still in the feed, or waits for its position. */
  async #isNeeded(smallest: string, tenants: readonly string[]): Promise<boolean> {
    const { rows } = await sql<{ isNeeded: boolean }>`select
      exists (select from event_arrivals where event_id < ${smallest}::uuid) or
      exists (select from unnest(${tenants}::uuid[]) as tenant(id) where exists (select from event_positions p
        where p.tenant_id = tenant.id and p.event_id < ${smallest}::uuid and p.position < ${NEWEST})) as "isNeeded"`.execute(
      this.#db.read(),
    );
    return rows[0]!.isNeeded;
  }

  /** The tenants that have events in the log, with one index probe for each. Null when another node is doing such work. */
  async #tenants(): Promise<string[] | null> {
    return this.#turn.take(async () => {
      const { rows } = await sql<{ tenantId: string }>`with recursive found as (
          (select tenant_id from event_positions order by tenant_id limit 1)
          union all
          select (select p.tenant_id from event_positions p where p.tenant_id > found.tenant_id order by p.tenant_id limit 1)
          from found where found.tenant_id is not null)
        select tenant_id as "tenantId" from found where tenant_id is not null`.execute(this.#db.read());
      return rows.map(({ tenantId }) => tenantId);
    });
  }

  #daysAgo(days: number): Date {
    return addSeconds(this.#clock.now(), -days * SECONDS_A_DAY);
  }
}

/** Excludes events that still wait for their position: deleting one would leave a gap that no stored mark accounts for. */
const isSettled = (id: ReturnType<typeof sql>) =>
  sql`(p.position is not null or not exists (
    select from event_arrivals a where a.tenant_id = e.tenant_id and a.event_id = ${id}))`;

/** Deletes the positions of the rows `old`, and stores the highest one. */
const forgetOld = (tenantId: string) => sql`forgotten as (
    delete from event_positions p using old where p.log = ${log} and p.position = old.position and p.position < ${NEWEST}),
  marked as (
    insert into event_retentions (tenant_id, deleted_position)
    select ${tenantId}::uuid, max(position) from old having max(position) is not null
    on conflict (tenant_id) do update
      set deleted_position = greatest(event_retentions.deleted_position, excluded.deleted_position), deleted_at = now())`;

function isLockTimeout(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 3) return false;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return code === LOCK_TIMED_OUT || isLockTimeout(cause, depth + 1);
}
