import { type ChangeGroup, defineChange, type EventActor, type EventDraft, type EventLog } from '../../events/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import { type Database, defineStatement } from '../../persistence/index.ts';
import type { SessionRow } from '../../sessions/index.ts';
import type { FamilyParts } from './family-life.ts';
import type { Grant, RefreshToken } from './grant.entity.ts';

/** What tokens of a family say about its session, and what decides how long it lasts. */
export type FamilySession = Pick<
  SessionRow,
  'id' | 'authTime' | 'amr' | 'acr' | 'lastUsedAt' | 'idleExpiresAt' | 'expiresAt'
>;

/** A refresh token with everything that its validity depends on. */
export interface PresentedToken extends FamilyParts {
  readonly token: Pick<RefreshToken, 'spentAt' | 'expiresAt'>;
  readonly grant: Grant;
  readonly session: FamilySession | null | undefined;
}

/** A refresh token to spend, and the tokens that take its place. */
export interface Rotation {
  readonly hash: Buffer;
  readonly grant: Grant;
  readonly now: Date;
  readonly next: Pick<RefreshToken, 'hash' | 'expiresAt'> | null;
  /** The access token, if it is opaque. */
  readonly opaque: { readonly hash: Buffer; readonly claims: object; readonly expiresAt: Date } | null;
}

interface FoundRow extends Omit<Grant, 'tenantId' | 'id' | 'expiresAt'>, Omit<FamilySession, 'id' | 'expiresAt'> {
  readonly grantId: string;
  readonly grantExpiresAt: Date;
  readonly spentAt: Date | null;
  readonly tokenExpiresAt: Date;
  readonly hasUser: boolean;
  readonly enabled: boolean;
  readonly inactiveSince: Date | null;
  readonly notBefore: Date | null;
  readonly hasSession: boolean;
  readonly sessionExpiresAt: Date;
}

const FIND_PRESENTED = defineStatement<FoundRow>(
  'refresh-token-by-hash',
  `select t.grant_id as "grantId", t.spent_at as "spentAt", t.expires_at as "tokenExpiresAt",
    g.user_id as "userId", g.client_uuid as "clientUuid", g.session_id as "sessionId", g.scopes,
    g.issuer_kind as "issuerKind", g.revoked_at as "revokedAt", g.expires_at as "grantExpiresAt",
    g.created_at as "createdAt",
    u.id is not null as "hasUser", u.enabled, u.inactive_since as "inactiveSince", u.not_before as "notBefore",
    s.id is not null as "hasSession", s.auth_time as "authTime", s.amr, s.acr, s.last_used_at as "lastUsedAt",
    s.idle_expires_at as "idleExpiresAt", s.expires_at as "sessionExpiresAt"
  from refresh_tokens t
  join grants g on g.tenant_id = t.tenant_id and g.id = t.grant_id
  left join users u on u.tenant_id = g.tenant_id and u.id = g.user_id
  left join sessions s on s.tenant_id = g.tenant_id and s.id = g.session_id
  where t.tenant_id = $1 and t.hash = $2`,
);

/**
 * The parts of the statement that spends tokens. A token is left alone when it was spent, when its family was revoked since it
 * was read, when another transaction locks the family, and when the same group holds it twice. Every change of a refresh token
 * locks its family first, so the update does not wait. The update alone decides which request spends a token: unlike a read of
 * the statement's snapshot, it looks again at a row that another transaction changed in between.
 *
 * The limits make the planner use one index probe for each key, and the comparison of ids, which is always true, lets it
 * expect few rows, also while the tables have no statistics.
 */
