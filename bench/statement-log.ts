import type pg from 'pg';

/** A statement as the log of PostgreSQL has it. */
export interface LoggedStatement {
  /** `application_name` of the connection. */
  readonly application: string;
  readonly database: string;
  readonly milliseconds: number;
  /** The name of a prepared statement; null for one that was planned for its parameters. */
  readonly name: string | null;
  readonly sql: string;
  /** The parameters as literals of SQL. */
  readonly parameters: readonly string[];
}

/** The settings with which PostgreSQL writes what `StatementLog` reads. */
export const STATEMENT_LOG_FLAGS = ['-c', 'log_line_prefix=%p|%a|%d|'];
/** With these it writes statements, and with these no more (`BenchCluster.configure`). */
export const LOGGING = { log_min_duration_statement: '0' } as const;
export const NO_LOGGING = { log_min_duration_statement: null } as const;

/** Longest part of the log that is kept, in characters. */
const MOST_CHARACTERS = 4_000_000;
const DURATION = /^LOG: {2}duration: ([\d.]+) ms {2}execute ([^:]+): ([\s\S]*)$/;
const PARAMETER = /\$\d+ = ('(?:[^']|'')*'|NULL)/g;

/** What PostgreSQL logs while a database logs its statements. */
export class StatementLog {
  #text = '';

  /** Takes a part of the log. */
  note(text: string): void {
    this.#text = (this.#text + text).slice(-MOST_CHARACTERS);
  }

  clear(): void {
    this.#text = '';
  }

  /** The statements that were executed, in the order in which they ended. */
  read(): LoggedStatement[] {
    const found: LoggedStatement[] = [];
    // Details follow the message that they belong to, but other backends may write between the two.
    const lastOf = new Map<string, number | null>();
    // Lines of one message after the first begin with a tab.
    for (const message of this.#text.split(/\n(?!\t)/)) {
      const [process, application, database, text] = splitPrefix(message.replaceAll('\n\t', '\n'));
      const duration = DURATION.exec(text);
      const last = lastOf.get(process) ?? null;
      if (duration !== null) {
        const [, milliseconds, name, sql] = duration;
        lastOf.set(process, found.length);
        found.push({
          application,
          database,
          milliseconds: Number(milliseconds),
          name: name === '<unnamed>' ? null : name!,
          sql: sql!,
          parameters: [],
        });
      } else if (!text.startsWith('DETAIL:')) lastOf.set(process, null);
      else if (last !== null) found[last] = { ...found[last]!, parameters: readParameters(text) };
    }
    return found;
  }
}

const readParameters = (detail: string): string[] => [...detail.matchAll(PARAMETER)].map(([, literal]) => literal!);

function splitPrefix(message: string): [process: string, application: string, database: string, text: string] {
  const [process = '', application = '', database = '', ...text] = message.split('|');
  return [process, application, database, text.join('|')];
}

/** The statement that took longest; undefined for none. */
export const findSlowest = (statements: readonly LoggedStatement[]): LoggedStatement | undefined =>
  statements.reduce<LoggedStatement | undefined>(
    (slowest, one) => (slowest === undefined || one.milliseconds > slowest.milliseconds ? one : slowest),
    undefined,
  );

/** Runs a read again under `EXPLAIN (ANALYZE)`: a named one with the plan for any parameters. */
export async function explainStatement(client: pg.Client, statement: LoggedStatement): Promise<string> {
  const { name, sql, parameters } = statement;
  await client.query(`set plan_cache_mode = ${name === null ? 'force_custom_plan' : 'force_generic_plan'}`);
  await client.query(`prepare explained as ${sql}`);
  try {
    const values = parameters.length === 0 ? '' : `(${parameters.join(', ')})`;
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, buffers) execute explained${values}`,
    );
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.query('deallocate explained');
  }
}
