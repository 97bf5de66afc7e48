import { type ChangeGroup, defineChange, type EventActor, type EventDraft, type EventLog } from '../../events/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import { type Database, defineStatement } from '../../persistence/index.ts';
import type { SessionRow } from '../../sessions/index.ts';
import type { FamilyParts } from './family-life.ts';
import type { AskedClaims, Family, RefreshToken } from './grant.entity.ts';
import { HandleReader } from './handle-reader.ts';
import { insertTokens, type NewTokens, TOKEN_COLUMNS, toTokenColumns } from './new-tokens.ts';
import {
  KINDS_WITH_PROFILE,
  PERSON_JSON,
  type Person,
  type PersonRow,
  toMoment,
  toPerson,
  toUser,
  USER_COLUMNS,
  type UserRow,
} from './user-rows.ts';

/** The session of a family, and what decides how long it lasts. */
export type FamilySession = Pick<SessionRow, 'id' | 'lastUsedAt' | 'idleExpiresAt' | 'expiresAt' | 'remember'>;

/** A refresh token with everything that its validity depends on. */
export interface PresentedToken extends FamilyParts {
  readonly token: Pick<RefreshToken, 'spentAt' | 'expiresAt'>;
  readonly grant: Family;
  readonly session: FamilySession | null | undefined;
  /** What the claims of the user are read from; null if they have none. */
  readonly person: Person | null;
}

/** A refresh token to spend, and the tokens that take its place. */
export interface Rotation {
  readonly hash: Buffer;
  readonly grant: Family;
  readonly now: Date;
  readonly tokens: NewTokens;
}

/** A refresh token in the answer of `FIND_PRESENTED`; moments are texts. */
interface FoundRow {
  readonly place: number;
  readonly token: readonly [grantId: string, spentAt: string | null, expiresAt: string];
  readonly grant: readonly [
    userId: string,
    clientUuid: string,
    sessionId: string | null,
    scopes: string[],
    issuerKind: string,
    revokedAt: string | null,
    expiresAt: string,
    createdAt: string,
    issuerHost: string | null,
    claims: AskedClaims | null,
    authTime: string,
    acr: string | null,
    amr: string[],
  ];
  readonly user: readonly [...UserRow, person: PersonRow | null] | null;
  readonly session: readonly [lastUsedAt: string, idleExpiresAt: string, expiresAt: string, remember: boolean] | null;
}

/**
 * Reads tokens with their families, users and sessions. The limits make the planner use one index probe for each key: a plan
 * of plain joins that is made before the tables have statistics, and kept, reads every family, user and session of the tenant.
 * Rows of JSON arrays, because the driver takes ten times as long to read 22 columns.
 */
const FIND_PRESENTED = defineStatement<FoundRow>(
  'refresh-tokens-by-hash',
  `select (wanted.place - 1)::int as place, t.token, g.grant, u.user, s.session
  from unnest($1::uuid[], $2::text[]) with ordinality as wanted (tenant_id, hash, place)
  cross join lateral (
    select grant_id, json_build_array(grant_id, spent_at, expires_at) as token
    from refresh_tokens where tenant_id = wanted.tenant_id and hash = decode(wanted.hash, 'hex') limit 1) t
  cross join lateral (
    select user_id, session_id, issuer_kind, claims, json_build_array(user_id, client_uuid, session_id, scopes, issuer_kind, revoked_at,
      expires_at, created_at, issuer_host, claims, auth_time, acr, amr) as grant
    from grants where tenant_id = wanted.tenant_id and id = t.grant_id limit 1) g
  left join lateral (
    select json_build_array(${USER_COLUMNS}, case when g.issuer_kind in ${KINDS_WITH_PROFILE} or g.claims -> 'idToken' <> '[]' then ${PERSON_JSON} end) as user
    from users where tenant_id = wanted.tenant_id and id = g.user_id limit 1) u on true
  left join lateral (
    select json_build_array(last_used_at, idle_expires_at, expires_at, remember) as session
    from sessions where tenant_id = wanted.tenant_id and id = g.session_id limit 1) s on true`,
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
      "clientUuid" uuid, ${TOKEN_COLUMNS})
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
  ${insertTokens('spent')}`;
const SPEND = defineChange<RotationChange>('refresh-tokens-spend', 'select n from spent', ROTATION_PARTS);

type RotationChange = ReturnType<typeof toChange>;

/**
 * Exchanges refresh tokens with two statements: one reads the token with its family, user and session, one spends it, stores
 * the new tokens and writes the event. The second checks again what another request may have changed in between. Requests that
 * refresh at the same time share both.
 */
export class RotationStore {
  readonly #reader: HandleReader<FoundRow, PresentedToken>;
  readonly #changes: ChangeGroup<RotationChange>;

  constructor(db: Database, events: EventLog) {
    this.#reader = new HandleReader(db, FIND_PRESENTED, toPresented);
    this.#changes = events.changes(SPEND);
  }

  /** A refresh token, spent or not, with what its validity depends on; null if there is none. */
  find(tenantId: string, hash: Buffer): Promise<PresentedToken | null> {
    return this.#reader.find(tenantId, hash);
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
  const [grantId, spentAt, tokenExpiresAt] = row.token;
  const [userId, clientUuid, sessionId, scopes, issuerKind, revokedAt, expiresAt, createdAt, issuerHost, ...proof] =
    row.grant;
  const [claims, authTime, acr, amr] = proof;
  return {
    token: { spentAt: toMoment(spentAt), expiresAt: new Date(tokenExpiresAt) },
    grant: {
      tenantId,
      id: grantId,
      userId,
      clientUuid,
      sessionId,
      scopes,
      issuerKind,
      issuerHost,
      revokedAt: toMoment(revokedAt),
      expiresAt: new Date(expiresAt),
      createdAt: new Date(createdAt),
      claims,
      authTime: new Date(authTime),
      acr,
      amr,
    },
    user: row.user === null ? null : toUser(row.user),
    person: row.user?.[3] == null ? null : toPerson(row.user[3]),
    session: sessionId === null ? undefined : toSession(sessionId, row.session),
  };
}

function toSession(id: string, row: FoundRow['session']): FamilySession | null {
  if (row === null) return null;
  const [lastUsedAt, idleExpiresAt, expiresAt, remember] = row;
  return {
    id,
    lastUsedAt: new Date(lastUsedAt),
    idleExpiresAt: new Date(idleExpiresAt),
    expiresAt: new Date(expiresAt),
    remember,
  };
}

function toChange({ hash, grant, now, tokens }: Rotation) {
  return {
    tenantId: grant.tenantId,
    hash: hash.toString('hex'),
    grantId: grant.id,
    now,
    clientUuid: grant.clientUuid,
    ...toTokenColumns(tokens),
  };
}
