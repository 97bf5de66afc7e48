import { CompiledQuery, sql } from 'kysely';
import {
  BatchReader,
  columnsOf,
  type Database,
  defineStatement,
  keysetPage,
  type PageKey,
  type PageRequest,
  type PageResult,
  pageAt,
} from '../../persistence/index.ts';
import { type Lockout, LockoutEntity } from '../credential.entity.ts';
import type { Counter } from './lockout.rules.ts';
import { devicePrefix, type LockoutFactor, type LockoutSubject } from './lockout.subject.ts';

/** A counter with its key. */
export interface CounterRow extends Counter {
  readonly kind: string;
  readonly key: string;
}

/** A removed counter, and whether it had a block. */
export interface ClearedRow {
  readonly subjectKind: string;
  readonly subject: string;
  readonly factor: string;
  /** Those that counted towards the next block. */
  readonly failures: number;
  readonly blockedUntil: Date | null;
}

/** What a list of blocks can be narrowed by. */
export interface LockoutFilter {
  readonly subjectKind?: string;
  /** Blocks of this account and of its devices. */
  readonly userId?: string;
  readonly factor?: string;
}

/** Orders of a list of blocks: by what is blocked and the factor, or by when the block began. */
export type LockoutOrder = 'subject' | 'blockedFrom';

/** The counter of an account, and the address of its last attempt. */
export interface AccountCounterRow extends CounterRow {
  readonly lastIp: string | null;
}

interface RawCounter {
  readonly kind: string;
  readonly key: string;
  readonly failures: number;
  readonly times: readonly number[];
  readonly level: number;
  readonly lastAt: Date;
  readonly blockedFrom: Date | null;
  readonly blockedUntil: Date | null;
}

const COUNTER_COLUMNS = `l.subject_kind as kind, l.subject as key, l.failures, l.failure_times as times, l.level,
  l.last_at as "lastAt", l.blocked_from as "blockedFrom", l.blocked_until as "blockedUntil"`;
/** The limit makes the planner use one index probe for each key, also while the table has no statistics. */
const FIND = defineStatement<RawCounter>(
  'lockouts-find',
  `select ${COUNTER_COLUMNS} from unnest($3::text[], $4::text[]) as wanted (kind, key)
  cross join lateral (select * from lockouts
    where tenant_id = $1 and factor = $2 and subject_kind = wanted.kind and subject = wanted.key limit 1) l`,
);
const FIND_ACCOUNTS = defineStatement<RawCounter & { readonly lastIp: string | null }>(
  'lockouts-find-accounts',
  `select ${COUNTER_COLUMNS}, l.last_ip as "lastIp" from unnest($3::text[]) as wanted (key)
  cross join lateral (select * from lockouts
    where tenant_id = $1 and factor = $2 and subject_kind = 'account' and subject = wanted.key limit 1) l`,
);
/** A conflicting insert locks the existing row, so that no failure is lost or counted twice, not even a first one. */
const LOCK = defineStatement<RawCounter>(
  'lockouts-lock',
  `insert into lockouts as l (tenant_id, factor, subject_kind, subject, last_at)
  select $1::uuid, $2::text, wanted.kind, wanted.key, $5::timestamptz
  from unnest($3::text[], $4::text[]) with ordinality as wanted (kind, key, at) order by wanted.at
  on conflict (tenant_id, subject_kind, subject, factor) do update set factor = excluded.factor
  returning ${COUNTER_COLUMNS}`,
);
const WRITE = defineStatement<object>(
  'lockouts-write',
  `update lockouts l set failures = n.failures, failure_times = n.times, level = n.level,
    last_at = $3, last_ip = $4, blocked_from = n.blocked_from, blocked_until = n.blocked_until
  from json_to_recordset($5::json) as n (kind text, key text, failures int, times jsonb, level int,
    blocked_from timestamptz, blocked_until timestamptz)
  where l.tenant_id = $1 and l.factor = $2 and l.subject_kind = n.kind and l.subject = n.key`,
);
const CLEARED = 'returning subject_kind as "subjectKind", subject, factor, failures, blocked_until as "blockedUntil"';
/** Arrays, because a join that was planned while the table was empty compares each counter of the tenant. */
const CLEAR_FACTOR = defineStatement<object>(
  'lockouts-clear',
  `delete from lockouts where tenant_id = $1 and factor = $2 and subject_kind = any($3::text[]) and subject = any($4::text[])
  and subject_kind || ':' || subject = any(array(
    select wanted.kind || ':' || wanted.key from unnest($3::text[], $4::text[]) as wanted (kind, key)))`,
);
const CLEAR_ACCOUNT_SQL = `delete from lockouts where tenant_id = $1
  and ((subject_kind = 'account' and subject = $2) or (subject_kind = 'device' and starts_with(subject, $3)))
  and ($4::text is null or factor = $4) and ($5::timestamptz is null or blocked_until > $5) ${CLEARED}`;
