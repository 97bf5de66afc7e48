import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { ArgumentError, type BenchArguments, readArguments, USAGE } from './arguments.ts';
import { addRun, type Budget, findBoth, findOverruns, formatBudget, type Overrun } from './budget.ts';
import { PROCESSORS, pinOthers } from './children.ts';
import { BenchCluster } from './database.ts';
import { compareGrowth } from './growth.ts';
import { Generator } from './load.ts';
import { type MachineNotes, Meter } from './measure.ts';
import { compareNames } from './names.ts';
import type { BenchRow, RowResult } from './row.ts';
import { ROWS } from './rows/index.ts';
import { soak } from './soak.ts';
import { StatementLog } from './statement-log.ts';
import { median } from './statistics.ts';
import { writeRemarks, writeTable } from './table.ts';
import { World, type WorldParts } from './world.ts';

/** `npm run bench` measures each operation beside its peers, compares it with its budget and prints one table. */

const BUDGET = new URL('../../bench/budget.json', import.meta.url);
/** Beyond this share of the machine, other programs make the figures of a run worthless for comparisons. */
const MOST_STRANGERS = 0.15;

function announce(rows: readonly BenchRow[], { rounds, burstSeconds, warmUp }: BenchArguments): void {
  const pinned =
    PROCESSORS === null
      ? 'There are no two processors with taskset: figures of different runs cannot be compared.'
      : `Servers run on processor ${PROCESSORS.server}; the load and PostgreSQL run on processor ${PROCESSORS.others}.`;
  console.error(
    [
      `Measures ${rows.length} rows, ${rounds} rounds with bursts of ${burstSeconds} s${warmUp === null ? '' : `, warmed up by ${warmUp} requests`}.`,
      'All rows with 8 rounds take about 20 minutes. Needs two processors that nothing else uses, and 2 GB of memory.',
      pinned,
      '',
    ].join('\n'),
  );
}

/** What rows measured, and on what machine. */
interface Measured {
  readonly results: readonly RowResult[];
  readonly notes: MachineNotes;
}

/** Measures rows, each on servers that no earlier call has used. */
async function measureRows(rows: readonly BenchRow[], parts: WorldParts): Promise<Measured> {
  const world = await World.create(parts);
  const meter = new Meter(world);
  const results: RowResult[] = [];
  try {
    for (const [at, row] of rows.entries()) {
      const begun = performance.now();
      const result = await meter.measure(row);
      results.push(result);
      const shown = result.contenders.map(({ name, figures }) => `${name} ${figures.serverSignatures.toFixed(2)}`);
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      console.error(`${row.key}: ${shown.join(', ')} signatures (${seconds} s)`);
      await world.keepOnly(new Set(rows.slice(at + 1).flatMap(({ servers }) => servers)));
    }
    return { results, notes: meter.notes };
  } finally {
    await world.keepOnly(new Set());
    await meter.end();
  }
}

function describeMachine({ strangers, signatures, quietRounds, rounds }: MachineNotes, database: string): string {
  const share = median(strangers);
  const isQuiet = share <= MOST_STRANGERS;
  const others = `${(share * 100).toFixed(0)} %`;
  return [
    `Node ${process.version}, PostgreSQL ${database} with fsync, ${cpus()[0]!.model}.`,
    `An Ed25519 signature took ${median(signatures).toFixed(1)} us (${Math.min(...signatures).toFixed(1)} to ${Math.max(...signatures).toFixed(1)}).`,
    `${quietRounds} of ${rounds} rounds began on a quiet machine; other programs used ${others} of it during the bursts.`,
    ...(isQuiet ? [] : ['THE MACHINE WAS BUSY: this table shows that the bench works, and nothing else.']),
  ].join(' ');
}

