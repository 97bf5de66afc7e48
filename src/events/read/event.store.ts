import { sql } from 'kysely';
import { isUuid } from '../../kernel/index.ts';
import {
  type ColumnSet,
  type Database,
  firstPage,
  narrowedPage,
  type PageKey,
  type PageRequest,
  type PageResult,
} from '../../persistence/index.ts';
import type { EventCatalogue } from '../record/catalogue.ts';
import type { CursorCodec } from '../record/cursor.ts';
import type { SecurityEvent } from '../record/event.ts';
import { EVENT_ROWS, EVENT_SELECT_LIST } from '../record/event-columns.ts';
import { LOG } from '../sequence/sequencing.ts';
import { type EventFilter, subjectFilter, toListFilter } from './event-filter.ts';
import { SubjectReader } from './subject-reader.ts';

interface EventTables {
  security_events: { tenant_id: string; id: string; occurred_at: Date };
}

const BY_ID: readonly PageKey[] = [{ column: 'e.id', property: 'id', type: 'uuid' }];

/** Reads the log as history, newest first. */
export class EventStore {
  readonly #db: Database;
  readonly #cursors: CursorCodec;
  readonly #catalogue: EventCatalogue;
  readonly #subjects: SubjectReader;

  constructor(db: Database, cursors: CursorCodec, catalogue: EventCatalogue) {
    this.#catalogue = catalogue;
    this.#db = db;
    this.#subjects = new SubjectReader(db);
    this.#cursors = cursors;
  }

  /**
   * Reads a page of a tenant's events by id, which is the order in which they were made.
   * @param request `descending` defaults to true: newest first.
   * @param columns What is read of each event; null or absent: all. The newest events of an account are always read whole:
   *   as JSON, their other columns are a tenth of the request.
   * @throws INVALID_INPUT A cursor that is not of this list, or a page size out of range.
   */
  async page(
    tenantId: string,
    filter: EventFilter,
    request: PageRequest,
    columns: ColumnSet | null = null,
  ): Promise<PageResult<SecurityEvent>> {
    const newestFirst = { descending: true, ...request };
    const ofSubject = await this.#newestOfSubject(tenantId, filter, newestFirst);
    return ofSubject ?? this.#anyPage(tenantId, filter, newestFirst, columns);
  }

  /**
   * Answers the most frequent request, the newest events of one account; null for any other request, and when the types are
   * rare among the newest events of a busy account.
   */
  async #newestOfSubject(
    tenantId: string,
    filter: EventFilter,
    request: PageRequest,
  ): Promise<PageResult<SecurityEvent> | null> {
    const subject = request.descending === true ? subjectFilter(filter, this.#catalogue) : null;
    if (subject === null) return null;
    let isCut = false;
    const page = await firstPage(request, BY_ID, async (size) => {
      const events = await this.#subjects.newest({ tenantId, ...subject, size });
      isCut = events === null;
      return events ?? [];
    });
    return isCut ? null : page;
  }

  #anyPage(
    tenantId: string,
    filter: EventFilter,
    request: PageRequest,
    wanted: ColumnSet | null,
  ): Promise<PageResult<SecurityEvent>> {
    const { where, narrowing } = toListFilter(tenantId, filter, this.#catalogue);
    const { columns } = EVENT_ROWS.narrow(wanted);
    const query = this.#db
      .read<EventTables>()
      .selectFrom('security_events as e')
      .select(columns as never)
      .where(where);
    const list = { query, table: 'e', columns, id: 'e.id' };
    return narrowedPage<SecurityEvent>(this.#db, list, narrowing, BY_ID, request);
  }

  async findById(tenantId: string, id: string): Promise<SecurityEvent | null> {
    return (await this.findByIds(tenantId, [id])).get(id) ?? null;
  }

  /** The events with these ids, by id; ids without an event are left out. */
  async findByIds(tenantId: string, ids: readonly string[]): Promise<Map<string, SecurityEvent>> {
    const { rows } = await sql<SecurityEvent>`select ${sql.raw(EVENT_SELECT_LIST)} from security_events e
      where e.tenant_id = ${tenantId}::uuid and e.id = any(${ids.filter(isUuid)}::uuid[])`.execute(this.#db.read());
    return new Map(rows.map((event) => [event.id, event]));
  }

  /** The feed cursors of events, by id. An event has none until the sequencer has seen it, which takes a few milliseconds. */
  async feedCursors(tenantId: string, ids: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await sql<{ id: string; position: unknown; generation: unknown }>`
      select p.event_id as id, p.position,
        (select max(generation) from event_generations where log = ${sql.raw(String(LOG))}) as generation
      from event_positions p
      where p.tenant_id = ${tenantId}::uuid and p.event_id = any(${ids.filter(isUuid)}::uuid[])`.execute(
      this.#db.read(),
    );
    return new Map(
      rows.map(({ id, position, generation }) => [
        id,
        this.#cursors.encode(tenantId, { generation: Number(generation), position: Number(position) }),
      ]),
    );
  }
}