const ROTATION_PARTS = `wanted as materialized (
    select * from json_to_recordset($2::json) as c (n int, "tenantId" uuid, hash text, "grantId" uuid, now timestamptz,
      "nextHash" text, "nextExpiresAt" timestamptz, "clientUuid" uuid, "opaqueHash" text, "opaqueClaims" jsonb,
      "opaqueExpiresAt" timestamptz)
  ),
  locked as materialized (
    select wanted.*, t.place from wanted
    join lateral (select id, revoked_at from grants where tenant_id = "tenantId" and id = "grantId"
      limit 1 for no key update skip locked) g on g.id = "grantId" and g.revoked_at is null
    join lateral (select ctid as place from refresh_tokens where tenant_id = "tenantId" and hash = decode(wanted.hash, 'hex')
      limit 1) t on true
  ),
  spent as (
    update refresh_tokens t set spent_at = locked.now from locked
    where t.ctid = locked.place and t.spent_at is null returning locked.*
  ),
  renewed as (
    insert into refresh_tokens (tenant_id, hash, grant_id, spent_at, expires_at, created_at)
    select "tenantId", decode("nextHash", 'hex'), "grantId", null, "nextExpiresAt", now from spent
    where "nextHash" is not null
  ),
  opaque as (
    insert into access_tokens (tenant_id, hash, grant_id, client_uuid, claims, expires_at, created_at)
    select "tenantId", decode("opaqueHash", 'hex'), "grantId", "clientUuid", "opaqueClaims", "opaqueExpiresAt", now
    from spent where "opaqueHash" is not null
  )`;
const SPEND = defineChange<RotationChange>('refresh-tokens-spend', 'select n from spent', ROTATION_PARTS);

type RotationChange = ReturnType<typeof toChange>;

/**
 * Exchanges refresh tokens with two statements: one reads the token with its family, user and session, one spends it, stores
 * the new tokens and writes the event. The second checks again what another request may have changed in between.
 */
export class RotationStore {
  readonly #db: Database;
  readonly #changes: ChangeGroup<RotationChange>;

  constructor(db: Database, events: EventLog) {
    this.#db = db;
    this.#changes = events.changes(SPEND);
  }

  /** A refresh token, spent or not, with what its validity depends on; null if there is none. */
  async find(tenantId: string, hash: Buffer): Promise<PresentedToken | null> {
    const [row] = await this.#db.run(FIND_PRESENTED, [tenantId, hash]);
    return row === undefined ? null : toPresented(tenantId, row);
  }

  /**
   * Spends a token that was found unspent, together with its event.
   * @returns Whether it was spent. If not, nothing was written: look at its rows with locks.
   */
  spend(actor: EventActor, tenant: Pick<TenantRef, 'id'>, rotation: Rotation, event: EventDraft): Promise<boolean> {
    return this.#changes.make(actor, tenant, toChange(rotation), [event]);
  }
}

function toPresented(tenantId: string, row: FoundRow): PresentedToken {
  const { userId, clientUuid, sessionId, scopes, issuerKind, revokedAt, createdAt } = row;
  return {
    token: { spentAt: row.spentAt, expiresAt: row.tokenExpiresAt },
    grant: {
      tenantId,
      id: row.grantId,
      userId,
      clientUuid,
      sessionId,
      scopes,
      issuerKind,
      revokedAt,
      expiresAt: row.grantExpiresAt,
      createdAt,
    },
    user: row.hasUser ? row : null,
    session: sessionId == null ? undefined : toSession(sessionId, row),
  };
}

function toSession(id: string, row: FoundRow): FamilySession | null {
  if (!row.hasSession) return null;
  const { authTime, amr, acr, lastUsedAt, idleExpiresAt, sessionExpiresAt: expiresAt } = row;
  return { id, authTime, amr, acr, lastUsedAt, idleExpiresAt, expiresAt };
}

function toChange({ hash, grant, now, next, opaque }: Rotation) {
  return {
    tenantId: grant.tenantId,
    hash: hash.toString('hex'),
    grantId: grant.id,
    now,
    nextHash: next?.hash.toString('hex') ?? null,
    nextExpiresAt: next?.expiresAt ?? null,
    clientUuid: grant.clientUuid,
    opaqueHash: opaque?.hash.toString('hex') ?? null,
    opaqueClaims: opaque?.claims ?? null,
    opaqueExpiresAt: opaque?.expiresAt ?? null,
  };
}
