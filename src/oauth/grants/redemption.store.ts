import { type ChangeGroup, defineChange, type EventActor, type EventDraft, type EventLog } from '../../events/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import { type Database, defineStatement } from '../../persistence/index.ts';
import type { SessionRow } from '../../sessions/index.ts';
import { CODE_KIND, type CodePayload } from './authorization-code.ts';
import type { FamilyParts } from './family-life.ts';
import type { Family } from './grant.entity.ts';
import { HandleReader } from './handle-reader.ts';
import { insertTokens, type NewTokens, TOKEN_COLUMNS, toTokenColumns } from './new-tokens.ts';
import {
  KINDS_WITH_PROFILE,
  PERSON_JSON,
  type Person,
  type PersonRow,
  toPerson,
  toUser,
  USER_COLUMNS,
  type UserRow,
} from './user-rows.ts';

/** The session that a code was made in, and what decides whether it is alive. */
export type CodeSession = Pick<SessionRow, 'userId' | 'deviceId' | 'idleExpiresAt' | 'expiresAt'>;

/** An authorization code that nobody used, with everything that its validity depends on. */
export interface PresentedCode {
  readonly userId: string;
  readonly payload: CodePayload;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly user: FamilyParts['user'];
  /** Null when it ended. */
  readonly session: CodeSession | null;
  /** What the claims of the user are read from; null if they have none. */
  readonly person: Person | null;
}

/** A code to use up, and the family and tokens that take its place. */
export interface Redemption {
  /** `hashHandle` of the code. */
  readonly hash: Buffer;
  /** The session that the code was made in, also where the family outlives it. */
  readonly sessionId: string;
  readonly family: Family;
  readonly tokens: NewTokens;
}

/** A code in the answer of `FIND_PRESENTED`; moments are texts. */
interface FoundRow {
  readonly place: number;
  readonly code: readonly [userId: string, payload: CodePayload, expiresAt: string, createdAt: string] | null;
  readonly user: readonly [...UserRow, person: PersonRow | null] | null;
  readonly session: readonly [userId: string, deviceId: string | null, idleExpiresAt: string, expiresAt: string] | null;
  readonly familyId: string | null;
}

/**
 * Reads codes with their users and sessions, and for a code that is not there the family that came from it. The limits make the
 * planner use one index probe for each key, as for refresh tokens.
 */
const FIND_PRESENTED = defineStatement<FoundRow>(
  'authorization-codes-by-hash',
  `select (wanted.place - 1)::int as place, c.code, u.user, s.session, g.id as "familyId"
  from unnest($1::uuid[], $2::text[]) with ordinality as wanted (tenant_id, hash, place)
  left join lateral (
    select user_id, payload, json_build_array(user_id, payload, expires_at, created_at) as code
    from one_time_codes
    where tenant_id = wanted.tenant_id and hash = decode(wanted.hash, 'hex') and kind = '${CODE_KIND}' limit 1) c on true
  left join lateral (
    select json_build_array(${USER_COLUMNS},
      case when c.payload ->> 'issuerKind' in ${KINDS_WITH_PROFILE} or c.payload #> '{claims,idToken}' <> '{}' then ${PERSON_JSON} end) as user
    from users where tenant_id = wanted.tenant_id and id = c.user_id limit 1) u on true
  left join lateral (
    select json_build_array(user_id, device_id, idle_expires_at, expires_at) as session
    from sessions where tenant_id = wanted.tenant_id and id = (c.payload ->> 'sessionId')::uuid limit 1) s on true
  left join lateral (
    select id from grants where c.user_id is null and tenant_id = wanted.tenant_id
      and code_hash = decode(wanted.hash, 'hex') limit 1) g on true`,
);

/**
 * The parts of the statement that uses codes up. A code is left alone when it was used since it was read, when its session ended
 * or is about to, and when another transaction locks one of the rows that the new family refers to: the group must not wait for
 * it. The delete alone decides which request uses a code; of two in the same group, one.
 *
 * The limits make the planner use one index probe for each key, and the comparisons of ids, which are always true, let it
 * expect few rows, also while the tables have no statistics.
 */
