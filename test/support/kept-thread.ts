import type { Plugin } from 'vitest/config';
import { type PoolOptions, type PoolWorker, ThreadsPoolWorker, type WorkerRequest } from 'vitest/node';

const POOL = 'kept-thread';

/** Most runs of one thread: each leaves listeners and whatever a changed test did not close. */
const MOST_RUNS = 50;

/** The thread of the last run, with the modules that it loaded. */
interface Thread {
  readonly worker: ThreadsPoolWorker;
  runs: number;
}
let kept: Thread | null = null;

/** Whether the change of this run concerns code that runs while modules load, so that they have to be loaded again. */
const changesLoading = ({ project }: PoolOptions): boolean =>
  (project.getProvidedContext() as { mutantActivation?: string }).mutantActivation === 'static';

/**
 * A worker whose thread, with all modules that it loaded, serves the next run too. Vitest ends its threads after each run; one
 * change is one run here, and loading modules and compiling the embedded database take most of its time.
 */
class KeptThread implements PoolWorker {
  readonly name = POOL;
  readonly #options: PoolOptions;
  readonly #listeners: [event: string, listener: (...args: unknown[]) => void][] = [];
  #thread: Thread | null = null;
  #isRunOver = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const isFresh = changesLoading(this.#options);
    if (kept !== null && (isFresh || kept.runs >= MOST_RUNS)) await endThread();
    if (kept === null) {
      const worker = new ThreadsPoolWorker(this.#options);
      await worker.start();
      kept = { worker, runs: 0 };
    }
    // The next run must not meet modules that were loaded with a change.
    if (isFresh) kept.runs = MOST_RUNS;
    kept.runs += 1;
    this.#thread = kept;
  }

  on(event: string, listener: (...args: unknown[]) => void): void {
    this.#listeners.push([event, listener]);
    this.#thread?.worker.on(event, listener);
  }

  off(event: string, listener: (...args: unknown[]) => void): void {
    this.#thread?.worker.off(event, listener);
  }

  /** Answers the request to stop in the place of the thread, which could not start again after it. */
  send(message: WorkerRequest): void {
    if (message.type !== 'stop') {
      this.#thread?.worker.send(message);
      return;
    }
    this.#isRunOver = true;
    for (const [event, listener] of this.#listeners) {
      if (event === 'message') listener({ type: 'stopped', __vitest_worker_response__: true });
    }
  }

  /** Keeps the thread, unless Vitest stops it in the middle of a run. */
  async stop(): Promise<void> {
    for (const [event, listener] of this.#listeners) this.off(event, listener);
    if (!this.#isRunOver) await endThread();
  }

  deserialize(data: unknown): unknown {
    return data;
  }
}

async function endThread(): Promise<void> {
  const ended = kept;
  kept = null;
  await ended?.worker.stop();
}

/** Runs tests in a thread that outlives the run, whatever pool the command names. */
export function keepThread(): Plugin {
  return {
    name: 'kept-thread',
    configureVitest: ({ vitest, project }) => {
      project.config.pool = POOL;
      project.config.poolRunner = { name: POOL, createPoolWorker: (options) => new KeptThread(options) };
      vitest.onClose(endThread);
    },
  };
}
