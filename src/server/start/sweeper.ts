import type { Sweep } from '../../composition/index.ts';
import { type Database, settlesWithin } from '../../persistence/index.ts';
import type { Logger } from '../environment/logger.ts';

const ROUND_MS = 60_000;
const STOP_PATIENCE_MS = 500;
/** Rows of a batch; small on the embedded database, where a batch blocks all other requests. */
const BATCH = { embedded: 100, server: 1000 } as const;

/** Deletes expired rows once a minute, a batch at a time. */
export class Sweeper {
  readonly #db: Pick<Database, 'isEmbedded'>;
  readonly #sweeps: readonly Sweep[];
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopping = false;

  /** @param sweeps What the modules announce. */
  constructor(db: Pick<Database, 'isEmbedded'>, sweeps: readonly Sweep[], logger: Logger) {
    this.#db = db;
    this.#sweeps = sweeps;
    this.#logger = logger;
  }

  start(): void {
    // A random delay, so that nodes that start together do not always sweep at the same time.
    this.#schedule(ROUND_MS * (0.5 + Math.random() / 2));
  }

  /** Resolves when the batch under way is done, or after half a second: the database may not answer. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await settlesWithin(STOP_PATIENCE_MS, this.#round);
  }

  /** Sweeps until no expired row is left. A sweep that fails is logged, and the others run. */
  async sweep(): Promise<void> {
    const limit = this.#db.isEmbedded ? BATCH.embedded : BATCH.server;
    for (const sweep of this.#sweeps) {
      try {
        while (!this.#isStopping && (await sweep(limit)) >= limit);
      } catch (error) {
        this.#logger.warn({ err: error }, 'Expired rows were not swept');
      }
    }
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#round = this.sweep().finally(() => {
        if (!this.#isStopping) this.#schedule(ROUND_MS);
      });
    }, delayMs);
    this.#timer.unref();
  }
}
