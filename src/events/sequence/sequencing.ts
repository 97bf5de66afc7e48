import { CompiledQuery } from 'kysely';
import type { QueryResult } from 'pg';
import { type Database, defineStatement, type NamedStatement, type TimeLimits } from '../../persistence/index.ts';
import type { ServerLink } from '../link/server-link.ts';

/** The only log so far; the tables could hold several. */
export const LOG = 0;
/** NOTIFY channel on which every node learns of new positions. */
export const POSITIONS_CHANNEL = 'idgraph_events';
/** Any 64-bit number that no other application of the database uses as an advisory lock. */
const SEQUENCER_LOCK = 7_236_914_552_012n;

/** What one pass found. */
export interface SequencerPass {
  /** Whether this node got the lock; false while another node holds it. */
  readonly hadTurn: boolean;
  /** False when the log's last generation belongs to another cluster, or there is none yet. */
  readonly isCurrent: boolean;
  /** How many events got their position. */
  readonly count: number;
}

/** The database operations of the sequencer. */
export interface Sequencing {
  /** Whether a pass may find something to do: a cheap look, without the lock that the nodes take turns by. */
  hasWork(): Promise<boolean>;
  /** Gives every event that became visible since the last pass the next position. */
  pass(): Promise<SequencerPass>;
  /** Opens a generation if the last one does not belong to this cluster, and gives positions to events that have none. */
  openGeneration(): Promise<void>;
}

/**
 * Takes the lock and sets planner options, because a table without statistics would be scanned whole (2 to 7 ms a pass).
 * Whether the lock was taken is stored as a setting of the transaction, because the statement that depends on it must be a
 * later one: only then does its snapshot include what the previous holder committed.
 */
const TAKE_TURN = `select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
  set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true),
  set_config('idgraph.sequencing', pg_try_advisory_xact_lock(${SEQUENCER_LOCK})::text, true)`;

const HAS_TURN = `current_setting('idgraph.sequencing') = 'true'`;

/**
 * Identifies the present log: the cluster and database, and the WAL timeline. The timeline is read from the name of the current
 * WAL file, because the control file shows a new timeline only after the first checkpoint that follows a promotion.
 */
const HERE = `here as materialized (
    select (select system_identifier from pg_control_system())::text || '/' ||
        (select oid from pg_database where datname = current_database())::text as system_identifier,
      ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::integer as timeline
  )`;

const lastBatch = (condition: string): string => `select b.generation, b.last_position, b.snapshot,
      g.system_identifier = here.system_identifier and g.timeline = here.timeline as is_current
    from here, event_batches b join event_generations g on g.log = b.log and g.generation = b.generation
    where b.log = ${LOG} and ${condition}
    order by b.log desc, b.generation desc, b.last_position desc limit 1`;

/**
 * The arrivals that are new after the batch `last`: its snapshot could not see their transactions, because they had not begun
 * (at or above xmax) or were still open (in xip).
 */
const FRESH = `fresh as (
    select a.xid, a.tenant_id, a.event_id from last, event_arrivals a
      where last.is_current and a.xid >= pg_snapshot_xmax(last.snapshot)
    union all
    select a.xid, a.tenant_id, a.event_id from last, pg_snapshot_xip(last.snapshot) as open(xid), event_arrivals a
      where last.is_current and a.xid = open.xid
  )`;

/** Deletes nothing, and fails on a server that takes no writes. */
export const MUST_WRITE = 'writable as (delete from leases where false)';

export const HAS_WORK = defineStatement<{ hasWork: boolean }>(
  'sequencer-look',
  `with ${MUST_WRITE}, ${HERE}, last as materialized (${lastBatch('true')}), ${FRESH}
  select not coalesce((select is_current from last), false) or exists (select from fresh) as "hasWork"`,
);

/**
 * One pass. The batch row stores the snapshot of this same statement, so that no event is missed or numbered twice, whatever was
 * rolled back, killed or held open between two passes. An idle pass writes nothing.
 */
const pass = (isNotifying: boolean): string => `with ${HERE},
  last as materialized (${lastBatch(HAS_TURN)}),
  ${FRESH},
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
 * Opens a generation. In a copied database the arrivals carry transaction ids of another cluster, which this one has not
 * assigned yet: all visible arrivals are deleted, and those without a position get one. A transaction that is still open here
 * is in the new batch's snapshot, so one of the next passes finds it.
 */
const OPEN_GENERATION = `with ${HERE},
  last as materialized (${lastBatch(HAS_TURN)}),
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

/** Opening a generation numbers everything that a copied database left without a position, which may be much. */
const OPEN_TIMEOUT_MS = 300_000;

const TURN = defineStatement<object>(
  'sequencer-turn',
  `${TAKE_TURN}, set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true)`,
);
const PASS = defineStatement<SequencerPass>('sequencer-pass', pass(false));
const NOTIFYING_PASS = defineStatement<SequencerPass>('sequencer-pass-notify', pass(true));

/** What a direct link of the sequencer keeps prepared. */
export const SEQUENCER_STATEMENTS: readonly NamedStatement<unknown>[] = [TURN, PASS, NOTIFYING_PASS];

/**
 * Sequencing on a PostgreSQL server. Each pass is one text of several statements and so a single round trip: a node that stalls
 * cannot stall while it holds the lock. A text of several statements is one transaction.
 * @param link Keeps `SEQUENCER_STATEMENTS` prepared where it is direct.
 */
export function serverSequencing(link: ServerLink, isNotifying: boolean, limits: TimeLimits): Sequencing {
  const { statementMs, lockMs } = limits;
  const script = (statement: string, longestMs: number) =>
    `begin; ${TAKE_TURN}, ${timeLimits(longestMs, lockMs)}; ${statement}; commit`;
  const { name, text } = isNotifying ? NOTIFYING_PASS : PASS;
  const passing = script(text, statementMs);
  const prepared = `execute "${TURN.name}"('${statementMs}', '${lockMs}'); execute "${name}"`;
  return {
    hasWork: async () => {
      // Without the settings of a direct connection the look could scan the arrivals, and a pass sets them.
      if (!link.isDirect) return true;
      const result = (await link.query({ text: HAS_WORK.text, values: [], isWriting: true })) as QueryResult;
      return (result.rows[0] as { hasWork: boolean }).hasWork;
    },
    pass: async () => {
      const results = (await link.query({ text: passing, prepared, isWriting: true })) as QueryResult[];
      return results.flatMap(({ rows }) => rows).find((row) => 'hadTurn' in row) as SequencerPass;
    },
    openGeneration: async () => {
      const timeoutMs = OPEN_TIMEOUT_MS + limits.queryMs;
      await link.query({ text: script(OPEN_GENERATION, OPEN_TIMEOUT_MS), timeoutMs });
    },
  };
}

/** Part of the first statement: sets how long the later ones may take. */
const timeLimits = (statementMs: number, lockMs: number): string =>
  `set_config('statement_timeout', '${statementMs}', true), set_config('lock_timeout', '${lockMs}', true)`;

/** Sequencing on the embedded database, where a pass waits for the only connection like any other transaction. */
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
    hasWork: async () => true,
    pass: async () => (await inTurn<SequencerPass>(PASS.text))[0]!,
    openGeneration: async () => {
      await inTurn(OPEN_GENERATION);
    },
  };
}
