import type { Authority, PermissionGrant } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import { type Clock, invalidField, kernelErrors, newId } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import { assertFewPasswords, halves, MAX_EVENTS, MAX_ROWS, toBatches, toRuns } from './batches.ts';
import type { Import } from './import.entity.ts';
import { importErrors } from './import.errors.ts';
import { importEvents } from './import.events.ts';
import type { ImportStore } from './import.store.ts';
import type { IfExists, ImportRow, RowFault, RowKind, RowOutcome, WrittenRow } from './import-row.ts';
import { MadeThings, TENANT, thingKey, wholeOf } from './parts.ts';
import { isOfTheRow, nameOf, toRefused } from './refused-row.ts';
import { type PendingRow, RepeatedRows } from './repeated-rows.ts';
import { digestOfKey, type RowDigester } from './row-digest.ts';
import { type Existing, type RowWriter, type RowWriters, writerOf } from './row-writer.ts';
import { hasChanged, withFaults, withRows } from './tally.ts';

export interface ImportServiceDeps {
  readonly db: Database;
  readonly store: ImportStore;
  readonly digester: RowDigester;
  readonly writers: RowWriters;
  /** How many groups new users of a tenant join, which is an event each. */
  readonly countDefaultGroups: (tenantId: string) => Promise<number>;
  readonly events: EventLog;
  readonly clock: Clock;
  /** Takes errors that fail no request. */
  readonly onError: (error: unknown) => void;
}

/** What is done about things that are there. */
interface WriteOptions {
  readonly ifExists: IfExists | 'fail';
  readonly made: MadeThings;
  /** Whether a thing counts as there where another one has what only one can have. */
  readonly countsRivals: boolean;
}

/** A row with what happened to it. */
type Result = readonly [ImportRow, WrittenRow];

/** State of an import; `interrupted`: nothing was written for ten minutes, so its writer has probably ended. */
export type ImportState = 'running' | 'interrupted' | 'complete' | 'reported';

/** The longest request of an import takes a few seconds. */
const IDLE_MS = 10 * 60 * 1_000;

/**
 * Imports what another service exported into a tenant, row by row, by the services of each noun. A row that was written before with the
 * same content changes nothing, so that an import that was interrupted completes when it is begun again.
 */
export class ImportService {
  readonly #deps: ImportServiceDeps;
  readonly #repeated: RepeatedRows;

  constructor(deps: ImportServiceDeps) {
    this.#deps = deps;
    this.#repeated = new RepeatedRows(deps);
  }

  /** The import with this id, or null. */
  find({ tenant }: Authority, id: string): Promise<Import | null> {
    return this.#deps.store.find(tenant.id, id);
  }

  /** The state of an import at this moment. Rows can still be written to one that was interrupted. */
  stateOf({ endedAt, state, updatedAt }: Import): ImportState {
    if (endedAt != null) return state as ImportState;
    return this.#deps.clock.now().getTime() - updatedAt.getTime() > IDLE_MS ? 'interrupted' : 'running';
  }

  /**
   * Begins an import.
   * @param ifExists What happens to things that are there already. Default: they stay as they are.
   * @param hasMadeTenant Whether the tenant was made for this import, so that its settings are those of the import. Default: no.
   */
  begin({ tenant }: Authority, ifExists: IfExists = 'skip', hasMadeTenant = false): Promise<Import> {
    const { clock, db, store } = this.#deps;
    const now = clock.now();
    return db.transaction(async () =>
      store.create({
        tenantId: tenant.id,
        id: newId(),
        state: 'running',
        ifExists,
        tallies: hasMadeTenant ? { [TENANT]: { added: 1 } } : {},
        faults: [],
        faultCount: 0,
        createdAt: now,
        updatedAt: now,
        endedAt: null,
      }),
    );
  }

  /** Whether the tenant was made for an import. */
  isMadeByImport({ tenant }: Authority): Promise<boolean> {
    return this.#deps.store.isMadeByImport(tenant.id);
  }

