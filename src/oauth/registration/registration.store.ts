import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { isUuid } from '../../kernel/index.ts';
import { columnsOf, type Database, lockName } from '../../persistence/index.ts';
import {
  type InitialAccessToken,
  InitialAccessTokenEntity,
  type RegistrationToken,
  type RegistrationTokenEntity,
} from './registration.entity.ts';

type Tables = InferKyselyDB<typeof InitialAccessTokenEntity> & InferKyselyDB<typeof RegistrationTokenEntity>;

const COLUMNS = columnsOf(InitialAccessTokenEntity, 'initial_access_tokens');

/** The only queries on the tokens with which clients are registered and their registrations opened. */
export class RegistrationStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get #sql(): Kysely<Tables> {
    return this.#db.read() as Kysely<Tables>;
  }

  #living(tenantId: string, now: Date) {
    return this.#sql
      .selectFrom('initial_access_tokens')
      .select(COLUMNS)
      .where('initial_access_tokens.tenant_id', '=', tenantId)
      .where((eb) =>
        eb.or([
          eb('initial_access_tokens.expires_at', 'is', null),
          eb('initial_access_tokens.expires_at', '>', now as never),
        ]),
      );
  }

  /** Initial access tokens that have not expired, oldest first. */
  async list(tenantId: string, now: Date, limit: number): Promise<InitialAccessToken[]> {
    const query = this.#living(tenantId, now).orderBy('initial_access_tokens.id').limit(limit);
    return (await query.execute()) as unknown as InitialAccessToken[];
  }

  /** The initial access token with this hash, if it has not expired. */
  async findInitial(tenantId: string, hash: Buffer, now: Date): Promise<InitialAccessToken | null> {
    const query = this.#living(tenantId, now).where('initial_access_tokens.hash', '=', hash as never);
    return ((await query.executeTakeFirst()) ?? null) as InitialAccessToken | null;
  }

  /** Lets one transaction after another add initial access tokens of a tenant, so that their number can be limited. */
  async lockInitial(tenantId: string): Promise<void> {
    await lockName(this.#db, `initial-access ${tenantId}`);
  }

  addInitial(token: InitialAccessToken): InitialAccessToken {
    return this.#db.em.create(InitialAccessTokenEntity, token);
  }

  /**
   * Takes one use of an initial access token, inside a unit of work. The last use deletes it.
   * @returns False: it was used up, deleted or expired meanwhile.
   */
  async spend(tenantId: string, id: string, now: Date): Promise<boolean> {
    const { rows } = await sql<{ usesLeft: number }>`
      update initial_access_tokens set uses_left = uses_left - 1
      where tenant_id = ${tenantId}::uuid and id = ${id}::uuid and uses_left > 0
        and (expires_at is null or expires_at > ${now}::timestamptz)
      returning uses_left as "usesLeft"`.execute(this.#sql);
    const [spent] = rows;
    if (spent === undefined) return false;
    if (spent.usesLeft === 0) await this.deleteInitial(tenantId, id);
    return true;
  }

  /** @returns Whether there was one. */
  async deleteInitial(tenantId: string, id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    const query = this.#sql.deleteFrom('initial_access_tokens').where('tenant_id', '=', tenantId).where('id', '=', id);
    return Number((await query.executeTakeFirst()).numDeletedRows) > 0;
  }

  /** Deletes up to `limit` expired initial access tokens of any tenant. @returns How many. */
  sweepExpired(now: Date, limit: number): Promise<number> {
    return this.#db.change(sql`
      delete from initial_access_tokens using (
        select t.tenant_id, t.id from tenants cross join lateral (
          select tenant_id, id from initial_access_tokens
          where tenant_id = tenants.id and expires_at < ${now} order by expires_at limit ${limit}
        ) t limit ${limit}
      ) gone
      where initial_access_tokens.tenant_id = gone.tenant_id and initial_access_tokens.id = gone.id`);
  }

  /** Stores the registration access token of a client; the one before ends. */
  async replaceRegistrationToken({ tenantId, clientUuid, hash, createdAt }: RegistrationToken): Promise<void> {
    await sql`insert into registration_tokens (tenant_id, client_uuid, hash, created_at)
      values (${tenantId}::uuid, ${clientUuid}::uuid, ${hash}, ${createdAt}::timestamptz)
      on conflict (tenant_id, client_uuid) do update set hash = excluded.hash, created_at = excluded.created_at`.execute(
      this.#sql,
    );
  }

  /** Hash of the registration access token of a client; null: it has none. */
  async registrationHashOf(tenantId: string, clientUuid: string): Promise<Buffer | null> {
    const { rows } = await sql<{ hash: Buffer }>`select hash from registration_tokens
      where tenant_id = ${tenantId}::uuid and client_uuid = ${clientUuid}::uuid`.execute(this.#sql);
    return rows[0]?.hash ?? null;
  }
}
