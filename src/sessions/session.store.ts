import type { InferKyselyDB } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { isUuid } from '../kernel/index.ts';
import {
  type ColumnSet,
  columnsOf,
  type Database,
  defineStatement,
  defineVersions,
  finding,
  type Narrowing,
  narrowedPage,
  narrowPageAt,
  type PageKey,
  type PageRequest,
  type PageResult,
  RowColumns,
} from '../persistence/index.ts';
import type { User } from '../users/index.ts';
import { type Session, SessionEntity } from './session.entity.ts';

type Tables = InferKyselyDB<typeof SessionEntity>;

/** A session without the hash of its cookie, which only look-ups need. */
export type SessionRow = Omit<Session, 'cookieHash' | 'amr' | 'acr'> & {
  readonly amr: readonly string[];
  readonly acr: string | null;
};

/** A session, and what its account may have to do before it is of use. */
export type SignedInSession = SessionRow & Pick<User, 'requiredFactor' | 'requiredActions' | 'emailVerified'>;

/** A session of which only the columns that a reader asked for were read; only its keys are known to be there. */
export type SessionKeys = Pick<SessionRow, 'tenantId' | 'id' | 'userId'>;

/** What a list of sessions can be narrowed by. */
export interface SessionFilter {
  readonly userId?: string | null | undefined;
  readonly deviceId?: string | null | undefined;
  readonly ip?: string | null | undefined;
  /** UUID of a client that has valid tokens of the session. */
  readonly clientUuid?: string | null | undefined;
}

const SHOWN = Object.keys(SessionEntity.meta.properties).filter((name) => name !== 'cookieHash') as never[];
const COLUMNS = columnsOf(SessionEntity, 'sessions', SHOWN);

const LISTED = new RowColumns<Session>(SessionEntity, 'sessions', { hidden: ['cookieHash'] });

const NEWEST_FIRST: readonly PageKey[] = [{ column: 'sessions.id', property: 'id', type: 'uuid' }];

/** Sessions in which a client got tokens that are still valid. */
function withTokensOf(tenantId: string, clientUuid: string, now: Date): Narrowing {
  const isValid = sql`own.client_uuid = ${clientUuid}::uuid and own.revoked_at is null and own.expires_at > ${now}`;
  return finding({
    source: sql`select own.session_id as id from grants own
      where own.tenant_id = ${tenantId}::uuid and own.session_id is not null and ${isValid}`,
    test: sql<boolean>`exists (select from grants own
      where own.tenant_id = sessions.tenant_id and own.session_id = sessions.id and ${isValid})`,
  });
}

/** The limit makes the planner use the index of sessions by user, also while the table has no statistics. */
const findNewest = defineVersions<SessionRow>(
  'sessions-newest',
  LISTED.all,
  (columns) => sql`select ${columns} from unnest($2::text[]) as wanted (user_id)
    cross join lateral (
      select * from sessions s
      where s.tenant_id = $1 and s.user_id = wanted.user_id and s.expires_at > $3 and s.idle_expires_at > $3
      order by s.id desc limit $4
    ) sessions order by sessions.user_id, sessions.id desc`,
);

const SELECT = sql`select ${sql.join(COLUMNS)} from sessions
  where sessions.tenant_id = $1`;
