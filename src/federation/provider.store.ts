import { LockMode } from '@mikro-orm/core';
import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { isUuid } from '../kernel/index.ts';
import {
  allOf,
  columnsOf,
  type Database,
  lockName,
  narrowedPage,
  type PageKey,
  type PageRequest,
  type PageResult,
  pageAt,
  testing,
} from '../persistence/index.ts';
import { type FederationLinkEntity, type FederationProvider, FederationProviderEntity } from './federation.entity.ts';

type Tables = InferKyselyDB<typeof FederationProviderEntity> & InferKyselyDB<typeof FederationLinkEntity>;

/** What a list of providers can be narrowed by. */
export interface ProviderFilter {
  readonly name?: string;
  readonly type?: string;
  readonly enabled?: boolean;
}

const BY_NAME: readonly PageKey[] = [{ column: 'name', property: 'name', type: 'text' }];

/** The only queries on federation providers. */
export class FederationProviderStore {
  readonly #db: Database;
  readonly #columns = columnsOf(FederationProviderEntity, 'federation_providers');

  constructor(db: Database) {
    this.#db = db;
  }

  #select(tenantId: string) {
    return (this.#db.read() as Kysely<Tables>)
      .selectFrom('federation_providers')
      .select(this.#columns)
      .where('federation_providers.tenant_id', '=', tenantId);
  }

  async findById(tenantId: string, id: string): Promise<FederationProvider | null> {
    return (await this.findMany(tenantId, [id])).get(id.toLowerCase()) ?? null;
  }

  /** Providers by id; what is unknown, or no UUID, is missing from the result. */
  async findMany(tenantId: string, ids: readonly string[]): Promise<Map<string, FederationProvider>> {
    const uuids = ids.filter(isUuid);
    if (uuids.length === 0) return new Map();
    const rows = (await this.#select(tenantId)
      .where(sql<boolean>`federation_providers.id = any(${uuids}::uuid[])`)
      .execute()) as FederationProvider[];
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** By its name, which is unique in the tenant. */
  async findByName(tenantId: string, name: string): Promise<FederationProvider | null> {
    return ((await this.#select(tenantId).where('name', '=', name).executeTakeFirst()) ??
      null) as FederationProvider | null;
  }

  /** Whether the tenant has a provider of one of these types and names. */
  async hasAnyOf(tenantId: string, providers: readonly Pick<FederationProvider, 'type' | 'name'>[]): Promise<boolean> {
    if (providers.length === 0) return false;
    const names = providers.map(({ name }) => name);
    const rows = await this.#select(tenantId).where('name', 'in', names).execute();
    return rows.some((row) => providers.some(({ type, name }) => row.type === type && row.name === name));
  }

  /** Providers in the order of their names. */
  page(tenantId: string, filter: ProviderFilter, request: PageRequest): Promise<PageResult<FederationProvider>> {
    const { name, type, enabled } = filter;
    const narrowing = allOf([
      ...(name === undefined ? [] : [testing(sql<boolean>`federation_providers.name = ${name}`)]),
      ...(type === undefined ? [] : [testing(sql<boolean>`federation_providers.type = ${type}`)]),
      ...(enabled === undefined ? [] : [testing(sql<boolean>`federation_providers.enabled = ${enabled}`)]),
    ]);
    const table = 'federation_providers';
    const list = { query: this.#select(tenantId), table, columns: this.#columns, id: `${table}.id` };
    const read = (part: PageRequest) => narrowedPage<FederationProvider>(this.#db, list, narrowing, BY_NAME, part);
    return pageAt(request, read, read);
  }

  /** The entity to change, inside a unit of work; locked until it ends. */
  async lock(tenantId: string, id: string): Promise<FederationProvider | null> {
    if (!isUuid(id)) return null;
    return this.#db.em.findOne(FederationProviderEntity, { tenantId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  /** Lets one transaction after another add providers of a tenant, so that their number can be limited. */
  async lockAll(tenantId: string): Promise<void> {
    await lockName(this.#db, `providers ${tenantId}`);
  }

  /** How many providers the tenant has. */
  async count(tenantId: string): Promise<number> {
    const row = await (this.#db.read() as Kysely<Tables>)
      .selectFrom('federation_providers')
      .select(sql<number>`count(*)`.as('total'))
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst();
    return Number(row?.total ?? 0);
  }

  create(provider: FederationProvider): FederationProvider {
    return this.#db.em.create(FederationProviderEntity, provider);
  }

  /** Deletes the provider with its links and their tokens. */
  async delete(tenantId: string, id: string): Promise<void> {
    await (this.#db.read() as Kysely<Tables>)
      .deleteFrom('federation_providers')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute();
  }

  /** How many accounts are linked through the provider. */
  async countLinks(tenantId: string, id: string): Promise<number> {
    const row = await (this.#db.read() as Kysely<Tables>)
      .selectFrom('federation_links')
      .select(sql<number>`count(*)`.as('total'))
      .where('tenant_id', '=', tenantId)
      .where('provider_id', '=', id)
      .executeTakeFirst();
    return Number(row?.total ?? 0);
  }
}
