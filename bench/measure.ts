import { Worker } from './children.ts';
import { type RoundCost, summarise } from './figures.ts';
import { readMachineTime, readMemory, resetPeak, waitForQuiet } from './processor.ts';
import type { BenchRow, Contender, ContenderResult, RowResult, Runner } from './row.ts';
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
  readonly startMb: number;
  /** Resident memory with open connections, before the first request. */
  readonly idleMb: number;
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
    const { pid } = contender.subject;
    const { nowMb: startMb } = await readMemory(pid);
    await resetPeak(pid);
    const runner = await contender.open();
    const { nowMb: idleMb } = await readMemory(pid);
    await runner.check();
    await runner.warmUp();
    return { contender, runner, costs: [], startMb, idleMb, remarks: [] };
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
      const before = await this.#world.readTimes(contender.subject);
      const burst = await runner.burst(seconds);
      const used = subtractTimes(before, await this.#world.readTimes(contender.subject));
      const after = await readMachineTime();
      await burst.verify();
      const { units, seconds: passed, p50Milliseconds, p99Milliseconds, generatorSeconds, remarks = [] } = burst;
      costs.push({
        units,
        seconds: passed,
        p50Milliseconds,
        p99Milliseconds,
        generatorSeconds,
        ...used,
        signatureMicroseconds,
      });
      one.remarks = remarks;
      const ours = used.mainSeconds + used.workerSeconds + (used.databaseSeconds ?? 0) + generatorSeconds;
      const all = after.busy - machine.busy + after.idle - machine.idle;
      this.notes.strangers.push(Math.max(0, (after.busy - machine.busy - ours * TICKS_PER_SECOND) / all));
    }
  }

  async #conclude({ contender, costs, startMb, idleMb, remarks }: Ready): Promise<ContenderResult> {
    const { peakMb, nowMb } = await readMemory(contender.subject.pid);
    const memory = `${startMb.toFixed(0)} MB before, ${idleMb.toFixed(0)} MB with open connections, ${nowMb.toFixed(0)} MB after`;
    return { name: contender.name, figures: summarise(costs, peakMb), remarks: [...remarks, memory] };
  }

  async end(): Promise<void> {
    await this.#signature.end();
  }
}

/** Clock ticks of `/proc/stat`: 100 a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Another contender begins each round, so that none always follows the same one. */
function rotate<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
