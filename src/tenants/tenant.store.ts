import { LockMode } from '@mikro-orm/core';
import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import {
  allOf,
  type ColumnSet,
  columnsOf,
  type Database,
  defineStatement,
  type NamedStatement,
  narrowedPage,
  type PageKey,
  type PageRequest,
  type PageResult,
  pageAt,
  RowColumns,
  testing,
} from '../persistence/index.ts';
import { effectiveSettings, type TenantSettingsPatch } from './settings.ts';
import { type Tenant, TenantEntity, type TenantHostEntity } from './tenant.entity.ts';

type Tables = InferKyselyDB<typeof TenantEntity> & InferKyselyDB<typeof TenantHostEntity>;

/** A statement of PostgreSQL has at most 65,535 parameters; the settings of 1000 tenants are some 5 MB at most. */
const IDS_A_STATEMENT = 1_000;

/** What a list of tenants can be narrowed by. */
export interface TenantFilter {
  readonly enabled?: boolean;
  readonly name?: string;
  /** Part of the name, ignoring case. */
  readonly nameContains?: string;
  /** What follows each name in the text of which `nameContains` is a part. Default: nothing. */
  readonly nameSuffix?: string;
  /** The only tenant the caller may see; absent = all. */
  readonly only?: string;
}

const BY_NAME: readonly PageKey[] = [{ column: 'lower("name")', property: 'foldedName', type: 'text' }];

/** A tenant of which only the columns that a reader asked for were read; only its key is known to be there. */
export type TenantKeys = Pick<Tenant, 'id'>;

/** A tenant as others name it. */
export type TenantName = Pick<Tenant, 'id' | 'name'>;

const COLUMNS = columnsOf(TenantEntity, 'tenants');
const LISTED = new RowColumns<Tenant>(TenantEntity, 'tenants');
const defineRead = (label: string, condition: RawBuilder<unknown>) =>
  defineStatement<Tenant>(
    label,
    sql`select ${sql.join(COLUMNS)} from tenants where deleted_at is null and ${condition}`,
  );
const TENANT_BY_ID = defineRead('tenant-by-id', sql`id = $1`);
/** The index ignores case, and no two names differ in case alone. */
const TENANT_BY_NAME = defineRead('tenant-by-name', sql`lower("name") = lower($1) and name = $1`);
const TENANT_BY_ROUTE = defineRead('tenant-by-route', sql`route = $1`);
const TENANT_BY_HOST = defineRead('tenant-by-host', sql`id = (select tenant_id from tenant_hosts where host = $1)`);

const NAMES = defineStatement<TenantName>(
  'tenant-names',
  sql<TenantName>`select id, name from tenants where deleted_at is null and id = any($1::uuid[])
    order by name collate "C" limit $2::int`,
);

