import { Worker } from './children.ts';
import type { BackendFilter } from './database.ts';
import type { LoopResult } from './loop.ts';
import { readMemory, resetPeak } from './processor.ts';
import type { Burst, Contender } from './row.ts';
import { subtractTimes, type World } from './world.ts';

export interface LoopContender {
  readonly name: string;
  /** A script that answers each message, the command with the `seconds` of a burst, with a `LoopResult`. */
  readonly script: string;
  readonly command: object;
  /** Its backends of PostgreSQL; null for one that uses none. */
  readonly backends: BackendFilter | null;
}

const WARM_UP_SECONDS = 2;

/** A contender that does the core of the work in a loop, in a process on the processor of the servers. */
export function inLoop(world: World, { name, script, command, backends }: LoopContender): Contender {
  return {
    name,
    subject: null,
    async open() {
      const worker = new Worker<object, LoopResult>('server', script);
      const subject = { pid: worker.pid, backends };
      const run = (seconds: number): Promise<LoopResult> => worker.ask({ ...command, seconds });
      const burst = async (seconds: number): Promise<Burst> => {
        await resetPeak(worker.pid);
        const before = await world.readTimes(subject);
        const result = await run(seconds);
        const used = subtractTimes(before, await world.readTimes(subject));
        const { peakMb } = await readMemory(worker.pid);
        return { ...result, generatorSeconds: 0, own: { ...used, peakMb }, verify: async () => undefined };
      };
      return {
        check: async () => {
          await run(0);
        },
        warmUp: async () => {
          await run(WARM_UP_SECONDS);
        },
        burst,
        close: () => worker.end(),
      };
    },
  };
}
