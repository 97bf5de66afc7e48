import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { PostgresCluster } from '../test/support/postgres-cluster.ts';
import { readProcessTime } from './processor.ts';
import { STATEMENT_LOG_FLAGS } from './statement-log.ts';

/** Which backends of PostgreSQL work for a server: those of its database whose `application_name` begins so. */
export interface BackendFilter {
  readonly database: string;
  /** The name, or its beginning up to a hyphen. */
  readonly application: string;
}

/** Processor time of the backends by process id; a new backend counts from 0. */
export type BackendTimes = ReadonlyMap<number, { readonly application: string; readonly seconds: number }>;

/** How long backends may take until they have read a changed setting, in milliseconds. */
const SETTING_PATIENCE_MS = 300;

/** A PostgreSQL server to measure on: `BENCH_DATABASE_URL`, else the one of an npm package. Commits are durable: fsync is on. */
export class BenchCluster {
  readonly #url: string;
  readonly #stop: () => Promise<void>;
  readonly #observer: pg.Client;

  private constructor(url: string, observer: pg.Client, stop: () => Promise<void>) {
    this.#url = url;
    this.#observer = observer;
    this.#stop = stop;
  }

  /** @param onLog As for `make`; not called where `BENCH_DATABASE_URL` names a server. */
  static async open(onLog?: (text: string) => void): Promise<BenchCluster> {
    const given = process.env['BENCH_DATABASE_URL'];
    return given === undefined ? BenchCluster.make(onLog) : BenchCluster.#connect(given, null);
  }

  /**
   * Makes a server, whatever `BENCH_DATABASE_URL` says.
   * @param onLog Called with what the server logs, as `StatementLog` reads it.
   */
  static async make(onLog?: (text: string) => void): Promise<BenchCluster> {
    const log = onLog === undefined ? {} : { onLog, flags: STATEMENT_LOG_FLAGS };
    const own = await PostgresCluster.create({ ...log, durable: true });
    return BenchCluster.#connect(own.url(), own);
  }

  static async #connect(url: string, own: PostgresCluster | null): Promise<BenchCluster> {
    const observer = new pg.Client({ connectionString: url, application_name: 'bench-observer' });
    await observer.connect();
    return new BenchCluster(url, observer, async () => own?.destroy());
  }

  /** Makes an empty database. */
  async create(name: string): Promise<string> {
    await this.#observer.query(`drop database if exists "${name}" with (force)`);
    await this.#observer.query(`create database "${name}"`);
    return this.urlOf(name);
  }

  urlOf(name: string): string {
    const url = new URL(this.#url);
    url.pathname = `/${name}`;
    return url.href;
  }

  async version(): Promise<string> {
    const { rows } = await this.#observer.query<{ server_version: string }>('show server_version');
    return rows[0]!.server_version;
  }

  /** Whether the backends run on this machine and show their processor time, so that it can be measured. */
  async isObservable(): Promise<boolean> {
    const { rows } = await this.#observer.query<{ pid: number }>('select pg_backend_pid() as pid');
    const name = await readFile(`/proc/${rows[0]!.pid}/comm`, 'utf8').catch(() => '');
    return name.startsWith('postgres');
  }

  /** Runs a statement in a database. */
  async run<R extends pg.QueryResultRow>(
    database: string,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<R[]> {
    const client = new pg.Client({ connectionString: this.urlOf(database), application_name: 'bench-fixture' });
    await client.connect();
    try {
      return (await client.query<R>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  async readTimes({ database, application }: BackendFilter): Promise<BackendTimes> {
    const { rows } = await this.#observer.query<{ pid: number; application: string }>(
      `select pid, application_name as application from pg_stat_activity
        where datname = $1 and (application_name = $2 or application_name like $2 || '-%') and backend_type = 'client backend'`,
      [database, application],
    );
    const times = await Promise.all(rows.map(async (row) => ({ ...row, seconds: await readProcessTime(row.pid) })));
    return new Map(
      times.flatMap(({ pid, application: name, seconds }) =>
        seconds === null ? [] : [[pid, { application: name, seconds }]],
      ),
    );
  }

  /** Changes settings of the server while it runs; null gives one its value at the start. Waits until backends have read them. */
  async configure(settings: Readonly<Record<string, string | null>>): Promise<void> {
    for (const [name, value] of Object.entries(settings))
      await this.#observer.query(
        value === null ? `alter system reset ${name}` : `alter system set ${name} = ${pg.escapeLiteral(value)}`,
      );
    await this.#observer.query('select pg_reload_conf()');
    await new Promise((resolve) => setTimeout(resolve, SETTING_PATIENCE_MS));
  }

  /** Transactions that were committed or rolled back in a database so far. */
  async countTransactions(database: string): Promise<number> {
    const { rows } = await this.#observer.query<{ count: number }>(
      'select (xact_commit + xact_rollback)::float8 as count from pg_stat_database where datname = $1',
      [database],
    );
    return rows[0]!.count;
  }

  async stop(): Promise<void> {
    await this.#observer.end();
    await this.#stop();
  }
}

/** Processor time that backends used between two readings, in seconds by `application_name`. */
export function sumUsed(before: BackendTimes, after: BackendTimes): ReadonlyMap<string, number> {
  const used = new Map<string, number>();
  for (const [pid, { application, seconds }] of after)
    used.set(application, (used.get(application) ?? 0) + seconds - (before.get(pid)?.seconds ?? 0));
  return used;
}
