import { CompiledQuery } from 'kysely';
import { BatchReader, type Database, WALKED_AT_MOST } from '../../persistence/index.ts';
import type { SecurityEvent } from '../record/event.ts';
import { EVENT_JSON, readEvent, type WrittenEvent } from '../record/event-columns.ts';

/** The newest events of one subject. */
export interface SubjectQuery {
  readonly tenantId: string;
  readonly subjectId: string;
  /** Null for all. */
  readonly types: readonly string[] | null;
  /** Ids from this one on, and below the next member. */
  readonly fromId: string;
  readonly belowId: string;
  readonly size: number;
}

/** Most queries in one statement: 25 pages of 201 events at some 600 bytes are 3 MB. */
const MAX_BATCH = 25;

export const SMALLEST_ID = '00000000-0000-0000-0000-000000000000';
/** Larger than every UUIDv7. */
export const BEYOND_IDS = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Of the events of a subject, newest first. */
const OF_SUBJECT = `from security_events e
    where e.tenant_id = wanted.tenant_id and e.subject_id = wanted.subject_id
      and e.id >= wanted.from_id and e.id < wanted.below_id
    order by e.id desc`;

/**
 * Reads each page from the index, all pages in one round trip. A page arrives as JSON, which is parsed in a tenth of the time
 * that rows of 18 columns would take. Of a busy account, only the newest 10,000 events are compared with the types. Limits and offset
 * depend on `wanted`: for constant ones, PostgreSQL would read and sort all events of an account.
 */
const STATEMENT = `select page.events, $6::text[] is not null and json_array_length(page.events) < wanted.size
    and (select true ${OF_SUBJECT} offset greatest(wanted.size, ${WALKED_AT_MOST}) limit least(wanted.size, 1)) is not null as "isCut" from
  unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::int[]) with ordinality
    as wanted (tenant_id, subject_id, from_id, below_id, size, place)
  cross join lateral (select coalesce(json_agg(${EVENT_JSON} order by e.id desc), '[]'::json) as events from (
    select * from (select * ${OF_SUBJECT} limit greatest(wanted.size, ${WALKED_AT_MOST})) e
    where $6::text[] is null or e.type = any($6::text[])
    order by e.id desc limit wanted.size) e) page
  order by wanted.place`;

/**
 * Reads the newest events of single accounts, and answers requests that come at the same time with one statement. Measured
 * through a REST row with 64 readers and a million events in the log: a request for one event took 0.27 ms of CPU time, with a
 * statement each 0.77 ms; for 20 events 0.56 and 0.94 ms.
 */
export class SubjectReader {
  readonly #db: Database;
  readonly #batch: BatchReader<SubjectQuery, SecurityEvent[] | null>;

  constructor(db: Database) {
    this.#db = db;
    this.#batch = new BatchReader({
      max: MAX_BATCH,
      read: (queries) => this.#read(queries),
      // An empty list of types (no event matches) differs from null (every type matches).
      groupBy: ({ types }) => (types === null ? '*' : types.join()),
    });
  }

  /** Newest first; null when the newest 10,000 events of the subject have too few of the types, and there are older ones. */
  newest(query: SubjectQuery): Promise<SecurityEvent[] | null> {
    return this.#batch.ask(query);
  }

  /** @param queries All of the same types. */
  async #read(queries: readonly SubjectQuery[]): Promise<(SecurityEvent[] | null)[]> {
    const column = (name: keyof SubjectQuery) => queries.map((query) => query[name]);
    const parameters = [
      ...(['tenantId', 'subjectId', 'fromId', 'belowId', 'size'] as const).map(column),
      queries[0]!.types,
    ];
    const { rows } = await this.#db
      .read()
      .executeQuery<{ events: WrittenEvent[]; isCut: boolean }>(CompiledQuery.raw(STATEMENT, parameters));
    return rows.map(({ events, isCut }) => (isCut ? null : events.map(readEvent)));
  }
}
