import type { InferKyselyDB } from '@mikro-orm/sql';
import { sql } from 'kysely';
import type { UserRef } from '../access/index.ts';
import { isUuid } from '../kernel/index.ts';
import {
  columnsOf,
  type Database,
  defineStatement,
  keysetPage,
  lockName,
  type PageKey,
  type PageRequest,
  type PageResult,
} from '../persistence/index.ts';
import { ApiKeyEntity, type ApiKeyRow } from './api-key.entity.ts';

type Tables = InferKyselyDB<typeof ApiKeyEntity>;

/** A key as it is stored. */
export type ApiKey = Omit<ApiKeyRow, 'userId' | 'lastUsedAt'> & {
  readonly userId: string | null;
  readonly lastUsedAt: Date | null;
};

const COLUMNS = columnsOf(ApiKeyEntity, 'api_keys');
const SELECT = sql`select ${sql.join(COLUMNS)} from api_keys where api_keys.tenant_id = $1`;

const BY_ID = defineStatement<ApiKey>('api-key-by-id', sql`${SELECT} and api_keys.id = $2`);
const BY_HASH = defineStatement<ApiKey>('api-key-by-hash', sql`${SELECT} and api_keys.hash = $2`);
const LOCK = defineStatement<ApiKey>('api-key-lock', sql`${SELECT} and api_keys.id = $2 for update`);
const OF_USERS = defineStatement<ApiKey>(
  'api-keys-of-users',
  sql`${SELECT} and api_keys.user_id = any($2::text[]) order by api_keys.created_at desc, api_keys.id desc`,
);
const COUNT = defineStatement<{ total: string }>(
  'api-keys-of-owner',
  'select count(*) as total from api_keys where tenant_id = $1 and owner_user_id = $2 and owner_tenant_id = $3',
);
const INSERT = defineStatement<ApiKey>(
  'api-key-insert',
  sql`insert into api_keys (tenant_id, id, hash, owner_tenant_id, owner_user_id, name, scopes, own_scopes, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${sql.join(COLUMNS)}`,
);
const REPLACE_HASH = defineStatement<ApiKey>(
  'api-key-replace-hash',
  sql`update api_keys set hash = $3, last_used_at = null where tenant_id = $1 and id = $2 returning ${sql.join(COLUMNS)}`,
);
const NOTE_USE = defineStatement<object>(
  'api-key-note-use',
  `update api_keys set last_used_at = $4
  where tenant_id = $1 and id = $2 and hash = $3 and (last_used_at is null or last_used_at <= $5)`,
);
const DELETE = defineStatement<object>('api-key-delete', 'delete from api_keys where tenant_id = $1 and id = $2');

const NEWEST_FIRST: readonly PageKey[] = [
  { column: 'api_keys.created_at', property: 'createdAt', type: 'timestamptz' },
  { column: 'api_keys.id', property: 'id', type: 'uuid' },
];

/** The only queries on API keys. */
export class ApiKeyStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async findById(tenantId: string, id: string): Promise<ApiKey | null> {
    if (!isUuid(id)) return null;
    return (await this.#db.run(BY_ID, [tenantId, id]))[0] ?? null;
  }

  async findByHash(tenantId: string, hash: Buffer): Promise<ApiKey | null> {
    return (await this.#db.run(BY_HASH, [tenantId, hash]))[0] ?? null;
  }

  /** The key, locked until the unit of work ends. */
  async lock(tenantId: string, id: string): Promise<ApiKey | null> {
    if (!isUuid(id)) return null;
    return (await this.#db.run(LOCK, [tenantId, id]))[0] ?? null;
  }

  /** The keys that users have in their tenant, newest first. */
  async ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly ApiKey[]>> {
    const rows = await this.#db.run(OF_USERS, [tenantId, userIds]);
    return Map.groupBy(rows, ({ ownerUserId }) => ownerUserId);
  }

  /** Keys that act in a tenant, newest first. @param userId Only those of this user of the tenant; null: all. */
  page(tenantId: string, userId: string | null, request: PageRequest): Promise<PageResult<ApiKey>> {
    const all = this.#db
      .read<Tables>()
      .selectFrom('api_keys')
      .select(COLUMNS)
      .where('api_keys.tenant_id', '=', tenantId);
    const query = userId === null ? all : all.where('api_keys.user_id', '=', userId);
    return keysetPage<ApiKey>(this.#db, query, NEWEST_FIRST, { ...request, descending: true });
  }

  /** Lets one transaction after another add keys of an owner, so that their number can be limited. */
  async lockOwner(tenantId: string, owner: UserRef): Promise<void> {
    await lockName(this.#db, `api-keys ${tenantId} ${owner.tenantId} ${owner.userId}`);
  }

  /** How many keys of an owner act in a tenant. */
  async countOf(tenantId: string, owner: UserRef): Promise<number> {
    const [row] = await this.#db.run(COUNT, [tenantId, owner.userId, owner.tenantId]);
    return Number(row?.total);
  }

  async insert(key: Omit<ApiKey, 'userId' | 'lastUsedAt'>): Promise<ApiKey> {
    const { tenantId, id, hash, ownerTenantId, ownerUserId, name, scopes, ownScopes, createdAt } = key;
    const values = [tenantId, id, hash, ownerTenantId, ownerUserId, name, scopes, ownScopes, createdAt];
    return (await this.#db.run(INSERT, values))[0]!;
  }

  /** Gives a locked key another secret, which was not used yet. */
  async replaceHash(tenantId: string, id: string, hash: Buffer): Promise<ApiKey> {
    return (await this.#db.run(REPLACE_HASH, [tenantId, id, hash]))[0]!;
  }

  /** Notes a use, unless one was noted after `since`, or the key has another secret by now. */
  async noteUse(
    { tenantId, id, hash }: Pick<ApiKey, 'tenantId' | 'id' | 'hash'>,
    at: Date,
    since: Date,
  ): Promise<void> {
    await this.#db.run(NOTE_USE, [tenantId, id, hash, at, since]);
  }

  async delete(tenantId: string, id: string): Promise<void> {
    await this.#db.run(DELETE, [tenantId, id]);
  }

  /** Deletes up to `limit` keys of users of another tenant who were deleted; a foreign key deletes all others. */
  sweepOrphans(limit: number): Promise<number> {
    return this.#db.change(sql`
      delete from api_keys using (
        select k.tenant_id, k.id from api_keys k
        where k.user_id is null and not exists (
          select from users u where u.tenant_id = k.owner_tenant_id and u.id = k.owner_user_id)
        limit ${limit}
      ) gone
      where api_keys.tenant_id = gone.tenant_id and api_keys.id = gone.id`);
  }
}