  /**
   * Writes rows, each after those that it names. Units of work have at most 1,000 rows and cause at most 5,000 events. A row that a rule
   * refuses is reported, and the others are written. With `skip`, parts of things are written where this import made the whole, or one
   * that was interrupted before it.
   * @returns The rows in their order.
   * @throws FORBIDDEN The caller lacks a permission that rows of a kind take. Nothing is written.
   * @throws INVALID_INPUT More than 50 rows have a password in plain text.
   * @throws IMPORT_NOT_FOUND, IMPORT_ENDED
   */
  async write(authority: Authority, importId: string, rows: readonly ImportRow[]): Promise<WrittenRow[]> {
    const { digester } = this.#deps;
    this.#assertMayWrite(authority, rows);
    assertFewPasswords(rows);
    const { ifExists, tallies } = await this.#open(authority, importId);
    const pending = rows.map((row) => ({ row, digest: digester.digest(row) }));
    const repeated = await this.#repeated.among(authority, pending, ifExists as IfExists);
    const isNew = (one: PendingRow): boolean => !repeated.has(one);
    const prepared = await this.#prepare(authority, pending.filter(isNew));
    const eventsOf = await this.#eventCounter(authority);
    const results = new Map<ImportRow, WrittenRow>([
      ...prepared.refused,
      ...pending.filter((one) => !isNew(one)).map(({ row }) => [row, this.#written(row, 'same', null)] as const),
    ]);
    await this.report(authority, importId, [...results.values()]);
    for (const batch of toBatches(prepared.ready, ({ row }) => eventsOf(row)))
      for (const [row, written] of await this.#writeAll(authority, importId, batch, ifExists as IfExists))
        results.set(row, written);
    const written = rows.map((row) => results.get(row)!);
    await this.#refreshStatistics(tallies, written);
    return written;
  }

  /**
   * Writes rows in one unit of work, all or none, whatever was imported before; no import keeps account of them. Users count as there where
   * others have their e-mail addresses, unless they are overwritten.
   * @param ifExists `fail`: a thing that is there already refuses all rows, unless the service made it.
   * @returns The rows in their order; or the row that refused all of them, alone, and nothing is written.
   * @throws FORBIDDEN The caller lacks a permission that rows of a kind take.
   * @throws INVALID_INPUT More than 1,000 rows, or rows that cause more than 5,000 events, or more than 50 passwords in plain text.
   */
  async writeTogether(
    authority: Authority,
    rows: readonly ImportRow[],
    ifExists: IfExists | 'fail',
  ): Promise<WrittenRow[]> {
    this.#assertMayWrite(authority, rows);
    if (rows.length > MAX_ROWS) throw invalidField('input.rows', 'LIST_TOO_LONG', `At most ${MAX_ROWS} rows at once.`);
    assertFewPasswords(rows);
    await this.#assertFewEvents(authority, rows);
    let [current] = rows;
    try {
      for (current of rows) await this.#writerOf(current).prepare?.(authority, current);
      return await this.#deps.db.transaction(async () => {
        const written: WrittenRow[] = [];
        const options = { ifExists, made: new MadeThings(), countsRivals: ifExists !== 'overwrite' };
        for (current of rows) written.push(await this.#writeOne(authority, current, options));
        return written;
      });
    } catch (error) {
      if (current === undefined) throw error;
      return [toRefused(current, error)];
    }
  }

  /** Counts rows that were not written, and keeps what could not be taken over. @throws IMPORT_NOT_FOUND, IMPORT_ENDED */
  async report(
    authority: Authority,
    importId: string,
    rows: readonly WrittenRow[],
    others: readonly RowFault[] = [],
  ): Promise<void> {
    if (rows.length === 0 && others.length === 0) return;
    await this.#deps.db.transaction(() => this.#count(authority, importId, rows, others));
  }

  /**
   * Ends an import; one event, where it has changed anything.
   * @throws IMPORT_NOT_FOUND, IMPORT_ENDED
   */
  finish(authority: Authority, importId: string): Promise<Import> {
    const { clock, db, events } = this.#deps;
    return db.transaction(async () => {
      const row = await this.#lock(authority, importId);
      row.state = (row.faultCount ?? 0) > 0 ? 'reported' : 'complete';
      row.updatedAt = clock.now();
      row.endedAt = row.updatedAt;
      if (hasChanged(row.tallies))
        events.record(authority.caller, authority.tenant, {
          type: importEvents['import.completed'],
          params: { importId, tallies: row.tallies, faults: row.faultCount },
        });
      return row;
    });
  }

  /** @param tallies Of the import before these rows. */
  async #refreshStatistics(tallies: Import['tallies'], written: readonly WrittenRow[]): Promise<void> {
    const isNewUser = ({ kind, outcome }: WrittenRow): boolean => kind === 'user' && outcome === 'added';
    const added = written.filter(isNewUser).length;
    if (added === 0) return;
    // Statistics only make later statements fast, and the rows are written.
    await this.#deps.store
      .refreshStatistics((tallies?.['user']?.added ?? 0) + added)
      .catch((error: unknown) => this.#deps.onError(error));
  }

  /** Counts the most events that a row causes in this tenant. */
  async #eventCounter({ tenant }: Authority): Promise<(row: ImportRow) => number> {
    const joined = await this.#deps.countDefaultGroups(tenant.id);
    return (row) => this.#writerOf(row).events(row) + (row.kind === 'user' ? joined : 0);
  }

  /** @throws INVALID_INPUT */
  async #assertFewEvents(authority: Authority, rows: readonly ImportRow[]): Promise<void> {
    const eventsOf = await this.#eventCounter(authority);
    const events = rows.reduce((sum, row) => sum + eventsOf(row), 0);
    if (events > MAX_EVENTS)
      throw invalidField('input.rows', 'LIST_TOO_LONG', `The rows cause more than ${MAX_EVENTS} changes.`);
  }

