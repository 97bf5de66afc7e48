import type { Subject } from './servers.ts';
import type { LoopStatement } from './sql-process.ts';
import { LOGGING, type LoggedStatement, NO_LOGGING } from './statement-log.ts';
import type { World } from './world.ts';

/** How long the log may be behind the answer, in milliseconds. */
const LOG_PATIENCE_MS = 300;

/**
 * The statements that a request runs when caches are warm, as a process can run them again.
 * @param ask Sends the request; called twice, of which the second is recorded.
 * @param ofRequest What its statements have in common, and those that a node runs by itself have not.
 */
export async function recordStatements(
  { cluster, log }: World,
  { backends }: Subject,
  ask: () => Promise<void>,
  ofRequest: RegExp,
): Promise<readonly LoopStatement[]> {
  await ask();
  await cluster.configure(LOGGING);
  log.clear();
  await ask();
  await new Promise((resolve) => setTimeout(resolve, LOG_PATIENCE_MS));
  await cluster.configure(NO_LOGGING);
  const statements = log
    .read()
    .filter(
      ({ application, database, sql }) =>
        application === 'idgraph' && database === backends!.database && ofRequest.test(sql),
    );
  if (statements.length === 0)
    throw new Error('The log of PostgreSQL is needed, so that no BENCH_DATABASE_URL may be set.');
  return statements.map(toLoop);
}

/** The text that a literal of SQL means. */
const textOf = (literal: string): string | null =>
  literal === 'NULL' ? null : literal.slice(1, -1).replaceAll("''", "'");

const toLoop = ({ name, sql, parameters }: LoggedStatement): LoopStatement => ({
  name,
  sql,
  parameters: parameters.map(textOf),
});
