import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { columnsOf, type Database } from '../persistence/index.ts';
import { type Grant, GrantEntity, type RefreshToken, RefreshTokenEntity } from './grant.entity.ts';

type Tables = InferKyselyDB<typeof GrantEntity> & InferKyselyDB<typeof RefreshTokenEntity>;

/** `lockMode` of the ORM for `select ... for update`. */
const FOR_UPDATE = 4;

/** The only queries on grants (token families) and their refresh tokens. */
export class GrantStore {
  readonly #db: Database;
  readonly #columns = columnsOf(GrantEntity, 'grants');

  constructor(db: Database) {
    this.#db = db;
  }

  get #tables(): Kysely<Tables> {
    return this.#db.read() as Kysely<Tables>;
  }

  async findById(tenantId: string, id: string): Promise<Grant | null> {
    const row = await this.#tables
      .selectFrom('grants')
      .select(this.#columns)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirst();
    return (row ?? null) as Grant | null;
  }

  /** The family of a refresh token, spent or not. */
  async findGrantIdOf(tenantId: string, hash: Buffer): Promise<string | null> {
    const row = await this.#tables
      .selectFrom('refresh_tokens')
      .select('grant_id')
      .where('tenant_id', '=', tenantId)
      .where('hash', '=', hash as never)
      .executeTakeFirst();
    return (row as { grant_id: string } | undefined)?.grant_id ?? null;
  }

  /** The entity to change, inside a unit of work; locked until it ends. */
  lock(tenantId: string, id: string): Promise<Grant | null> {
    return this.#db.em.findOne(GrantEntity, { tenantId, id }, { lockMode: FOR_UPDATE });
  }

  /** As `lock`, for a refresh token. Lock its grant first. */
  lockRefreshToken(tenantId: string, hash: Buffer): Promise<RefreshToken | null> {
    return this.#db.em.findOne(RefreshTokenEntity, { tenantId, hash }, { lockMode: FOR_UPDATE });
  }

  create(grant: Grant): Grant {
    return this.#db.em.create(GrantEntity, grant);
  }

  createRefreshToken(token: RefreshToken): RefreshToken {
    return this.#db.em.create(RefreshTokenEntity, token);
  }

  /** Revokes families that are alive. @returns How many. */
  async revokeWhere(
    tenantId: string,
    by: { readonly userId: string } | { readonly sessionId: string } | { readonly clientUuid: string },
    now: Date,
  ): Promise<number> {
    let update = this.#tables
      .updateTable('grants')
      .set({ revoked_at: now } as never)
      .where('tenant_id', '=', tenantId)
      .where('revoked_at', 'is', null);
    if ('userId' in by) update = update.where('user_id', '=', by.userId);
    else if ('sessionId' in by) update = update.where('session_id', '=', by.sessionId);
    else update = update.where('client_uuid', '=', by.clientUuid);
    return Number((await update.executeTakeFirst()).numUpdatedRows);
  }

  /**
   * Deletes at most `limit` families whose time is over, and with them their refresh tokens. Spent refresh tokens stay as
   * long as their family, or their reuse would not be seen. @returns How many.
   */
  async deleteExpired(tenantId: string, now: Date, limit: number): Promise<number> {
    const result = await sql`delete from grants where tenant_id = ${tenantId} and id = any(array(
      select id from grants where tenant_id = ${tenantId} and expires_at <= ${now} limit ${limit}))`.execute(
      this.#tables,
    );
    return Number(result.numAffectedRows ?? 0n);
  }
}
