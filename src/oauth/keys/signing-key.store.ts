import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { AGREEMENT_ALGORITHM, ENCRYPTION_ALGORITHM, type StoredKey } from '../../crypto/index.ts';
import { columnsOf, type Database, defineStatement, lockName } from '../../persistence/index.ts';
import { type SigningKey, SigningKeyEntity } from './signing-key.entity.ts';

type Tables = InferKyselyDB<typeof SigningKeyEntity>;

const COLUMNS = columnsOf(SigningKeyEntity, 'signing_keys');
const SELECT = sql`select ${sql.join(COLUMNS)} from signing_keys
  where tenant_id = $1`;
const PUBLISHED = defineStatement<SigningKey>(
  'signing-keys-published',
  sql`${SELECT} and (expires_at is null or expires_at > $2) order by active_from desc, kid`,
);
const BY_KID = defineStatement<SigningKey>('signing-key-by-kid', sql`${SELECT} and kid = $2`);

/** The only queries on signing keys. */
export class SigningKeyStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  #select(tenantId: string) {
    return (this.#db.read() as Kysely<Tables>)
      .selectFrom('signing_keys')
      .select(COLUMNS)
      .where('tenant_id', '=', tenantId);
  }

  /** Keys that will sign, sign or are still published, by `activeFrom`, latest first. */
  async findPublished(tenantId: string, now: Date): Promise<SigningKey[]> {
    return this.#db.run(PUBLISHED, [tenantId, now]);
  }

  async findByKid(tenantId: string, kid: string): Promise<SigningKey | null> {
    return (await this.#db.run(BY_KID, [tenantId, kid]))[0] ?? null;
  }

  /** The newest signing key of all tenants, with which the start checks the master key. Its private part stays encrypted. */
  async findNewest(): Promise<SigningKey | null> {
    const row = await (this.#db.read() as Kysely<Tables>)
      .selectFrom('signing_keys')
      .select(COLUMNS)
      .where('alg', 'not in', [ENCRYPTION_ALGORITHM, AGREEMENT_ALGORITHM])
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return (row ?? null) as SigningKey | null;
  }

  /** Locks the tenant's keys of this algorithm against other changes until the open unit of work ends. */
  async lock(tenantId: string, alg: StoredKey['alg']): Promise<void> {
    await lockName(this.#db, `signing-key ${tenantId} ${alg}`);
  }

  /** Whether a key of an algorithm is used, or will be, and has no successor. */
  async hasLast(tenantId: string, alg: StoredKey['alg']): Promise<boolean> {
    const row = await this.#select(tenantId)
      .where('alg', '=', alg)
      .where('retired_at', 'is', null)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Sets until when the last key of an algorithm signs and is published. */
  async retire(tenantId: string, alg: StoredKey['alg'], retiredAt: Date, expiresAt: Date): Promise<void> {
    await (this.#db.read() as Kysely<Tables>)
      .updateTable('signing_keys')
      .set({ retired_at: retiredAt, expires_at: expiresAt } as never)
      .where('tenant_id', '=', tenantId)
      .where('alg', '=', alg)
      .where('retired_at', 'is', null)
      .execute();
  }

  async insert(tenantId: string, key: StoredKey, createdAt: Date, activeFrom: Date): Promise<void> {
    const row = {
      tenant_id: tenantId,
      kid: key.kid,
      alg: key.alg,
      public_jwk: JSON.stringify(key.publicJwk),
      sealed_private: key.sealedPrivate,
      certificate: key.certificate,
      created_at: createdAt,
      active_from: activeFrom,
    };
    await (this.#db.read() as Kysely<Tables>)
      .insertInto('signing_keys')
      .values(row as never)
      .execute();
  }

  /** Deletes up to `limit` expired keys, with one index probe for each tenant. @returns How many were deleted. */
  sweepExpired(now: Date, limit: number): Promise<number> {
    return this.#db.change(sql`
      delete from signing_keys using (
        select k.tenant_id, k.kid from tenants t cross join lateral (
          select tenant_id, kid from signing_keys
          where tenant_id = t.id and expires_at < ${now} order by expires_at limit ${limit}
        ) k limit ${limit}
      ) gone
      where signing_keys.tenant_id = gone.tenant_id and signing_keys.kid = gone.kid`);
  }
}