/** The only queries on tenants. */
export class TenantStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  #select() {
    return (this.#db.read() as Kysely<Tables>).selectFrom('tenants').select(COLUMNS).where('deleted_at', 'is', null);
  }

  async findById(id: string): Promise<Tenant | null> {
    return this.#find(TENANT_BY_ID, id);
  }

  async findByName(name: string): Promise<Tenant | null> {
    return this.#find(TENANT_BY_NAME, name);
  }

  /** Whether any tenant has the name, ignoring case. */
  async isNameTaken(name: string): Promise<boolean> {
    return (
      (await this.#select().where(sql<string>`lower("name")`, '=', name.toLowerCase()).executeTakeFirst()) !== undefined
    );
  }

  /**
   * Names of those of some tenants that are not deleted, in the order of their characters.
   * @param most How many at most, the first ones; null: all.
   */
  namesOf(ids: readonly string[], most: number | null): Promise<readonly TenantName[]> {
    return this.#db.run(NAMES, [ids, most]);
  }

  async findByRoute(route: string): Promise<Tenant | null> {
    return this.#find(TENANT_BY_ROUTE, route);
  }

  async findByHost(host: string): Promise<Tenant | null> {
    return this.#find(TENANT_BY_HOST, host);
  }

  async #find(statement: NamedStatement<Tenant>, key: string): Promise<Tenant | null> {
    return (await this.#db.run(statement, [key]))[0] ?? null;
  }

  /** The hosts of each tenant, by name. */
  async hostsOf(tenantIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await (this.#db.read() as Kysely<Tables>)
      .selectFrom('tenant_hosts')
      .select(['tenant_id', 'host'])
      .where('tenant_id', 'in', [...tenantIds])
      .orderBy('host')
      .execute();
    const grouped = Map.groupBy(rows, ({ tenant_id }) => tenant_id);
    return new Map([...grouped].map(([id, hosts]) => [id, hosts.map(({ host }) => host)]));
  }

  /** Binds a host, inside a unit of work. @returns False when it is bound already, to whichever tenant. */
  async addHost(tenantId: string, host: string, now: Date): Promise<boolean> {
    const added = await (this.#db.read() as Kysely<Tables>)
      .insertInto('tenant_hosts')
      .values({ host, tenant_id: tenantId, created_at: now } as never)
      .onConflict((conflict) => conflict.doNothing())
      .returning('host')
      .execute();
    return added.length > 0;
  }

  /** Deletes one host of a tenant, or all, inside a unit of work. @returns How many there were. */
  async deleteHosts(tenantId: string, host?: string): Promise<number> {
    let query = (this.#db.read() as Kysely<Tables>).deleteFrom('tenant_hosts').where('tenant_id', '=', tenantId);
    if (host !== undefined) query = query.where('host', '=', host);
    return (await query.returning('host').execute()).length;
  }

  /**
   * Tenants in the order of their names, ignoring case, which is that of their index.
   * @param wanted What is read of them; null or absent: all.
   */
  page(filter: TenantFilter, request: PageRequest, wanted: ColumnSet | null = null): Promise<PageResult<Tenant>> {
    const { only, enabled, name, nameContains, nameSuffix = '' } = filter;
    const columns = sql`${LISTED.narrow(wanted).columns}, lower("name") as "foldedName"`;
    let query = (this.#db.read() as Kysely<Tables>)
      .selectFrom('tenants')
      .select(columns as never)
      .where('deleted_at', 'is', null);
    if (only !== undefined) query = query.where('id', '=', only);
    if (name !== undefined) query = query.where(sql<boolean>`lower("name") = lower(${name}) and name = ${name}`);
    const narrowing = allOf([
      ...(enabled === undefined ? [] : [testing(sql<boolean>`tenants.enabled = ${enabled}`)]),
      ...(nameContains === undefined
        ? []
        : [testing(sql<boolean>`position(${nameContains.toLowerCase()} in lower("name") || ${nameSuffix}) > 0`)]),
    ]);
    const list = { query, table: 'tenants', columns, id: 'tenants.id' };
    const read = (part: PageRequest) => narrowedPage<Tenant>(this.#db, list, narrowing, BY_NAME, part);
    return pageAt(request, read, read);
  }

  /** How many days tenants keep their security events, by id. Includes deleted tenants, whose events are kept as long. */
  async eventRetentionDays(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const days = new Map<string, number>();
    for (let at = 0; at < ids.length; at += IDS_A_STATEMENT) {
      const rows = await (this.#db.read() as Kysely<Tables>)
        .selectFrom('tenants')
        .select(['id', 'template', 'settings'])
        .where('id', 'in', ids.slice(at, at + IDS_A_STATEMENT))
        .execute();
      for (const { id, template, settings } of rows)
        days.set(id, effectiveSettings(template, settings as TenantSettingsPatch).eventRetentionDays);
    }
    return days;
  }

  /** The entity to change, inside a unit of work; locked until it ends. */
  async lock(id: string): Promise<Tenant | null> {
    return this.#db.em.findOne(TenantEntity, { id, deletedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  /**
   * Reads the tenant and locks its settings against changes until the open unit of work ends. Holders do not wait for each
   * other, only for a change that runs or waits, and a change waits for them. Uses an advisory lock, because it queues in
   * order of arrival; with a shared row lock, a steady flow of holders would keep a change waiting for ever.
   */
  async holdSettings(id: string): Promise<Tenant | null> {
    // Locks and reads in two statements: a single one would show the row as it was before it waited for the lock.
    await this.#lockSettings(id, sql`pg_advisory_xact_lock_shared`);
    return this.findById(id);
  }

  /** Waits for all holders of the tenant's settings, and makes new ones wait until the open unit of work ends. */
  lockSettings(id: string): Promise<void> {
    return this.#lockSettings(id, sql`pg_advisory_xact_lock`);
  }

  async #lockSettings(id: string, lock: RawBuilder<unknown>): Promise<void> {
    // The embedded database runs one transaction at a time.
    if (this.#db.isEmbedded) return;
    await sql`select ${lock}(hashtextextended(${`tenant-settings ${id}`}, 0))`.execute(this.#db.em.getKysely());
  }

  create(tenant: Tenant): Tenant {
    return this.#db.em.create(TenantEntity, tenant);
  }
}
