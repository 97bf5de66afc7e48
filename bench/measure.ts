import { Worker } from './children.ts';
import { type RoundCost, type ServerCost, sumDatabase, summarise } from './figures.ts';
import { readMachineTime, readMemory, resetPeak, waitForQuiet } from './processor.ts';
import type { BenchRow, Burst, Contender, ContenderResult, RowResult, Runner } from './row.ts';
import { subtractTimes, type World } from './world.ts';

/** What a run of rounds told about the machine. */
export interface MachineNotes {
  /** Shares of the machine's time that neither the measured server nor its load and database used, by burst. */
  readonly strangers: number[];
  /** Microseconds of each measured signature. */
  readonly signatures: number[];
  quietRounds: number;
  rounds: number;
}

const newNotes = (): MachineNotes => ({ strangers: [], signatures: [], quietRounds: 0, rounds: 0 });

interface Ready {
  readonly contender: Contender;
  readonly runner: Runner;
  readonly costs: RoundCost[];
  /** Resident memory before the row, and with open connections before the first request. */
  readonly startMb: number | null;
  readonly idleMb: number | null;
  /** Of servers that a burst started. */
  peakMb: number;
  remarks: readonly string[];
}

/** Measures the contenders of a row: all are up at once and work in turn, a burst each, in every round. */
export class Meter {
  readonly #world: World;
  readonly #signature = new Worker<object, number>('server', './signature-process.js');
  readonly notes = newNotes();

  constructor(world: World) {
    this.#world = world;
  }

  async measure(row: BenchRow): Promise<RowResult> {
    const { options } = this.#world;
    const contenders = await row.prepare(this.#world, options);
    const ready: Ready[] = [];
    try {
      for (const contender of contenders) ready.push(await this.#open(contender));
      for (let round = 0; round < Math.min(options.rounds, row.mostRounds ?? options.rounds); round++)
        await this.#runRound(rotate(ready, round), Math.max(row.leastSeconds ?? 0, options.burstSeconds));
      for (const { runner } of ready) await runner.check();
      const results: ContenderResult[] = [];
      for (const one of ready) results.push(await this.#conclude(one));
      return { key: row.key, title: row.title, unit: row.unit ?? 'request', contenders: results };
    } catch (error) {
      throw new Error(`${row.key}: ${(error as Error).message}`, { cause: error });
    } finally {
      for (const { runner } of ready) await runner.close();
    }
  }

  async #open(contender: Contender): Promise<Ready> {
    const { subject } = contender;
    const startMb = subject === null ? null : (await readMemory(subject.pid)).nowMb;
    if (subject !== null) await resetPeak(subject.pid);
    const runner = await contender.open();
    const idleMb = subject === null ? null : (await readMemory(subject.pid)).nowMb;
    await runner.check();
    await runner.warmUp();
    return { contender, runner, costs: [], startMb, idleMb, peakMb: 0, remarks: [] };
  }

  async #runRound(order: readonly Ready[], seconds: number): Promise<void> {
    const { isQuiet } = await waitForQuiet(this.#world.options.patienceSeconds);
    const signatureMicroseconds = await this.#signature.ask({});
    this.notes.rounds += 1;
    this.notes.quietRounds += isQuiet ? 1 : 0;
    this.notes.signatures.push(signatureMicroseconds);
    for (const one of order) {
      const { contender, runner, costs } = one;
      const machine = await readMachineTime();
      const { burst, used } = await this.#runBurst(contender, runner, seconds);
      const after = await readMachineTime();
      await burst.verify();
      costs.push({ ...burst, ...used, signatureMicroseconds });
      one.remarks = burst.remarks ?? [];
      one.peakMb = Math.max(one.peakMb, burst.own?.peakMb ?? 0);
      const ours = used.mainSeconds + used.workerSeconds + sumDatabase(used) + burst.generatorSeconds;
      const all = after.busy - machine.busy + after.idle - machine.idle;
      this.notes.strangers.push(Math.max(0, (after.busy - machine.busy - ours * TICKS_PER_SECOND) / all));
    }
  }

  /** Runs a burst and reads what it cost the server; one that starts servers reads that itself. */
  async #runBurst(
    { subject }: Contender,
    runner: Runner,
    seconds: number,
  ): Promise<{ burst: Burst; used: ServerCost }> {
    if (subject === null) {
      const burst = await runner.burst(seconds);
      return { burst, used: burst.own! };
    }
    const before = await this.#world.readTimes(subject);
    const burst = await runner.burst(seconds);
    return { burst, used: subtractTimes(before, await this.#world.readTimes(subject)) };
  }

  async #conclude(ready: Ready): Promise<ContenderResult> {
    const { contender, costs, remarks } = ready;
    const { memory, peakMb } = await describeMemory(ready);
    const figures = summarise(costs, peakMb);
    const parts = Object.entries(figures.databaseParts).map(([name, us]) => `${name} ${us.toFixed(1)}`);
    const database = parts.length > 1 ? [`PostgreSQL us: ${parts.join(', ')}`] : [];
    return { name: contender.name, figures, remarks: [...remarks, ...database, ...memory] };
  }

  async end(): Promise<void> {
    await this.#signature.end();
  }
}

/** The resident memory of a server in the row, and its peak. */
async function describeMemory(ready: Ready): Promise<{ memory: string[]; peakMb: number }> {
  const { contender, startMb, idleMb } = ready;
  if (contender.subject === null || startMb === null || idleMb === null) return { memory: [], peakMb: ready.peakMb };
  const { peakMb, nowMb } = await readMemory(contender.subject.pid);
  const [before, open, after] = [startMb, idleMb, nowMb].map((mb) => `${mb.toFixed(0)} MB`);
  return { memory: [`${before} before, ${open} with open connections, ${after} after`], peakMb };
}

/** Clock ticks of `/proc/stat`: 100 a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Another contender begins each round, so that none always follows the same one. */
function rotate<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