const CLEAR_SUBJECT_SQL = `delete from lockouts where tenant_id = $1 and subject_kind = $2 and subject = $3
  and ($4::text is null or factor = $4) and ($5::timestamptz is null or blocked_until > $5) ${CLEARED}`;

const CLEAR_ACCOUNTS_SQL = `delete from lockouts where tenant_id = $1 and subject_kind = 'account' and factor = $2
  and subject = any($3::text[]) ${CLEARED}`;
const ACCOUNTS_AT_SQL = `select subject as "userId" from lockouts
  where tenant_id = $1 and subject_kind = 'account' and factor = $2 and subject > $3 order by subject limit $4`;

const SUBJECTS_OF_SQL = `select distinct subject from lockouts
  where tenant_id = $1 and subject_kind = $2 and subject > $3 order by subject limit $4`;
const CLEAR_SUBJECTS_SQL = `delete from lockouts where tenant_id = $1 and subject_kind = $2
  and subject = any($3::text[]) ${CLEARED}`;

const SWEEP_SQL = `delete from lockouts l using (
    select o.* from tenants t cross join lateral (
      select tenant_id, subject_kind, subject, factor from lockouts o
      where o.tenant_id = t.id and o.last_at < $1 and (o.blocked_until is null or o.blocked_until < $2)
      order by o.last_at limit $3
    ) o limit $3
  ) gone where l.tenant_id = gone.tenant_id and l.subject_kind = gone.subject_kind and l.subject = gone.subject
    and l.factor = gone.factor returning 1`;

const BY_SUBJECT: readonly PageKey[] = [
  { column: 'subject_kind', property: 'subjectKind', type: 'text' },
  { column: 'subject', property: 'subject', type: 'text' },
  { column: 'factor', property: 'factor', type: 'text' },
];
const ORDERS: Readonly<Record<LockoutOrder, readonly PageKey[]>> = {
  subject: BY_SUBJECT,
  blockedFrom: [{ column: 'blocked_from', property: 'blockedFrom', type: 'timestamptz' }, ...BY_SUBJECT],
};

const kindsAndKeys = (subjects: readonly LockoutSubject[]): [string[], string[]] => [
  subjects.map(({ kind }) => kind),
  subjects.map(({ key }) => key),
];
const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

/** Counters that are asked for. */
interface WantedCounters {
  readonly tenantId: string;
  readonly factor: LockoutFactor;
  readonly subjects: readonly LockoutSubject[];
}

/** Most attempts whose counters one statement reads; each has four subjects at most. */
const MAX_BATCH = 100;

const keyOf = ({ kind, key }: { readonly kind: string; readonly key: string }): string => `${kind} ${key}`;

/** The only queries on lockouts. */
export class LockoutStore {
  readonly #db: Database;
  readonly #columns = columnsOf(LockoutEntity, 'lockouts');