const BY_ID = defineStatement<SessionRow>('session-by-id', sql`${SELECT} and sessions.id = $2`);
const BY_COOKIE = defineStatement<SessionRow>('session-by-cookie', sql`${SELECT} and sessions.cookie_hash = $2`);
const SIGNED_IN = defineStatement<SignedInSession>(
  'session-signed-in',
  sql`select ${sql.join(COLUMNS)}, account.required_factor as "requiredFactor",
    account.required_actions as "requiredActions", account.email_verified as "emailVerified"
  from sessions
  cross join lateral (
    select required_factor, required_actions, email_verified from users
    where tenant_id = sessions.tenant_id and id = sessions.user_id limit 1) account
  where sessions.tenant_id = $1 and sessions.cookie_hash = $2`,
);
const LOCK = defineStatement<SessionRow>('session-lock', sql`${SELECT} and sessions.id = $2 for update`);
const INSERT = defineStatement<object>(
  'session-insert',
  `insert into sessions (tenant_id, id, user_id, cookie_hash, device_id, auth_time, amr, acr, remember, offline, ip, user_agent,
    last_used_at, idle_expires_at, expires_at, created_at, client_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
);
const OWNERS_AMONG = defineStatement<{ readonly userId: string }>(
  'session-owners-among',
  `select wanted.id as "userId" from unnest($2::text[]) as wanted (id)
    where exists (select from sessions s where s.tenant_id = $1 and s.user_id = wanted.id)`,
);
const TOUCH = defineStatement<object>(
  'session-touch',
  'update sessions set last_used_at = $3, idle_expires_at = $4 where tenant_id = $1 and id = $2',
);

/** The only queries on sessions. An expired session is kept until the sweep, and lists exclude it. */
export class SessionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  #rows() {
    return this.#db.read<Tables>();
  }

  #select(tenantId: string) {
    return this.#rows().selectFrom('sessions').select(COLUMNS).where('sessions.tenant_id', '=', tenantId);
  }

  /** A session, even an expired one. */
  async findById(tenantId: string, id: string): Promise<SessionRow | null> {
    if (!isUuid(id)) return null;
    return (await this.#db.run(BY_ID, [tenantId, id]))[0] ?? null;
  }

  async findMany(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, SessionRow>> {
    const wanted = ids.filter(isUuid);
    if (wanted.length === 0) return new Map();
    const rows = (await this.#select(tenantId)
      .where(sql<boolean>`sessions.id = any(${wanted}::uuid[])`)
      .execute()) as unknown as SessionRow[];
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Those of the users who have a session, even an expired one. */
  async ownersAmong(tenantId: string, userIds: readonly string[]): Promise<string[]> {
    return (await this.#db.run(OWNERS_AMONG, [tenantId, userIds])).map(({ userId }) => userId);
  }

  /** The session of a cookie. @param cookieHash `hashHandle` of its value. */
  async findByCookie(tenantId: string, cookieHash: Buffer): Promise<SessionRow | null> {
    return (await this.#db.run(BY_COOKIE, [tenantId, cookieHash]))[0] ?? null;
  }

  /** As `findByCookie`, with what the account may have to do. */
  async findSignedIn(tenantId: string, cookieHash: Buffer): Promise<SignedInSession | null> {
    return (await this.#db.run(SIGNED_IN, [tenantId, cookieHash]))[0] ?? null;
  }

  /**
   * The newest living sessions of each user, at most `limit` per user, in one statement.
   * @param columns What is read of them; null or absent: all.
   */
  async newestOfUsers(
    tenantId: string,
    userIds: readonly string[],
    limit: number,
    now: Date,
    columns: ColumnSet | null = null,
  ): Promise<ReadonlyMap<string, readonly SessionRow[]>> {
    const rows = await this.#db.run(findNewest(LISTED.narrow(columns)), [tenantId, userIds, now, limit]);
    return Map.groupBy(rows, ({ userId }) => userId);
  }

  /** Living sessions, newest first. @param columns What is read of them; null or absent: all. */
  page(
    tenantId: string,
    filter: SessionFilter,
    now: Date,
    request: PageRequest,
    columns: ColumnSet | null = null,
  ): Promise<PageResult<SessionRow>> {
    return narrowPageAt(request, columns, (part, wanted) => this.#page(tenantId, filter, now, part, wanted));
  }

  #page(
    tenantId: string,
    filter: SessionFilter,
    now: Date,
    request: PageRequest,
    wanted: ColumnSet | null,
  ): Promise<PageResult<SessionRow>> {
    const { columns } = LISTED.narrow(wanted);
    let query = this.#rows()
      .selectFrom('sessions')
      .select(columns as never)
      .where('sessions.tenant_id', '=', tenantId)
      .where('sessions.expires_at', '>', now)
      .where('sessions.idle_expires_at', '>', now);
    if (filter.userId != null) query = query.where('sessions.user_id', '=', filter.userId);
    if (filter.deviceId != null) query = query.where('sessions.device_id', '=', filter.deviceId);
    if (filter.ip != null) query = query.where('sessions.ip', '=', filter.ip);
    const list = { query, table: 'sessions', columns, id: 'sessions.id' };
    const narrowing = filter.clientUuid == null ? null : withTokensOf(tenantId, filter.clientUuid, now);
    return narrowedPage<SessionRow>(this.#db, list, narrowing, NEWEST_FIRST, { ...request, descending: true });
  }

  async insert(session: Session): Promise<void> {
    await this.#db.run(INSERT, [
      session.tenantId,
      session.id,
      session.userId,
      session.cookieHash ?? null,
      session.deviceId ?? null,
      session.authTime,
      session.amr ?? [],
      session.acr ?? null,
      session.remember,
      session.offline,
      session.ip ?? null,
      session.userAgent ?? null,
      session.lastUsedAt,
      session.idleExpiresAt,
      session.expiresAt,
      session.createdAt,
      session.clientId ?? null,
    ]);
  }

  /** Stores when a session was used. */
  async touch(tenantId: string, id: string, lastUsedAt: Date, idleExpiresAt: Date): Promise<void> {
    await this.#db.run(TOUCH, [tenantId, id, lastUsedAt, idleExpiresAt]);
  }

  /** Gives a session a new cookie after its user proved its identity again. @returns The session, or null. */
  async renew(
    tenantId: string,
    id: string,
    change: Pick<Session, 'cookieHash' | 'authTime' | 'amr' | 'acr' | 'idleExpiresAt'>,
  ): Promise<SessionRow | null> {
    const found = await this.#rows()
      .updateTable('sessions')
      .set({
        cookie_hash: change.cookieHash,
        auth_time: change.authTime,
        amr: change.amr,
        acr: change.acr,
        last_used_at: change.authTime,
        idle_expires_at: change.idleExpiresAt,
      } as never)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .returning(COLUMNS as never)
      .executeTakeFirst();
    return (found ?? null) as SessionRow | null;
  }

  /** The session, locked until the unit of work ends. */
  async lock(tenantId: string, id: string): Promise<SessionRow | null> {
    if (!isUuid(id)) return null;
    return (await this.#db.run(LOCK, [tenantId, id]))[0] ?? null;
  }

  /**
   * Every session of a user, locked until the unit of work ends, in the order of their ids, as all transactions lock them.
   */
  async lockOfUser(tenantId: string, userId: string): Promise<readonly SessionRow[]> {
    const query = this.#select(tenantId).where('sessions.user_id', '=', userId);
    return (await query.orderBy('sessions.id').forUpdate().execute()) as unknown as SessionRow[];
  }

  /** Ids of users who have sessions, after `after`, in order. */
  async usersWithSessions(tenantId: string, after: string, limit: number): Promise<readonly string[]> {
    const rows = await this.#rows()
      .selectFrom('sessions')
      .select('sessions.user_id as userId')
      .distinct()
      .where('sessions.tenant_id', '=', tenantId)
      .where('sessions.user_id', '>', after)
      .orderBy('sessions.user_id')
      .limit(limit)
      .execute();
    return rows.map(({ userId }) => userId as string);
  }

  /** Deletes sessions and, by foreign key, the grants made in them. */
  async delete(tenantId: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#rows()
      .deleteFrom('sessions')
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', [...ids])
      .execute();
  }

  /**
   * Deletes up to `limit` expired sessions of any tenant. Keeps a session while it has tokens: a refresh token may outlive
   * its session, and the foreign key would delete it with the session.
   * @returns How many were deleted.
   */
  sweepExpired(now: Date, limit: number): Promise<number> {
    return this.#db.change(sql`
      delete from sessions using (
        select s.tenant_id, s.id from tenants t cross join lateral (
          select s.tenant_id, s.id from sessions s
          where s.tenant_id = t.id and s.expires_at < ${now}
            and not exists (select 1 from grants g where g.tenant_id = s.tenant_id and g.session_id = s.id)
          order by s.expires_at limit ${limit}
        ) s limit ${limit}
      ) gone
      where sessions.tenant_id = gone.tenant_id and sessions.id = gone.id`);
  }
}
