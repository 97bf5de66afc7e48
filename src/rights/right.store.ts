import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { columnsOf, type Database } from '../persistence/index.ts';
import type { StoredParty } from './parties.ts';
import { RightEntity, type RightRow } from './right.entity.ts';

type Tables = InferKyselyDB<typeof RightEntity>;

/** A stored right. */
export type StoredRight = Pick<
  RightRow,
  'tenantId' | 'subjectKind' | 'subjectId' | 'objectKind' | 'objectId' | 'name' | 'tags' | 'createdAt' | 'updatedAt'
>;

/** Whose rights, on what. */
export interface RightPair {
  readonly subject: StoredParty;
  readonly object: StoredParty;
}

const COLUMNS = [
  'tenantId',
  'subjectKind',
  'subjectId',
  'objectKind',
  'objectId',
  'name',
  'tags',
  'createdAt',
  'updatedAt',
] as const;

/** The only queries on rights. */
export class RightStore {
  readonly #db: Database;
  readonly #columns = columnsOf(RightEntity, 'rights', COLUMNS);

  constructor(db: Database) {
    this.#db = db;
  }

  get #sql(): Kysely<Tables> {
    return this.#db.read() as Kysely<Tables>;
  }

  #select(tenantId: string) {
    return this.#sql.selectFrom('rights').select(this.#columns).where('rights.tenant_id', '=', tenantId);
  }

  #pair(tenantId: string, pair: RightPair) {
    return this.#select(tenantId).where((rights) => rights.and(pairColumns(tenantId, pair)));
  }

  /** The rights that each subject of one kind holds, by object and name. */
  async ofSubjects(tenantId: string, kind: string, ids: readonly string[]): Promise<Map<string, StoredRight[]>> {
    if (ids.length === 0) return new Map();
    const rows = (await this.#select(tenantId)
      .where('subject_kind', '=', kind)
      .where('subject_id', 'in', [...ids])
      .orderBy('object_kind')
      .orderBy('object_id')
      .orderBy('name')
      .execute()) as StoredRight[];
    return Map.groupBy(rows, ({ subjectId }) => subjectId);
  }

  /** The rights held on each object of one kind, by subject and name. */
  async onObjects(tenantId: string, kind: string, ids: readonly string[]): Promise<Map<string, StoredRight[]>> {
    if (ids.length === 0) return new Map();
    const rows = (await this.#select(tenantId)
      .where('object_kind', '=', kind)
      .where('object_id', 'in', [...ids])
      .orderBy('subject_kind')
      .orderBy('subject_id')
      .orderBy('name')
      .execute()) as StoredRight[];
    return Map.groupBy(rows, ({ objectId }) => objectId);
  }

  /** What one subject holds on one object, by name. */
  async ofPair(tenantId: string, pair: RightPair): Promise<StoredRight[]> {
    return (await this.#pair(tenantId, pair).orderBy('name').execute()) as StoredRight[];
  }

  async has(tenantId: string, pair: RightPair, name: string): Promise<boolean> {
    return (await this.#pair(tenantId, pair).where('name', '=', name).executeTakeFirst()) !== undefined;
  }

  /** The rights of a pair with these names, locked until the unit of work ends. */
  async lock(tenantId: string, pair: RightPair, names: readonly string[]): Promise<StoredRight[]> {
    if (names.length === 0) return [];
    return (await this.#pair(tenantId, pair)
      .where('name', 'in', [...names])
      .orderBy('name')
      .forUpdate()
      .execute()) as StoredRight[];
  }

  /** Adds the rights that are not there yet. @returns Their names. */
  async insertMissing(
    tenantId: string,
    pair: RightPair,
    names: readonly string[],
    tags: readonly string[],
    now: Date,
  ): Promise<string[]> {
    if (names.length === 0) return [];
    const rows = await this.#sql
      .insertInto('rights')
      .values(
        names.map((name) => ({
          ...pairColumns(tenantId, pair),
          name,
          tags: sql`${[...tags]}::text[]`,
          created_at: now,
          updated_at: now,
        })) as never,
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning('name')
      .execute();
    return rows.map(({ name }) => name);
  }

  async setTags(tenantId: string, pair: RightPair, name: string, tags: readonly string[], now: Date): Promise<void> {
    await this.#sql
      .updateTable('rights')
      .set({ tags: sql`${[...tags]}::text[]`, updated_at: now } as never)
      .where((rights) => rights.and(pairColumns(tenantId, pair)))
      .where('name', '=', name)
      .execute();
  }

  async delete(tenantId: string, pair: RightPair, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await this.#sql
      .deleteFrom('rights')
      .where((rights) => rights.and(pairColumns(tenantId, pair)))
      .where('name', 'in', [...names])
      .execute();
  }

  /** How many rights the subject holds, and how many are held on the object. */
  async counts(
    tenantId: string,
    { subject, object }: RightPair,
  ): Promise<{ readonly ofSubject: number; readonly onObject: number }> {
    const count = () => this.#sql.selectFrom('rights').where('tenant_id', '=', tenantId);
    const total = sql<string>`count(*)`.as('total');
    const of = await count()
      .select(total)
      .where('subject_kind', '=', subject.kind)
      .where('subject_id', '=', subject.id)
      .executeTakeFirst();
    const on = await count()
      .select(total)
      .where('object_kind', '=', object.kind)
      .where('object_id', '=', object.id)
      .executeTakeFirst();
    return { ofSubject: Number(of?.total ?? 0), onObject: Number(on?.total ?? 0) };
  }
}

const pairColumns = (tenantId: string, { subject, object }: RightPair) => ({
  tenant_id: tenantId,
  subject_kind: subject.kind,
  subject_id: subject.id,
  object_kind: object.kind,
  object_id: object.id,
});