const REDEMPTION_PARTS = `wanted as materialized (
    select * from json_to_recordset($2::json) as c (n int, "tenantId" uuid, "codeHash" text, "codeSessionId" uuid,
      "grantId" uuid, "userId" text, "clientUuid" uuid, "sessionId" uuid, scopes text[], "issuerKind" text, "issuerHost" text,
      claims jsonb, "authTime" timestamptz, acr text, amr text[], "clientSession" text, "grantExpiresAt" timestamptz,
      now timestamptz,
      ${TOKEN_COLUMNS})
  ),
  held as materialized (
    select wanted.*, c.place from wanted
    join lateral (select id from users where tenant_id = "tenantId" and id = "userId"
      limit 1 for key share skip locked) u on u.id = "userId"
    join lateral (select id from clients where tenant_id = "tenantId" and id = "clientUuid"
      limit 1 for key share skip locked) k on k.id = "clientUuid"
    join lateral (select id from sessions where tenant_id = "tenantId" and id = "codeSessionId"
      limit 1 for key share skip locked) s on s.id = "codeSessionId"
    join lateral (select ctid as place from one_time_codes
      where tenant_id = "tenantId" and hash = decode(wanted."codeHash", 'hex') and kind = '${CODE_KIND}'
      limit 1 for update skip locked) c on true
  ),
  used as (
    delete from one_time_codes c using held where c.ctid = held.place returning held.*
  ),
  family as (
    insert into grants (tenant_id, id, user_id, client_uuid, session_id, scopes, issuer_kind, issuer_host, code_hash, claims,
      auth_time, acr, amr, client_session, expires_at, created_at)
    select "tenantId", "grantId", "userId", "clientUuid", "sessionId", scopes, "issuerKind", "issuerHost",
      decode("codeHash", 'hex'), claims, "authTime", acr, amr, "clientSession", "grantExpiresAt", now from used
  ),
  ${insertTokens('used')}`;
const REDEEM = defineChange<RedemptionChange>('authorization-codes-redeem', 'select n from used', REDEMPTION_PARTS);

type RedemptionChange = ReturnType<typeof toChange>;

/**
 * Exchanges authorization codes with two statements: one reads the code with its user and session, one uses it up, stores the
 * family with its tokens and writes the event. Requests that redeem codes at the same time share both.
 */
export class RedemptionStore {
  readonly #reader: HandleReader<FoundRow, PresentedCode | 'used'>;
  readonly #changes: ChangeGroup<RedemptionChange>;

  constructor(db: Database, events: EventLog) {
    this.#reader = new HandleReader(db, FIND_PRESENTED, (_, row) => toPresented(row));
    this.#changes = events.changes(REDEEM);
  }

  /** A code with what its validity depends on; `used` when a family came from it, null if there is none. */
  find(tenantId: string, hash: Buffer): Promise<PresentedCode | 'used' | null> {
    return this.#reader.find(tenantId, hash);
  }

  /**
   * Uses up a code that was found unused, together with the event of the tokens.
   * @returns Whether it was used. If not, nothing was written: look at its rows with locks.
   */
  redeem(
    actor: EventActor,
    tenant: Pick<TenantRef, 'id'>,
    redemption: Redemption,
    event: EventDraft,
  ): Promise<boolean> {
    return this.#changes.make(actor, tenant, toChange(redemption), [event]);
  }
}

function toPresented({ code, user, session, familyId }: FoundRow): PresentedCode | 'used' | null {
  if (code === null) return familyId === null ? null : 'used';
  const [userId, payload, expiresAt, createdAt] = code;
  return {
    userId,
    payload,
    expiresAt: new Date(expiresAt),
    createdAt: new Date(createdAt),
    user: user === null ? null : toUser(user),
    session: session === null ? null : toSession(session),
    person: user?.[3] == null ? null : toPerson(user[3]),
  };
}

function toSession([userId, deviceId, idleExpiresAt, expiresAt]: NonNullable<FoundRow['session']>): CodeSession {
  return { userId, deviceId, idleExpiresAt: new Date(idleExpiresAt), expiresAt: new Date(expiresAt) };
}

function toChange({ hash, sessionId, family, tokens }: Redemption) {
  return {
    tenantId: family.tenantId,
    codeHash: hash.toString('hex'),
    codeSessionId: sessionId,
    grantId: family.id,
    userId: family.userId,
    clientUuid: family.clientUuid,
    sessionId: family.sessionId ?? null,
    scopes: family.scopes,
    issuerKind: family.issuerKind,
    issuerHost: family.issuerHost ?? null,
    claims: family.claims,
    authTime: family.authTime,
    acr: family.acr,
    amr: family.amr,
    clientSession: family.clientSession ?? null,
    grantExpiresAt: family.expiresAt,
    now: family.createdAt,
    ...toTokenColumns(tokens),
  };
}
