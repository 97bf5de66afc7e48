import { CompiledQuery, type Kysely, sql } from 'kysely';
import { type Database, defineStatement } from '../../persistence/index.ts';
import type { ServerLink } from '../link/server-link.ts';
import type { LogPosition } from '../record/cursor.ts';
import type { SecurityEvent } from '../record/event.ts';
import { EVENT_JSON, EVENT_SELECT_LIST, readEvent, type WrittenEvent } from '../record/event-columns.ts';
import { LOG, MUST_WRITE } from '../sequence/sequencing.ts';
import type { WrittenEvents } from '../write/written-events.ts';
import type { CompiledFilter } from './event-filter.ts';

/** Rows of one read of the log: 500 events of about 1 KB are half a megabyte for each subscriber that reads the log. */
export const READ_PAGE = 500;

/** A position and its event; null where retention removed the event. */
export interface PositionedEvent {
  readonly position: number;
  readonly event: SecurityEvent | null;
}

/** What a follower read: the present generation, and the events after the place it read from. */
export interface Look {
  readonly generation: number;
  /** Where the events begin: right after the place read from, or at the start of a generation if that place was lost. */
  readonly from: number;
  readonly events: readonly PositionedEvent[];
}

/** Runs a statement; one that is writing fails on a server that takes no writes. */
type Statement = (
  text: string,
  values: readonly unknown[],
  isWriting?: boolean,
) => Promise<readonly Record<string, unknown>[]>;

/** Runs a statement on the link. */
export function linkStatement(link: ServerLink): Statement {
  return async (text, values, isWriting = false) => {
    const result = await link.query({ text, values: [...values], isWriting });
    return (result as { rows: Record<string, unknown>[] }).rows;
  };
}

/** Runs a statement through the database, outside any open unit of work. */
export function databaseStatement(db: Database): Statement {
  return (text, values) =>
    db.detached(async () => {
      const query = CompiledQuery.raw(text, [...values]);
      return (await db.read<Kysely<unknown>>().executeQuery<Record<string, unknown>>(query)).rows;
    });
}

/**
 * Where reading resumes after generation $1, position $2: at that position, or before the first position of a later generation
 * if that is smaller.
 */
const RESUME = `least($2::bigint, (select min(first_position) - 1 from event_generations where log = ${LOG} and generation > $1::integer))`;

const TAIL_SQL = `select b.generation, b.last_position as position from event_batches b where b.log = ${LOG}
  order by b.log desc, b.generation desc, b.last_position desc limit 1`;

const DELETED_SQL = 'select coalesce(max(deleted_position), 0) as deleted from event_retentions';

/** The positions after a place, with the keys of their events. */
export const LOOK = defineStatement<Record<string, unknown>>(
  'follower-look',
  `with ${MUST_WRITE}, place as materialized (
    select ${RESUME} as "from", coalesce((select max(generation) from event_generations where log = ${LOG}), 0) as generation
  )
  select place.generation, place."from", (
    select coalesce(json_agg(json_build_array(p.position, p.tenant_id, p.event_id) order by p.position), '[]'::json)
    from (
      select position, tenant_id, event_id from event_positions
      where log = ${LOG} and position > place."from" order by position limit ${READ_PAGE}
    ) p
  ) as positions
  from place`,
);

/**
 * Events by their keys. The inner limit makes the planner use one index probe for each: without statistics it would join by
 * scanning the whole log.
 */
const BODIES = defineStatement<Record<string, unknown>>(
  'follower-bodies',
  `select coalesce(json_agg(${EVENT_JSON}), '[]'::json) as events
  from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, id)
  cross join lateral (select * from security_events e
    where e.tenant_id = wanted.tenant_id and e.id = wanted.id limit 1) e`,
);

/** A position and the key of its event. */
type PositionRow = readonly [position: number, tenantId: string, eventId: string];

/** Reads the positions of the whole log, for the node's follower. */
export class PositionReader {
  readonly #statement: Statement;
  readonly #written: Pick<WrittenEvents, 'take'>;

  /** @param written What this node wrote, which is not read back. */
  constructor(statement: Statement, written: Pick<WrittenEvents, 'take'>) {
    this.#statement = statement;
    this.#written = written;
  }

  /** The last position given; generation 0, position 0 before the first pass of any sequencer. */
  async tail(): Promise<LogPosition> {
    const [row] = await this.#statement(TAIL_SQL, []);
    return row === undefined
      ? { generation: 0, position: 0 }
      : { generation: Number(row['generation']), position: Number(row['position']) };
  }