  #assertMayWrite(authority: Authority, rows: readonly ImportRow[]): void {
    const kinds = new Set(rows.map(({ kind }) => kind));
    const needs = [...kinds].flatMap((kind) => this.#deps.writers[kind].needs);
    const grants = needs.map((permission): PermissionGrant => ({ permission, reach: 'tenant' }));
    if (!authority.holds(grants)) throw kernelErrors.FORBIDDEN({ detail: 'may not write all kinds of the rows' });
  }

  #writerOf({ kind }: { readonly kind: RowKind }): RowWriter<RowKind> {
    return writerOf(this.#deps.writers, kind);
  }

  /** A row that was not refused, with what of it cannot be read. */
  #written(row: ImportRow, outcome: RowOutcome, id: string | null): WrittenRow {
    return { ...nameOf(row), outcome, id, faults: this.#writerOf(row).faults?.(row) ?? [] };
  }

  async #prepare(
    authority: Authority,
    rows: readonly PendingRow[],
  ): Promise<{ readonly ready: PendingRow[]; readonly refused: Result[] }> {
    const ready: PendingRow[] = [];
    const refused: Result[] = [];
    for (const one of rows)
      try {
        await this.#writerOf(one.row).prepare?.(authority, one.row);
        ready.push(one);
      } catch (error) {
        refused.push([one.row, toRefused(one.row, error)]);
      }
    return { ready, refused };
  }

  /** Writes rows in one unit of work. When one of them is refused, each half is tried alone, until the refused one is left. */
  async #writeAll(
    authority: Authority,
    importId: string,
    rows: readonly PendingRow[],
    ifExists: IfExists,
  ): Promise<Result[]> {
    try {
      return await this.#writeBatch(authority, importId, rows, ifExists);
    } catch (error) {
      const [first] = rows;
      if (!isOfTheRow(error) || first === undefined) throw error;
      if (rows.length === 1) {
        const refused = toRefused(first.row, error);
        await this.report(authority, importId, [refused]);
        return [[first.row, refused]];
      }
      const [before, after] = halves(rows);
      return [
        ...(await this.#writeAll(authority, importId, before, ifExists)),
        ...(await this.#writeAll(authority, importId, after, ifExists)),
      ];
    }
  }

  #writeBatch(
    authority: Authority,
    importId: string,
    rows: readonly PendingRow[],
    ifExists: IfExists,
  ): Promise<Result[]> {
    const { clock, db, store } = this.#deps;
    return db.transaction(async () => {
      const written: (readonly [PendingRow, WrittenRow])[] = [];
      const options = { ifExists, made: await this.#madeBefore(authority, importId, rows), countsRivals: false };
      for (const run of toRuns(rows, ({ row }) => row.kind)) {
        const added = await this.#addMany(
          authority,
          run.map(({ row }) => row),
        );
        for (const one of run) {
          const id = added.get(one.row);
          const result =
            id === undefined ? await this.#writeOne(authority, one.row, options) : this.#written(one.row, 'added', id);
          written.push([one, result]);
        }
      }
      await store.remember(
        authority.tenant.id,
        written.flatMap(([{ row, digest }, { outcome }]) =>
          outcome === 'skipped' ? [] : [{ ...digest, kind: row.kind }],
        ),
        clock.now(),
      );
      await this.#count(
        authority,
        importId,
        written.map(([, result]) => result),
      );
      return written.map(([{ row }, result]) => [row, result] as const);
    });
  }

  /** Makes what can be made together. @param rows Of one kind. @returns The ids of what was made. */
  async #addMany(authority: Authority, rows: readonly ImportRow[]): Promise<ReadonlyMap<object, string>> {
    const [first] = rows;
    if (first === undefined) return new Map();
    return (await this.#writerOf(first).addMany?.(authority, rows)) ?? new Map();
  }

  /** The things that this import made before, or one that was interrupted, of those that rows bring parts of. */
  async #madeBefore(authority: Authority, importId: string, rows: readonly PendingRow[]): Promise<MadeThings> {
    const kinds = rows.map(({ row }) => wholeOf(row.kind));
    if (kinds.every((kind) => kind === null)) return new MadeThings();
    const wholes = rows.flatMap(({ row }, at) => {
      const kind = kinds[at];
      return kind == null || kind === TENANT ? [] : [thingKey(kind, row)];
    });
    const digests = wholes.map(digestOfKey);
    const { isTenantMade, made } = await this.#deps.store.madeBy(authority.tenant.id, importId, digests);
    const keys = wholes.filter((_, at) => made.has(digests[at]!));
    return new MadeThings(isTenantMade ? [TENANT, ...keys] : keys);
  }

  /** @throws CONFLICT The thing is there already, and `ifExists` is `fail`. */
  async #writeOne(
    authority: Authority,
    row: ImportRow,
    { ifExists, made, countsRivals }: WriteOptions,
  ): Promise<WrittenRow> {
    const writer = this.#writerOf(row);
    const existing = await writer.find(authority, row);
    if (existing?.isBuiltin === true) return this.#written(row, 'skipped', existing.id);
    if (existing === null && countsRivals && (await writer.hasRival?.(authority, row)) === true) {
      if (ifExists === 'fail') throw kernelErrors.CONFLICT();
      return this.#written(row, 'skipped', null);
    }
    const there = existing ?? (await this.#findWhole(authority, row, made));
    if (there === null) {
      const id = await writer.add(authority, row);
      made.add(row.kind, row);
      return this.#written(row, 'added', id);
    }
    if (ifExists === 'overwrite') {
      await writer.change(authority, there.id, row);
      return this.#written(row, 'changed', there.id);
    }
    if (ifExists === 'fail' && !there.isBuiltin) throw kernelErrors.CONFLICT();
    return this.#written(row, 'skipped', there.id);
  }

  /** The thing that a row brings a part of, where it was there before; null: it was not, or the row brings no part. */
  async #findWhole(authority: Authority, row: ImportRow, made: MadeThings): Promise<Existing | null> {
    const kind = wholeOf(row.kind);
    if (kind === null || made.has(kind, row)) return null;
    if (kind === TENANT) return { id: authority.tenant.id, isBuiltin: false };
    return this.#writerOf({ kind }).find(authority, row);
  }

  /** Inside a unit of work. */
  async #count(
    authority: Authority,
    importId: string,
    rows: readonly WrittenRow[],
    others: readonly RowFault[] = [],
  ): Promise<void> {
    const row = await this.#lock(authority, importId);
    const faults = [...others, ...rows.flatMap((one) => one.faults)];
    row.tallies = withRows(row.tallies, rows);
    row.faults = withFaults(row.faults ?? [], faults);
    row.faultCount = (row.faultCount ?? 0) + faults.length;
    row.updatedAt = this.#deps.clock.now();
  }

  async #open(authority: Authority, importId: string): Promise<Import> {
    return assertRunning(await this.#deps.store.find(authority.tenant.id, importId));
  }

  async #lock(authority: Authority, importId: string): Promise<Import> {
    return assertRunning(await this.#deps.store.lock(authority.tenant.id, importId));
  }
}

/** @throws IMPORT_NOT_FOUND, IMPORT_ENDED */
function assertRunning(row: Import | null): Import {
  if (row === null) throw importErrors.IMPORT_NOT_FOUND();
  if (row.endedAt != null) throw importErrors.IMPORT_ENDED();
  return row;
}
