import { CompiledQuery } from 'kysely';
import type { QueryResult } from 'pg';
import type { Database, TimeLimits } from '../../persistence/index.ts';
import type { ServerLink } from '../link/server-link.ts';

/** The one log there is so far; the tables leave room for more. */
export const LOG = 0;
/** Channel that tells every node of new positions. */
export const POSITIONS_CHANNEL = 'idgraph_events';
/** Any 64-bit number no other application of the database uses. */
const SEQUENCER_LOCK = 7_236_914_552_012n;

/** What one pass found. */
export interface SequencerPass {
  /** Whether this node had its turn; false while another one is at it. */
  readonly hadTurn: boolean;
  /** False when the log's last generation belongs to another cluster, or there is none yet. */
  readonly isCurrent: boolean;
  /** Events that got their position. */
  readonly count: number;
}

/** How the sequencer speaks to the database. */
export interface Sequencing {
  /** Gives every event that became visible since the last pass the next position. */
  pass(): Promise<SequencerPass>;
  /** Opens a generation if the last one is not of this cluster; numbers what has no position yet. */
  openGeneration(): Promise<void>;
}

/**
 * Takes the turn and steers the planner: a table without statistics would be scanned whole (2 to 7 ms a pass). The lock's
 * answer is kept as a setting of the transaction, because the statement that acts on it must be a later one: only then
 * does its snapshot see what the holder before us committed.
 */
const TAKE_TURN = `select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
  set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
  set_config('idgraph.sequencing', pg_try_advisory_xact_lock(${SEQUENCER_LOCK})::text, true)`;

const HAS_TURN = `current_setting('idgraph.sequencing') = 'true'`;

/**
 * Where we are: the cluster and database, and the WAL timeline. The control file would tell the new timeline only after
 * the first checkpoint that follows a promotion, the name of the current WAL file tells it at once.
 */
const HERE = `here as materialized (
    select (select system_identifier from pg_control_system())::text || '/' ||
        (select oid from pg_database where datname = current_database())::text as system_identifier,
      ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::integer as timeline
  )`;

const LAST_BATCH = `select b.generation, b.last_position, b.snapshot,
      g.system_identifier = here.system_identifier and g.timeline = here.timeline as is_current
    from here, event_batches b join event_generations g on g.log = b.log and g.generation = b.generation
    where b.log = ${LOG} and ${HAS_TURN}
    order by b.log desc, b.generation desc, b.last_position desc limit 1`;

/**
 * One pass. An arrival is new if the last batch's snapshot could not see its transaction: it had not begun (at or above
 * xmax) or was still open (in xip). The batch row keeps the snapshot of this very statement, so that nothing falls between
 * two passes and nothing is in both, whatever was rolled back, killed or held open in between. An idle pass writes nothing.
 */
const pass = (isNotifying: boolean): string => `with ${HERE},
  last as materialized (${LAST_BATCH}),
  fresh as (
    select a.xid, a.tenant_id, a.event_id from last, event_arrivals a
      where last.is_current and a.xid >= pg_snapshot_xmax(last.snapshot)
    union all
    select a.xid, a.tenant_id, a.event_id from last, pg_snapshot_xip(last.snapshot) as open(xid), event_arrivals a
      where last.is_current and a.xid = open.xid
  ),
  numbered as (
    insert into event_positions (log, position, tenant_id, event_id)
    select ${LOG}, last.last_position + row_number() over (order by fresh.xid, fresh.event_id), fresh.tenant_id, fresh.event_id
    from last, fresh
    returning position
  ),
  head as (select count(*)::integer as count, max(position) as position from numbered),
  batch as (
    insert into event_batches (log, generation, last_position, snapshot)
    select ${LOG}, last.generation, head.position, pg_current_snapshot() from last, head where head.count > 0
    returning last_position
  )
  select ${HAS_TURN} as "hadTurn", coalesce((select is_current from last), false) as "isCurrent", head.count,
    ${isNotifying ? `(select pg_notify('${POSITIONS_CHANNEL}', last_position::text) from batch)::text` : `(select last_position from batch)::text`} as told
  from head`;

/**
 * Opens a generation. The arrivals a copy brought along carry transaction ids of another cluster, which this one has yet
 * to give out: all that are visible are taken away, those without a position numbered. A transaction still open here is in
 * the new batch's snapshot and so in one of the next passes.
 */
const OPEN_GENERATION = `with ${HERE},
  last as materialized (${LAST_BATCH}),
  needed as materialized (
    select coalesce((select max(generation) from event_generations where log = ${LOG}), 0) + 1 as generation,
      greatest(coalesce((select last_position from last), 0),
        coalesce((select max(position) from event_positions where log = ${LOG}), 0)) as last_position
    where ${HAS_TURN} and not coalesce((select is_current from last), false)
  ),
  taken as (delete from event_arrivals a using needed returning a.xid, a.tenant_id, a.event_id),
  fresh as (
    select * from taken t where not exists (
      select from event_positions p where p.log = ${LOG} and p.tenant_id = t.tenant_id and p.event_id = t.event_id)
  ),
  numbered as (
    insert into event_positions (log, position, tenant_id, event_id)
    select ${LOG}, needed.last_position + row_number() over (order by fresh.xid, fresh.event_id), fresh.tenant_id, fresh.event_id
    from needed, fresh
    returning position
  ),
  generation as (
    insert into event_generations (log, generation, first_position, system_identifier, timeline)
    select ${LOG}, needed.generation, needed.last_position + 1, here.system_identifier, here.timeline from needed, here
  )
  insert into event_batches (log, generation, last_position, snapshot)
  select ${LOG}, needed.generation, needed.last_position + (select count(*) from numbered), pg_current_snapshot() from needed`;

/** Opening a generation numbers whatever a copy left over, which may be much. */
const OPEN_TIMEOUT_MS = 300_000;

/**
 * On a server each pass is one text of several statements: a single round trip, so a node that stalls never does so with
 * the lock in its hand.
 */
export function serverSequencing(link: ServerLink, isNotifying: boolean, limits: TimeLimits): Sequencing {
  const script = (statement: string, statementMs: number) =>
    `begin; ${TAKE_TURN}, ${timeLimits(statementMs, limits.lockMs)}; ${statement}; commit`;
  const passing = script(pass(isNotifying), limits.statementMs);
  return {
    pass: async () => {
      const results = (await link.query({ text: passing })) as QueryResult[];
      return results[2]!.rows[0] as SequencerPass;
    },
    openGeneration: async () => {
      const timeoutMs = OPEN_TIMEOUT_MS + limits.queryMs;
      await link.query({ text: script(OPEN_GENERATION, OPEN_TIMEOUT_MS), timeoutMs });
    },
  };
}

/** Part of the first statement: how long those after it may take. */
const timeLimits = (statementMs: number, lockMs: number): string =>
  `set_config('statement_timeout', '${statementMs}', true), set_config('lock_timeout', '${lockMs}', true)`;

/** On the embedded database the one connection is queued for like for any other transaction. */
export function embeddedSequencing(db: Database): Sequencing {
  const inTurn = <T>(statement: string): Promise<readonly T[]> =>
    db.detached(() =>
      db
        .read()
        .transaction()
        .execute(async (trx) => {
          await trx.executeQuery(CompiledQuery.raw(TAKE_TURN));
          return (await trx.executeQuery<T>(CompiledQuery.raw(statement))).rows;
        }),
    );
  return {
    pass: async () => (await inTurn<SequencerPass>(pass(false)))[0]!,
    openGeneration: async () => {
      await inTurn(OPEN_GENERATION);
    },
  };
}
