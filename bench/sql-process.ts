import pg from 'pg';
import { runLoop } from './loop.ts';

/** Runs statements by pg and does nothing else, for the seconds that each message names. */

/** A statement with its parameters as texts. */
export interface LoopStatement {
  readonly name: string | null;
  readonly sql: string;
  readonly parameters: readonly (string | null)[];
}

export interface SqlCommand {
  readonly url: string;
  /** The statements of each request, which run one after another; requests take turns. */
  readonly requests: readonly (readonly LoopStatement[])[];
  /** Requests that are under way at the same time. */
  readonly atOnce: number;
}

const APPLICATION = 'bench-sql';
let pool: pg.Pool | undefined;

async function runRequest(statements: readonly LoopStatement[]): Promise<void> {
  for (const { name, sql, parameters } of statements)
    await pool!.query({ ...(name === null ? {} : { name }), text: sql, values: [...parameters] });
}

process.on('message', ({ url, requests, atOnce, seconds }: SqlCommand & { readonly seconds: number }) => {
  pool ??= new pg.Pool({ connectionString: url, max: atOnce, application_name: APPLICATION });
  // A run of no seconds shows that the statements can run.
  const checked = seconds === 0 ? runRequest(requests[0]!) : Promise.resolve();
  void checked
    .then(() => runLoop(seconds, atOnce, (count) => runRequest(requests[count % requests.length]!)))
    .then((result) => process.send!(result));
});
process.on('disconnect', () => process.exit(0));
