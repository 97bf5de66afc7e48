import pg from 'pg';
import { runLoop } from './loop.ts';
import { renumber } from './renumber.ts';
import type { LoopStatement } from './sql-process.ts';

/** Inserts the rows of a recorded request by pg, each time with other numbers and ids, for the seconds that each message names. */

export interface InsertCommand {
  readonly url: string;
  /** They run in one transaction. */
  readonly statements: readonly LoopStatement[];
  /** UUIDs that stay. */
  readonly kept: readonly string[];
}

const APPLICATION = 'bench-sql';
let client: Promise<pg.Client> | undefined;
let run = 0;

async function connect(url: string): Promise<pg.Client> {
  const made = new pg.Client({ connectionString: url, application_name: APPLICATION });
  await made.connect();
  return made;
}

async function insertAll({ statements, kept }: InsertCommand, db: pg.Client): Promise<void> {
  run += 1;
  const staying = new Set(kept);
  await db.query('begin');
  for (const { name, sql, parameters } of statements) {
    const values = parameters.map((text) => (text === null ? null : renumber(text, run, staying)));
    await db.query({ ...(name === null ? {} : { name }), text: sql, values });
  }
  await db.query('commit');
}

process.on('message', (command: InsertCommand & { readonly seconds: number }) => {
  client ??= connect(command.url);
  void client.then(async (db) => {
    // A run of no seconds shows that the statements can run.
    if (command.seconds === 0) await insertAll(command, db);
    process.send!(await runLoop(command.seconds, 1, () => insertAll(command, db)));
  });
});
process.on('disconnect', () => process.exit(0));
