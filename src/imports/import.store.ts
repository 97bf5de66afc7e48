import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { isUuid } from '../kernel/index.ts';
import { columnsOf, type Database } from '../persistence/index.ts';
import { type Import, ImportEntity } from './import.entity.ts';
import type { RowKind } from './import-row.ts';
import type { RowDigest } from './row-digest.ts';

/** A row that was written, as it is remembered. */
export interface RememberedRow extends RowDigest {
  readonly kind: RowKind;
}

const toHex = (bytes: Buffer): string => bytes.toString('hex');
const toHexKey = ({ key }: RowDigest): string => toHex(key);
const toHexHash = ({ contentHash }: RowDigest): string => toHex(contentHash);

/** So many users are read fast by any plan. */
const FEW_USERS = 500;

/** The only queries on imports and their rows. */
export class ImportStore {
  readonly #db: Database;
  readonly #columns = columnsOf(ImportEntity, 'imports');

  constructor(db: Database) {
    this.#db = db;
  }

  create(row: Import): Import {
    return this.#db.em.create(ImportEntity, row);
  }

  /** Null: there is none with this id. */
  async find(tenantId: string, id: string): Promise<Import | null> {
    if (!isUuid(id)) return null;
    const { rows } = await sql<Import>`
      select ${sql.join(this.#columns)} from imports
      where imports.tenant_id = ${tenantId}::uuid and imports.id = ${id}::uuid`.execute(this.#db.read());
    return rows[0] ?? null;
  }

  /** The import to change, inside a unit of work; locked until it ends. */
  async lock(tenantId: string, id: string): Promise<Import | null> {
    if (!isUuid(id)) return null;
    return this.#db.em.findOne(ImportEntity, { tenantId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  /** Those of the rows that were written before, each with whether its content is the same, by one statement. */
  async known(tenantId: string, rows: readonly RowDigest[]): Promise<ReadonlyMap<RowDigest, boolean>> {
    if (rows.length === 0) return new Map();
    const { rows: found } = await sql<{ place: number; isSame: boolean }>`
      select wanted.place::int as place, r.content_hash = decode(wanted.content_hash, 'hex') as "isSame"
      from unnest(${rows.map(toHexKey)}::text[], ${rows.map(toHexHash)}::text[])
        with ordinality as wanted (key, content_hash, place)
      join import_rows r on r.tenant_id = ${tenantId}::uuid and r.key = decode(wanted.key, 'hex')`.execute(
      this.#db.read(),
    );
    return new Map(found.map(({ place, isSame }) => [rows[place - 1]!, isSame]));
  }

  /** Forgets that rows were written, in the open unit of work. */
  async forget(tenantId: string, keys: readonly Buffer[]): Promise<void> {
    await sql`
      delete from import_rows where tenant_id = ${tenantId}::uuid
        and key in (select decode(hex, 'hex') from unnest(${keys.map(toHex)}::text[]) as hex)`.execute(this.#db.read());
  }

  /**
   * What an import made of the things with these keys, and whether it made the tenant. Imports that were interrupted since the
   * last one that ended count as the same one, because this import completes what they began.
   */
  async madeBy(
    tenantId: string,
    importId: string,
    keys: readonly Buffer[],
  ): Promise<{ readonly isTenantMade: boolean; readonly made: ReadonlySet<Buffer> }> {
    const { rows: found } = await sql<{ isTenantMade: boolean; places: number[] }>`
      with ended as (
        select max(created_at) as begun from imports where tenant_id = ${tenantId}::uuid and ended_at is not null
      ), running as (
        select min(i.created_at) as begun, bool_or(i.tallies #> '{tenant,added}' is not null) as "isTenantMade"
        from imports i, ended
        where i.tenant_id = ${tenantId}::uuid
          and (i.id = ${importId}::uuid or i.ended_at is null and (ended.begun is null or i.created_at > ended.begun))
      )
      select running."isTenantMade", array(
        select wanted.place::int
        from unnest(${keys.map(toHex)}::text[]) with ordinality as wanted (key, place)
        join import_rows r on r.tenant_id = ${tenantId}::uuid and r.key = decode(wanted.key, 'hex')
          and r.updated_at >= running.begun
      ) as places
      from running`.execute(this.#db.read());
    const { isTenantMade, places } = found[0]!;
    return { isTenantMade, made: new Set(places.map((place) => keys[place - 1]!)) };
  }

  /** Whether an import made the tenant. */
  async isMadeByImport(tenantId: string): Promise<boolean> {
    const { rows } = await sql<{ isMade: boolean }>`
      select exists (
        select from imports where tenant_id = ${tenantId}::uuid and tallies #> '{tenant,added}' is not null
      ) as "isMade"`.execute(this.#db.read());
    return rows[0]!.isMade;
  }

  /** Remembers rows that are written in the open unit of work, by one statement. Each row is there once. */
  async remember(tenantId: string, rows: readonly RememberedRow[], now: Date): Promise<void> {
    if (rows.length === 0) return;
    // Imports at the same moment take rows in the same order, so that they do not deadlock.
    const sorted = rows.toSorted((one, other) => one.key.compare(other.key));
    await sql`
      insert into import_rows (tenant_id, key, kind, content_hash, updated_at)
      select ${tenantId}::uuid, decode(wanted.key, 'hex'), wanted.kind, decode(wanted.content_hash, 'hex'), ${now}::timestamptz
      from unnest(${sorted.map(toHexKey)}::text[], ${sorted.map(({ kind }) => kind)}::text[],
        ${sorted.map(toHexHash)}::text[]) as wanted (key, kind, content_hash)
      on conflict (tenant_id, key) do update set content_hash = excluded.content_hash, updated_at = excluded.updated_at`.execute(
      this.#db.read(),
    );
  }

  /**
   * Lets PostgreSQL count its rows anew, outside any unit of work, where it knows of fewer than half of the users that an import added,
   * which are at least 500. A connection keeps the plans of its foreign keys, and a plan from when `users` was empty reads all users of
   * the tenant for each row that names one.
   */
  async refreshStatistics(added: number): Promise<void> {
    if (added < FEW_USERS) return;
    const { rows } = await sql<{ known: number }>`
      select reltuples::float8 as known from pg_class where oid = 'users'::regclass`.execute(this.#db.read());
    if (rows[0]!.known * 2 < added)
      await sql`analyze users, user_identifiers, credentials, group_members, role_grants, import_rows`.execute(
        this.#db.read(),
      );
  }
}
