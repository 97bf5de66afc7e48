import type { Authority } from '../access/index.ts';
import type { Database } from '../persistence/index.ts';
import type { ImportStore } from './import.store.ts';
import type { IfExists, ImportRow, RowKind } from './import-row.ts';
import { partsOf, TENANT, thingKey, wholeOf } from './parts.ts';
import { digestOfKey, type RowDigest } from './row-digest.ts';
import { type RowWriters, writerOf } from './row-writer.ts';

/** A row with its digest. */
export interface PendingRow {
  readonly row: ImportRow;
  readonly digest: RowDigest;
}

export interface RepeatedRowsDeps {
  readonly db: Database;
  readonly store: Pick<ImportStore, 'forget' | 'known'>;
  readonly writers: RowWriters;
}

/** Kinds of rows that may have secrets: whether a guess is the one that was imported, nobody learns who changes nothing. */
const WITH_SECRETS: ReadonlySet<RowKind> = new Set(['settings', 'client', 'provider', 'user']);

/** Tells which rows an import has written before, so that they need not be written again. */
export class RepeatedRows {
  readonly #deps: RepeatedRowsDeps;

  constructor(deps: RepeatedRowsDeps) {
    this.#deps = deps;
  }

  /**
   * Those of rows that an import has written with the same content, and of kinds with secrets, where nothing is overwritten, whatever their
   * content. Rows whose things were deleted since are not among them, nor those that bring parts of such things.
   */
  async among(authority: Authority, rows: readonly PendingRow[], ifExists: IfExists): Promise<ReadonlySet<PendingRow>> {
    const { id } = authority.tenant;
    const known = await this.#deps.store.known(
      id,
      rows.map(({ digest }) => digest),
    );
    const repeated = rows.filter(({ row, digest }) => {
      const isSame = known.get(digest);
      return isSame === true || (isSame === false && ifExists === 'skip' && WITH_SECRETS.has(row.kind));
    });
    const gone = await this.#gone(authority, repeated);
    await this.#forgetParts(id, gone);
    return new Set(repeated.filter((one) => !gone.has(one)));
  }

  /** Those of rows whose things are not there any more, or the things that they bring parts of. */
  async #gone(authority: Authority, rows: readonly PendingRow[]): Promise<ReadonlySet<PendingRow>> {
    const gone = new Set<PendingRow>();
    for (const [kind, own] of Map.groupBy(rows, ({ row }) => wholeOf(row.kind) ?? row.kind)) {
      if (kind === TENANT) continue;
      const there = await this.#there(
        authority,
        kind,
        own.map(({ row }) => row),
      );
      for (const one of own) if (!there.has(one.row)) gone.add(one);
    }
    return gone;
  }

  /** @param kind The kind of the things, which rows are about or bring parts of. */
  async #there(authority: Authority, kind: RowKind, rows: readonly ImportRow[]): Promise<ReadonlySet<object>> {
    const writer = writerOf(this.#deps.writers, kind);
    if (writer.there !== undefined) return writer.there(authority, rows);
    const there = new Set<object>();
    for (const own of Map.groupBy(rows, (row) => thingKey(kind, row)).values())
      if ((await writer.find(authority, own[0]!)) !== null) for (const row of own) there.add(row);
    return there;
  }

  /** What is made anew has none of its parts, which come later. */
  async #forgetParts(tenantId: string, gone: ReadonlySet<PendingRow>): Promise<void> {
    const parts = [...gone].flatMap(({ row: { kind, owner, name } }) =>
      partsOf(kind).map((part) => digestOfKey(thingKey(part, { owner, name }))),
    );
    if (parts.length > 0) await this.#deps.db.transaction(() => this.#deps.store.forget(tenantId, parts));
  }
}
