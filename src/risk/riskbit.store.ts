import { LockMode } from '@mikro-orm/core';
import type { InferKyselyDB } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { isUuid } from '../kernel/index.ts';
import {
  allOf,
  columnsOf,
  type Database,
  narrowedPage,
  type PageKey,
  type PageRequest,
  type PageResult,
  testing,
} from '../persistence/index.ts';
import { type Riskbit, RiskbitEntity } from './riskbit.entity.ts';

type Tables = InferKyselyDB<typeof RiskbitEntity>;

/** What a list of riskbits can be narrowed by. */
export interface RiskbitFilter {
  readonly ratingLevel?: string;
  readonly operation?: string;
  readonly enabled?: boolean;
}

/** Which list of findings counts. */
export type RiskPlatform = 'android' | 'ios';

/** 500 rows of 11 values are 5,500 parameters; a statement may have 65,535. */
const ROWS_PER_INSERT = 500;

const BY_LEVEL: readonly PageKey[] = [
  { column: 'rating_level', property: 'ratingLevel', type: 'text' },
  { column: 'score', property: 'score', type: 'text' },
];

/** The only queries on riskbits. */
export class RiskbitStore {
  readonly #db: Database;
  readonly #columns = columnsOf(RiskbitEntity, 'riskbits');

  constructor(db: Database) {
    this.#db = db;
  }

  #select(tenantId: string) {
    return this.#db
      .read<Tables>()
      .selectFrom('riskbits')
      .select(this.#columns)
      .where('riskbits.tenant_id', '=', tenantId);
  }

  async findById(tenantId: string, id: string): Promise<Riskbit | null> {
    if (!isUuid(id)) return null;
    return ((await this.#select(tenantId).where('id', '=', id).executeTakeFirst()) ?? null) as Riskbit | null;
  }

  /** Riskbits by rating level, then score. */
  page(tenantId: string, filter: RiskbitFilter, request: PageRequest): Promise<PageResult<Riskbit>> {
    const { ratingLevel, operation, enabled } = filter;
    let query = this.#select(tenantId);
    if (ratingLevel !== undefined) query = query.where('rating_level', '=', ratingLevel);
    const narrowing = allOf([
      ...(operation === undefined ? [] : [testing(sql<boolean>`riskbits.operation = ${operation}`)]),
      ...(enabled === undefined ? [] : [testing(sql<boolean>`riskbits.enabled = ${enabled}`)]),
    ]);
    const list = { query, table: 'riskbits', columns: this.#columns, id: 'riskbits.id' };
    return narrowedPage<Riskbit>(this.#db, list, narrowing, BY_LEVEL, request);
  }

  /**
   * Enabled riskbits that list findings for the platform, by rating level, then score. SQL cannot decide which of them
   * match: it knows neither the form of the names nor every blank and letter that folding treats alike.
   */
  async findListing(tenantId: string, platform: RiskPlatform): Promise<Riskbit[]> {
    return (await this.#select(tenantId)
      .where('enabled', '=', true)
      .where(platform === 'ios' ? 'risk_ios' : 'risk_android', 'is not', null)
      .orderBy('rating_level')
      .orderBy('score')
      .execute()) as Riskbit[];
  }

  /**
   * Adds the riskbits whose rating level and score are not in use; of two equal ones in one call, the first.
   * @returns Ids of the added ones.
   */
  async insertFree(riskbits: readonly Riskbit[]): Promise<Set<string>> {
    const added = new Set<string>();
    for (let start = 0; start < riskbits.length; start += ROWS_PER_INSERT) {
      const rows = await this.#db
        .read<Tables>()
        .insertInto('riskbits')
        .values(riskbits.slice(start, start + ROWS_PER_INSERT).map(toColumns))
        .onConflict((conflict) => conflict.columns(['tenant_id', 'rating_level', 'score']).doNothing())
        .returning('id')
        .execute();
      for (const { id } of rows) added.add(id);
    }
    return added;
  }

  /** The entity to change, inside a unit of work; locked until it ends. */
  async lock(tenantId: string, id: string): Promise<Riskbit | null> {
    if (!isUuid(id)) return null;
    return this.#db.em.findOne(RiskbitEntity, { tenantId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  /** @returns What was deleted; null when there was nothing. */
  async delete(tenantId: string, id: string): Promise<Riskbit | null> {
    if (!isUuid(id)) return null;
    const row = await this.#db
      .read<Tables>()
      .deleteFrom('riskbits')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .returning(this.#columns)
      .executeTakeFirst();
    return (row ?? null) as Riskbit | null;
  }

  /** Deletes up to `limit` riskbits of the tenant. @returns What was deleted. */
  async deleteSome(tenantId: string, limit: number): Promise<Riskbit[]> {
    return (await this.#db
      .read<Tables>()
      .deleteFrom('riskbits')
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', (query) =>
        query.selectFrom('riskbits').select('id').where('tenant_id', '=', tenantId).orderBy('id').limit(limit),
      )
      .returning(this.#columns)
      .execute()) as Riskbit[];
  }
}

const toColumns = (row: Riskbit) => ({
  tenant_id: row.tenantId,
  id: row.id,
  rating_level: row.ratingLevel,
  score: row.score,
  risk: row.risk,
  risk_android: row.riskAndroid ?? null,
  risk_ios: row.riskIos ?? null,
  operation: row.operation,
  enabled: row.enabled,
  created_at: row.createdAt,
  updated_at: row.updatedAt,
});
