import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { columnsOf, type Database, defineStatement } from '../../persistence/index.ts';
import { type AccessToken, AccessTokenEntity, type RevokedTokenEntity } from '../grants/grant.entity.ts';

type Tables = InferKyselyDB<typeof AccessTokenEntity> & InferKyselyDB<typeof RevokedTokenEntity>;

/** Tables that are swept, and the column that identifies their rows within a tenant. */
const SWEPT = [
  ['access_tokens', 'hash'],
  ['revoked_tokens', 'jti'],
] as const;

const FIND = defineStatement<AccessToken>(
  'access-token-by-hash',
  sql`select ${sql.join(columnsOf(AccessTokenEntity, 'access_tokens'))} from access_tokens
    where tenant_id = $1 and hash = $2`,
);
const INSERT = defineStatement<object>(
  'access-token-insert',
  `insert into access_tokens (tenant_id, hash, grant_id, client_uuid, claims, expires_at, created_at)
  values ($1, $2, $3, $4, $5, $6, $7)`,
);
const REVOKED = defineStatement<object>(
  'revoked-token-by-id',
  'select jti from revoked_tokens where tenant_id = $1 and jti = $2',
);

export interface NewAccessToken {
  readonly hash: Buffer;
  readonly grantId: string | null;
  readonly clientUuid: string;
  readonly claims: object;
  readonly expiresAt: Date;
}

/** The only queries on opaque access tokens and on the list of revoked tokens. */
export class TokenStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get #tables(): Kysely<Tables> {
    return this.#db.read() as Kysely<Tables>;
  }

  async findOpaque(tenantId: string, hash: Buffer): Promise<AccessToken | null> {
    return (await this.#db.run(FIND, [tenantId, hash]))[0] ?? null;
  }

  async insertOpaque(tenantId: string, token: NewAccessToken, now: Date): Promise<void> {
    const { hash, grantId, clientUuid, claims, expiresAt } = token;
    await this.#db.run(INSERT, [tenantId, hash, grantId, clientUuid, JSON.stringify(claims), expiresAt, now]);
  }

  /** @returns Whether there was such a token. */
  async deleteOpaque(tenantId: string, hash: Buffer): Promise<boolean> {
    const result = await this.#tables
      .deleteFrom('access_tokens')
      .where('tenant_id', '=', tenantId)
      .where('hash', '=', hash as never)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async isRevoked(tenantId: string, jti: string): Promise<boolean> {
    return (await this.#db.run(REVOKED, [tenantId, jti])).length > 0;
  }

  /** @returns Whether the token was not revoked before. */
  async revoke(tenantId: string, jti: string, expiresAt: Date, now: Date): Promise<boolean> {
    const result = await this.#tables
      .insertInto('revoked_tokens')
      .values({ tenant_id: tenantId, jti, expires_at: expiresAt, created_at: now } as never)
      .onConflict((conflict) => conflict.columns(['tenant_id', 'jti']).doNothing())
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  /** Deletes up to `limit` expired rows of each table, of any tenant. @returns How many were deleted. */
  async sweepExpired(now: Date, limit: number): Promise<number> {
    let swept = 0;
    for (const [name, key] of SWEPT) {
      const [table, column] = [sql.table(name), sql.ref(key)];
      swept += await this.#db.change(sql`
        delete from ${table} using (
          select r.tenant_id, r.${column} from tenants t cross join lateral (
            select tenant_id, ${column} from ${table}
            where tenant_id = t.id and expires_at < ${now} order by expires_at limit ${limit}
          ) r limit ${limit}
        ) gone
        where ${table}.tenant_id = gone.tenant_id and ${table}.${column} = gone.${column}`);
    }
    return swept;
  }
}