async function readBudget(): Promise<Budget> {
  const text = await readFile(BUDGET, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  return JSON.parse(text) as Budget;
}

/** Writes the figures of the measured rows into their budgets, and keeps those of other rows. */
async function writeBudget(results: readonly RowResult[], kind: 'extended' | 'replaced'): Promise<void> {
  const known = await readBudget();
  const before = kind === 'extended' ? known : {};
  const measured = Object.fromEntries(results.map((result) => [result.key, addRun(result, before[result.key])]));
  const budget: Budget = { ...known, ...measured };
  const ordered = Object.fromEntries(ROWS.flatMap(({ key }) => (key in budget ? [[key, budget[key]!]] : [])));
  await writeFile(BUDGET, formatBudget(ordered));
  console.error(`Wrote the budgets of ${results.length} rows into bench/budget.json.`);
}

const overrunsOf = (result: RowResult, budget: Budget): Overrun[] => {
  const allowed = budget[result.key];
  return allowed === undefined ? [] : findOverruns(result, allowed);
};

/** Says which rows are beyond their budget. These are measured once more, and only figures that are beyond it twice count. @returns Whether there is none. */
async function compareWithBudget(results: readonly RowResult[], parts: WorldParts): Promise<boolean> {
  const budget = await readBudget();
  const without = results.filter(({ key }) => budget[key] === undefined).map(({ key }) => key);
  if (without.length > 0) console.error(`No budget in bench/budget.json for: ${without.join(', ')}.`);
  const suspects = results.filter((result) => overrunsOf(result, budget).length > 0);
  for (const suspect of suspects)
    for (const { text } of overrunsOf(suspect, budget)) console.error(`Once over budget, measured again: ${text}`);
  const rows = ROWS.filter(({ key }) => suspects.some((suspect) => suspect.key === key));
  const { results: again } = await measureRows(rows, parts);
  const overruns = again.flatMap((result, at) =>
    findBoth(overrunsOf(suspects[at]!, budget), overrunsOf(result, budget)),
  );
  for (const { text } of overruns) console.error(`OVER BUDGET ${text}`);
  return overruns.length === 0;
}

async function runRows(options: BenchArguments): Promise<boolean> {
  const rows = ROWS.filter(({ key }) => options.rows === null || options.rows.includes(key));
  announce(rows, options);
  const log = new StatementLog();
  const cluster = await BenchCluster.open((text) => log.note(text));
  const generator = new Generator();
  const parts = { cluster, generator, options, log };
  try {
    const { results, notes } = await measureRows(rows, parts);
    console.log(`${describeMachine(notes, await cluster.version())}\n`);
    console.log(`${writeTable(results)}\n\n${writeRemarks(results)}`);
    if (options.budget === 'compared') return await compareWithBudget(results, parts);
    await writeBudget(results, options.budget);
    return true;
  } finally {
    await generator.end();
    await cluster.stop();
  }
}

/** A run that takes longer hangs, and is ended with everything that it started. */
const MOST_MINUTES = { rows: 60, soak: 120, growth: 60, names: 60 };

/** Ends the run, and with it the children, when it takes too long or is interrupted. */
function boundRun(minutes: number): void {
  const end = (why: string): void => {
    console.error(why);
    process.exit(1);
  };
  setTimeout(() => end(`The run did not end within ${minutes} minutes.`), minutes * 60_000).unref();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(`Ended by ${signal}.`));
}

const RUN: Readonly<Record<BenchArguments['command'], (options: BenchArguments) => Promise<boolean>>> = {
  rows: runRows,
  soak,
  growth: compareGrowth,
  names: compareNames,
};

async function main(): Promise<void> {
  const options = readArguments(
    process.argv.slice(2),
    ROWS.map(({ key }) => key),
  );
  boundRun(MOST_MINUTES[options.command]);
  pinOthers();
  const isFine = await RUN[options.command](options);
  process.exitCode = isFine ? 0 : 1;
}

await main().catch((error: unknown) => {
  if (error instanceof ArgumentError) console.error(`${error.message}\n\n${USAGE}`);
  else console.error(error);
  process.exitCode = 1;
});