  /** The highest position that retention deleted in any tenant; 0 when it has deleted nothing. */
  async deletedUpTo(): Promise<number> {
    const [row] = await this.#statement(DELETED_SQL, []);
    return Number(row!['deleted']);
  }

  async look(after: LogPosition): Promise<Look> {
    const [row] = await this.#statement(LOOK.text, [after.generation, after.position], true);
    return {
      generation: Number(row!['generation']),
      from: Number(row!['from']),
      events: await this.#findEvents(row!['positions'] as readonly PositionRow[]),
    };
  }

  /** Takes what this node wrote from memory, and reads the rest. */
  async #findEvents(positions: readonly PositionRow[]): Promise<PositionedEvent[]> {
    const events = new Map<string, SecurityEvent>();
    const others: PositionRow[] = [];
    for (const row of positions) {
      const [, tenantId, id] = row;
      const event = this.#written.take(tenantId, id);
      if (event === undefined) others.push(row);
      else events.set(id, event);
    }
    if (others.length > 0) {
      const keys = [others.map(([, tenantId]) => tenantId), others.map(([, , id]) => id)];
      const [row] = await this.#statement(BODIES.text, keys);
      for (const body of row!['events'] as readonly WrittenEvent[]) {
        const event = readEvent(body);
        events.set(event.id, event);
      }
    }
    return positions.map(([position, , id]) => ({ position, event: events.get(id) ?? null }));
  }
}

/** What retention left of a tenant's events after a place. */
export interface Kept {
  /** Whether no event after the place was deleted. */
  readonly isWhole: boolean;
  /** The first place from which reading misses nothing: that of the last event deleted. */
  readonly from: LogPosition;
}

const toKept = (row: Record<string, unknown>): Kept => ({
  isWhole: Number(row['deleted']) <= Number(row['place']),
  from: { generation: Number(row['generation']), position: Number(row['deleted']) },
});

/**
 * Selects where reading resumes after a place, and the highest deleted position, which tells whether events are missing there.
 */
const placeOf = (tenantId: string, after: LogPosition) => sql`place as materialized (
    select least(${after.position}::bigint, (select min(first_position) - 1 from event_generations
        where log = ${sql.raw(String(LOG))} and generation > ${after.generation}::integer)) as place,
      coalesce((select deleted_position from event_retentions where tenant_id = ${tenantId}::uuid), 0) as deleted,
      coalesce((select max(generation) from event_generations where log = ${sql.raw(String(LOG))}), 0) as generation
  )`;

/** Reads what retention left for a subscriber that has seen everything up to a place. */
export async function readKept(db: Database, tenantId: string, after: LogPosition): Promise<Kept> {
  const query = sql<Record<string, unknown>>`with ${placeOf(tenantId, after)} select * from place`;
  const { rows } = await db.detached(() => query.execute(db.read()));
  return toKept(rows[0]!);
}

/** Events of one tenant after a place and up to another, for a subscriber that reads the log. */
export interface TenantPage {
  /** Read in the same statement as the events. */
  readonly kept: Kept;
  readonly matching: readonly { readonly position: number; readonly event: SecurityEvent }[];
  /** Last position read, matching or not; null when there was none. */
  readonly lastPosition: number | null;
}

/**
 * Reads the next 500 positions of a tenant. The filter is applied after that bound, so that a rare match costs many short
 * statements instead of one long one.
 */
export async function readTenantPage(
  db: Database,
  tenantId: string,
  filter: CompiledFilter,
  after: LogPosition,
  upTo: number,
): Promise<TenantPage> {
  const query = sql<Record<string, unknown>>`with ${placeOf(tenantId, after)},
    page as materialized (
      select p.position, p.event_id from event_positions p
      where p.tenant_id = ${tenantId}::uuid and p.position <= ${upTo}::bigint and p.position > (select place from place)
      order by p.position limit ${sql.raw(String(READ_PAGE))}
    )
    select place.place, place.deleted, place.generation, page.position as "atPosition", ${sql.raw(EVENT_SELECT_LIST)}
    from place left join page on true
    left join lateral (select * from security_events e
      where e.tenant_id = ${tenantId}::uuid and e.id = page.event_id and ${filter.condition} limit 1) e on true
    order by page.position`;
  const { rows } = await db.detached(() => query.execute(db.read()));
  const matching = rows.flatMap(({ place: _, deleted: __, generation: ___, atPosition, ...event }) =>
    event['id'] === null ? [] : [{ position: Number(atPosition), event: event as unknown as SecurityEvent }],
  );
  const last = rows.at(-1)!['atPosition'];
  return { kept: toKept(rows[0]!), matching, lastPosition: last === null ? null : Number(last) };
}
