import { LockMode } from '@mikro-orm/core';
import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { hashHandle, mintHandle } from '../../crypto/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import {
  allOf,
  columnsOf,
  type Database,
  defineStatement,
  finding,
  type Narrowing,
  narrowedPage,
  type PageKey,
  type PageRequest,
  type PageResult,
  pageAt,
  testing,
} from '../../persistence/index.ts';
import { CODE_KIND, type NewCode } from './authorization-code.ts';
import { type Family, type Grant, GrantEntity, type RefreshToken, RefreshTokenEntity } from './grant.entity.ts';

type Tables = InferKyselyDB<typeof GrantEntity> & InferKyselyDB<typeof RefreshTokenEntity>;

const BY_ID = defineStatement<Grant>(
  'grant-by-id',
  sql`select ${sql.join(columnsOf(GrantEntity, 'grants'))} from grants where tenant_id = $1 and id = $2`,
);
const OWNERS_AMONG = defineStatement<{ readonly userId: string }>(
  'grant-owners-among',
  `select wanted.id as "userId" from unnest($2::text[]) as wanted (id)
    where exists (select from grants g where g.tenant_id = $1 and g.user_id = wanted.id and g.revoked_at is null)`,
);
const ID_BY_REFRESH_TOKEN = defineStatement<{ grantId: string }>(
  'grant-id-by-refresh-token',
  'select grant_id as "grantId" from refresh_tokens where tenant_id = $1 and hash = $2',
);
const INSERT = defineStatement<object>(
  'grant-insert',
  `insert into grants (tenant_id, id, user_id, client_uuid, session_id, scopes, issuer_kind, revoked_at, expires_at, created_at,
    issuer_host, code_hash, claims, auth_time, acr, amr, client_session)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
);
const INSERT_REFRESH_TOKEN = defineStatement<object>(
  'refresh-token-insert',
  `insert into refresh_tokens (tenant_id, hash, grant_id, spent_at, expires_at, created_at)
  values ($1, $2, $3, $4, $5, $6)`,
);
/**
 * The consent stays locked until the code is stored, so that its revocation either finds the code or leaves none to be stored. One
 * that is being revoked at this moment counts as revoked. The scopes of a consent only grow, which this lock allows.
 */
const INSERT_ALLOWED_CODE = defineStatement<{ kind: string }>(
  'authorization-code-insert-allowed',
  `insert into one_time_codes (tenant_id, hash, kind, user_id, payload, attempts, expires_at, created_at)
  select $1, $2, '${CODE_KIND}', $3, $4::jsonb, 0, $5::timestamptz, $6::timestamptz
  from consents where tenant_id = $1 and user_id = $3 and client_uuid = $7 and scopes @> $8::text[]
  for key share skip locked
  returning kind`,
);

/** What a list of lasting access can be narrowed by. */
export interface OfflineFilter {
  readonly clientUuid?: string | null | undefined;
  readonly userId?: string | null | undefined;
}

/** A family without a session, and when its newest refresh token was made. */
export type OfflineFamily = Pick<
  Grant,
  'tenantId' | 'id' | 'userId' | 'clientUuid' | 'scopes' | 'createdAt' | 'expiresAt'
> & {
  readonly lastUsedAt: Date;
};

const OFFLINE_COLUMNS = [
  ...columnsOf(GrantEntity, 'grants', ['tenantId', 'id', 'userId', 'clientUuid', 'scopes', 'createdAt', 'expiresAt']),
  sql<Date>`coalesce((select max(made.created_at) from refresh_tokens made
    where made.tenant_id = grants.tenant_id and made.grant_id = grants.id), grants.created_at)`.as('lastUsedAt'),
];
const NEWEST_FIRST: readonly PageKey[] = [{ column: 'grants.id', property: 'id', type: 'uuid' }];

/** Families without a session that have a value in a column with an index. */
const ofColumn = (tenantId: string, column: RawBuilder<unknown>, value: RawBuilder<unknown>): Narrowing =>
  finding({
    source: sql`select own.id from grants own
      where own.tenant_id = ${tenantId}::uuid and own.${column} = ${value} and own.session_id is null`,
    test: sql<boolean>`grants.${column} = ${value}`,
  });

/** A session of a client with a user, which has ended here. */
export interface ClientSession {
  /** `clients.id`. */
  readonly clientUuid: string;
  /** Null for tokens that outlived their session. */
  readonly sessionId: string | null;
  /** How the client names it. */
  readonly clientSession: string;
}

/** Families that were revoked: how many, and the sessions of clients that end with them. */
export interface RevokedFamilies {
  readonly count: number;
  readonly clientSessions: readonly ClientSession[];
}

const SESSION_COLUMNS = ['client_uuid', 'session_id', 'client_session'] as const;

function toRevoked(
  rows: readonly {
    readonly client_uuid: string;
    readonly session_id: string | null;
    readonly client_session: string | null;
  }[],
): RevokedFamilies {
  const clientSessions = rows.flatMap(({ client_uuid: clientUuid, session_id: sessionId, client_session }) =>
    client_session === null ? [] : [{ clientUuid, sessionId, clientSession: client_session }],
  );
  return { count: rows.length, clientSessions };
}

/** How many sessions have valid tokens of a client, and how many families of it go on without one. */
export interface ClientSessionCount {
  readonly clientUuid: string;
  readonly clientId: string;
  readonly active: number;
  readonly offline: number;
}

/** Families that a count looks at: the soonest to end. */
const MAX_COUNTED = 100_000;

/** `lockMode` of the ORM for `select ... for update`. */
const FOR_UPDATE = LockMode.PESSIMISTIC_WRITE;

/** The only queries on grants (token families) and their refresh tokens, and those on codes that consents and families decide. */
export class GrantStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get #tables(): Kysely<Tables> {
    return this.#db.read() as Kysely<Tables>;
  }

  async findById(tenantId: string, id: string): Promise<Grant | null> {
    return (await this.#db.run(BY_ID, [tenantId, id]))[0] ?? null;
  }

  /** The family of a refresh token, spent or not. */
  async findGrantIdOf(tenantId: string, hash: Buffer): Promise<string | null> {
    return (await this.#db.run(ID_BY_REFRESH_TOKEN, [tenantId, hash]))[0]?.grantId ?? null;
  }

  /** Reads a grant inside a unit of work to change it, and locks its row until the unit ends. */
  lock(tenantId: string, id: string): Promise<Grant | null> {
    return this.#db.em.findOne(GrantEntity, { tenantId, id }, { lockMode: FOR_UPDATE });
  }

  /** Does the same for the family that came from an authorization code. @param codeHash `hashHandle` of the code. */
  lockByCode(tenantId: string, codeHash: Buffer): Promise<Grant | null> {
    return this.#db.em.findOne(GrantEntity, { tenantId, codeHash }, { lockMode: FOR_UPDATE });
  }

  /** Does the same for a refresh token. Lock its grant first, so that two requests cannot deadlock. */
  lockRefreshToken(tenantId: string, hash: Buffer): Promise<RefreshToken | null> {
    return this.#db.em.findOne(RefreshTokenEntity, { tenantId, hash }, { lockMode: FOR_UPDATE });
  }

  /** @param codeHash Hash of the authorization code that the family came from. */
  async insert(grant: Family, codeHash: Buffer | null = null): Promise<void> {
    await this.#db.run(INSERT, [
      grant.tenantId,
      grant.id,
      grant.userId,
      grant.clientUuid,
      grant.sessionId,
      grant.scopes,
      grant.issuerKind,
      grant.revokedAt,
      grant.expiresAt,
      grant.createdAt,
      grant.issuerHost,
      codeHash,
      grant.claims === null ? null : JSON.stringify(grant.claims),
      grant.authTime,
      grant.acr,
      grant.amr,
      grant.clientSession ?? null,
    ]);
  }

  async insertRefreshToken(token: RefreshToken): Promise<void> {
    const { tenantId, hash, grantId, spentAt, expiresAt, createdAt } = token;
    await this.#db.run(INSERT_REFRESH_TOKEN, [tenantId, hash, grantId, spentAt, expiresAt, createdAt]);
  }

  /**
   * Makes an authorization code as `mintCode`, if the user allows the client all of these scopes.
   * @returns The code, of which only the hash is stored; null: the consent is missing, and nothing was stored.
   */
  async mintAllowedCode(
    tenant: Pick<TenantRef, 'id' | 'route'>,
    { userId, payload, expiresAt, now }: NewCode & { readonly now: Date },
    scopes: readonly string[],
  ): Promise<string | null> {
    const code = mintHandle(tenant.route);
    const inserted = await this.#db.run(INSERT_ALLOWED_CODE, [
      tenant.id,
      hashHandle(code),
      userId,
      JSON.stringify(payload),
      expiresAt,
      now,
      payload.clientUuid,
      scopes,
    ]);
    return inserted.length === 0 ? null : code;
  }

  /** The clients with valid families, of at most 100,000 that are counted, by `client_id`. */
  async countByClient(tenantId: string, now: Date): Promise<readonly ClientSessionCount[]> {
    // It has no name, because its plan follows the values: most of the rows of a tenant, or few.
    const { rows } = await sql<ClientSessionCount>`
      select clients.id as "clientUuid", clients.client_id as "clientId", count(distinct sessions.id)::int as active,
        (count(*) filter (where living.session_id is null))::int as offline
      from (
        select client_uuid, session_id from grants
        where tenant_id = ${tenantId} and expires_at > ${now} and revoked_at is null
        order by expires_at limit ${MAX_COUNTED}
      ) living
      join clients on clients.tenant_id = ${tenantId} and clients.id = living.client_uuid
      left join sessions on sessions.tenant_id = ${tenantId} and sessions.id = living.session_id
        and sessions.expires_at > ${now} and sessions.idle_expires_at > ${now}
      where living.session_id is null or sessions.id is not null
      group by clients.id, clients.client_id order by clients.client_id`.execute(this.#tables);
    return rows;
  }

  /** Valid families that outlive their sessions, newest first. */
  pageOffline(
    tenantId: string,
    { clientUuid, userId }: OfflineFilter,
    now: Date,
    request: PageRequest,
  ): Promise<PageResult<OfflineFamily>> {
    const read = (part: PageRequest) => this.#pageOffline(tenantId, { clientUuid, userId }, now, part);
    return pageAt(request, read, read);
  }

  #pageOffline(
    tenantId: string,
    { clientUuid, userId }: OfflineFilter,
    now: Date,
    request: PageRequest,
  ): Promise<PageResult<OfflineFamily>> {
    const query = this.#tables
      .selectFrom('grants')
      .where('grants.tenant_id', '=', tenantId)
      .where('grants.revoked_at', 'is', null)
      .where('grants.expires_at', '>', now);
    const narrowing = allOf([
      testing(sql<boolean>`grants.session_id is null`),
      ...(clientUuid == null ? [] : [ofColumn(tenantId, sql`client_uuid`, sql`${clientUuid}::uuid`)]),
      ...(userId == null ? [] : [ofColumn(tenantId, sql`user_id`, sql`${userId}::text`)]),
    ]);
    const list = {
      query: query.select(OFFLINE_COLUMNS as never),
      table: 'grants',
      columns: OFFLINE_COLUMNS,
      id: 'grants.id',
    };
    return narrowedPage<OfflineFamily>(this.#db, list, narrowing, NEWEST_FIRST, { ...request, descending: true });
  }

  /** Those of the users who have a family that is not revoked. */
  async ownersAmong(tenantId: string, userIds: readonly string[]): Promise<string[]> {
    return (await this.#db.run(OWNERS_AMONG, [tenantId, userIds])).map(({ userId }) => userId);
  }

  /** Revokes the valid families of a user, except those of certain sessions. */
  async revokeOfUser(
    tenantId: string,
    userId: string,
    exceptSessionIds: readonly string[],
    now: Date,
  ): Promise<RevokedFamilies> {
    let update = this.#living(tenantId, now).where('user_id', '=', userId);
    if (exceptSessionIds.length > 0) {
      const kept = [...exceptSessionIds];
      update = update.where((eb) => eb.or([eb('session_id', 'is', null), eb('session_id', 'not in', kept)]));
    }
    return toRevoked(await update.returning(SESSION_COLUMNS).execute());
  }

  /** Revokes the valid families of a session. */
  async revokeOfSession(tenantId: string, sessionId: string, now: Date): Promise<RevokedFamilies> {
    const update = this.#living(tenantId, now).where('session_id', '=', sessionId);
    return toRevoked(await update.returning(SESSION_COLUMNS).execute());
  }

  /** Withdraws the authorization codes of a user at one client, and revokes the valid families. @returns How many families. */
  async revokeOfClient(tenantId: string, userId: string, clientUuid: string, now: Date): Promise<number> {
    // First the codes: this waits for a request that is exchanging one, so that its family is found below.
    await sql`delete from one_time_codes where tenant_id = ${tenantId} and user_id = ${userId} and kind = ${CODE_KIND}
      and payload ->> 'clientUuid' = ${clientUuid}`.execute(this.#tables);
    const { numUpdatedRows } = await this.#living(tenantId, now)
      .where('user_id', '=', userId)
      .where('client_uuid', '=', clientUuid)
      .executeTakeFirst();
    return Number(numUpdatedRows);
  }

  #living(tenantId: string, now: Date) {
    return this.#tables
      .updateTable('grants')
      .set({ revoked_at: now } as never)
      .where('tenant_id', '=', tenantId)
      .where('revoked_at', 'is', null);
  }

  /**
   * Deletes up to `limit` expired families of any tenant, and with them their refresh tokens. Spent refresh tokens are kept as
   * long as their family, so that reuse is detected. @returns How many families were deleted.
   */
  sweepExpired(now: Date, limit: number): Promise<number> {
    return this.#db.change(sql`
      delete from grants using (
        select g.tenant_id, g.id from tenants t cross join lateral (
          select tenant_id, id from grants
          where tenant_id = t.id and expires_at < ${now} order by expires_at limit ${limit}
        ) g limit ${limit}
      ) gone
      where grants.tenant_id = gone.tenant_id and grants.id = gone.id`);
  }
}