  readonly #found: BatchReader<WantedCounters, CounterRow[]>;

  constructor(db: Database) {
    this.#db = db;
    this.#found = new BatchReader({
      max: MAX_BATCH,
      read: (wanted) => this.#findEach(wanted),
      groupBy: ({ tenantId, factor }) => `${tenantId} ${factor}`,
    });
  }

  /** Counters of these subjects at a factor; subjects without a failure have none. Joins concurrent reads into one statement. */
  find(tenantId: string, factor: LockoutFactor, subjects: readonly LockoutSubject[]): Promise<CounterRow[]> {
    return this.#found.ask({ tenantId, factor, subjects });
  }

  /** @param wanted Of one tenant and one factor. */
  async #findEach(wanted: readonly WantedCounters[]): Promise<readonly CounterRow[][]> {
    const { tenantId, factor } = wanted[0]!;
    const keyed = new Map(wanted.flatMap(({ subjects }) => subjects.map((subject) => [keyOf(subject), subject])));
    const rows = await this.#db.run(FIND, [tenantId, factor, ...kindsAndKeys([...keyed.values()])]);
    const counters = new Map(rows.map((row) => [keyOf(row), toCounter(row)]));
    return wanted.map(({ subjects }) => subjects.flatMap((subject) => counters.get(keyOf(subject)) ?? []));
  }

  /**
   * As `find`, inside a unit of work: adds missing counters without failures, and locks all until it ends.
   * @param subjects In the order of their keys.
   */
  async lock(
    tenantId: string,
    factor: LockoutFactor,
    subjects: readonly LockoutSubject[],
    now: Date,
  ): Promise<CounterRow[]> {
    const rows = await this.#db.run(LOCK, [tenantId, factor, ...kindsAndKeys(subjects), now]);
    return rows.map(toCounter);
  }

  /** Writes locked counters. */
  async write(
    tenantId: string,
    factor: LockoutFactor,
    rows: readonly CounterRow[],
    now: Date,
    ip: string | null,
  ): Promise<void> {
    const records = rows.map(({ kind, key, failures, times, level, blockedFrom, blockedUntil }) => ({
      kind,
      key,
      failures,
      times,
      level,
      blocked_from: iso(blockedFrom),
      blocked_until: iso(blockedUntil),
    }));
    await this.#db.run(WRITE, [tenantId, factor, now, ip, JSON.stringify(records)]);
  }

  /** Deletes the failures of subjects at a factor. */
  async clear(tenantId: string, factor: LockoutFactor, subjects: readonly LockoutSubject[]): Promise<void> {
    await this.#db.run(CLEAR_FACTOR, [tenantId, factor, ...kindsAndKeys(subjects)]);
  }

  /**
   * Deletes all counters of an account and its devices.
   * @param factor Default: all factors.
   * @param blockedAt Only those whose block runs at this time. Default: those without a block too.
   */
  clearAccount(
    tenantId: string,
    userId: string,
    factor: LockoutFactor | null = null,
    blockedAt: Date | null = null,
  ): Promise<ClearedRow[]> {
    return this.#run<ClearedRow>(CLEAR_ACCOUNT_SQL, [tenantId, userId, devicePrefix(userId), factor, blockedAt]);
  }

  /**
   * Deletes the counters of one subject.
   * @param factor Null: at all factors.
   * @param blockedAt Only those whose block runs at this time. Default: those without a block too.
   */
  clearSubject(
    tenantId: string,
    kind: string,
    key: string,
    factor: string | null,
    blockedAt: Date | null = null,
  ): Promise<ClearedRow[]> {
    return this.#run<ClearedRow>(CLEAR_SUBJECT_SQL, [tenantId, kind, key, factor, blockedAt]);
  }

  /** Deletes the counters of accounts at a factor. */
  clearAccounts(tenantId: string, userIds: readonly string[], factor: LockoutFactor): Promise<ClearedRow[]> {
    return this.#run<ClearedRow>(CLEAR_ACCOUNTS_SQL, [tenantId, factor, userIds]);
  }

  /** Ids of accounts with a counter at a factor, in order, after an id. */
  async accountsAt(tenantId: string, factor: LockoutFactor, after: string, limit: number): Promise<string[]> {
    const rows = await this.#run<{ userId: string }>(ACCOUNTS_AT_SQL, [tenantId, factor, after, limit]);
    return rows.map(({ userId }) => userId);
  }

  /** Keys of the subjects of a kind with a counter at any factor, in order, after a key. */
  async subjectsOf(tenantId: string, kind: string, after: string, limit: number): Promise<string[]> {
    const rows = await this.#run<{ subject: string }>(SUBJECTS_OF_SQL, [tenantId, kind, after, limit]);
    return rows.map(({ subject }) => subject);
  }

  /** Deletes the counters of subjects of a kind at all factors. */
  clearSubjects(tenantId: string, kind: string, subjects: readonly string[]): Promise<ClearedRow[]> {
    return this.#run<ClearedRow>(CLEAR_SUBJECTS_SQL, [tenantId, kind, subjects]);
  }

  /** Counters of accounts at a factor; accounts without a failure have none. */
  async ofAccounts(tenantId: string, factor: LockoutFactor, userIds: readonly string[]): Promise<AccountCounterRow[]> {
    const rows = await this.#db.run(FIND_ACCOUNTS, [tenantId, factor, userIds]);
    return rows.map((row) => ({ ...toCounter(row), lastIp: row.lastIp }));
  }

  /** One row by its key, whether or not a block runs. */
  async findOne(tenantId: string, kind: string, key: string, factor: string): Promise<Lockout | null> {
    const row = await this.#select(tenantId)
      .where('subject_kind', '=', kind)
      .where('subject', '=', key)
      .where('factor', '=', factor)
      .executeTakeFirst();
    return (row ?? null) as Lockout | null;
  }

  /** Present blocks. */
  page(
    tenantId: string,
    filter: LockoutFilter,
    request: PageRequest,
    now: Date,
    order: LockoutOrder = 'subject',
  ): Promise<PageResult<Lockout>> {
    let query = this.#select(tenantId).where('blocked_until', '>', now);
    const { userId, subjectKind, factor } = filter;
    if (subjectKind !== undefined) query = query.where('subject_kind', '=', subjectKind);
    if (factor !== undefined) query = query.where('factor', '=', factor);
    if (userId !== undefined) {
      const prefix = devicePrefix(userId);
      query = query.where(
        sql<boolean>`((subject_kind = 'account' and subject = ${userId})
          or (subject_kind = 'device' and starts_with(subject, ${prefix})))`,
      );
    }
    const read = (part: PageRequest) => keysetPage<Lockout>(this.#db, query, ORDERS[order], part);
    return pageAt(request, read, read);
  }

  /**
   * Deletes up to `limit` rows without a failure since a time, found by index in each tenant.
   * @returns How many were deleted.
   */
  async sweepExpired(since: Date, now: Date, limit: number): Promise<number> {
    return (await this.#run<unknown>(SWEEP_SQL, [since, now, limit])).length;
  }

  #select(tenantId: string) {
    return this.#db
      .read<{ lockouts: { [column: string]: string | Date | null } }>()
      .selectFrom('lockouts')
      .select(this.#columns as never)
      .where('tenant_id', '=', tenantId);
  }

  async #run<R>(text: string, values: readonly unknown[]): Promise<R[]> {
    return (await this.#db.read().executeQuery<R>(CompiledQuery.raw(text, [...values]))).rows;
  }
}

function toCounter(row: RawCounter): CounterRow {
  return {
    ...row,
    lastAt: row.lastAt.getTime(),
    blockedFrom: row.blockedFrom?.getTime() ?? null,
    blockedUntil: row.blockedUntil?.getTime() ?? null,
  };
}
