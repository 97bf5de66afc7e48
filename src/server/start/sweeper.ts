import type { Services } from '../../../schema/context.ts';
import { type Database, settlesWithin } from '../../persistence/index.ts';
import type { Logger } from '../environment/logger.ts';

const ROUND_MS = 60_000;
const STOP_PATIENCE_MS = 500;
/** Rows of a batch: on the embedded database a batch blocks everybody else. */
const BATCH = { embedded: 100, server: 1000 } as const;

/** Deletes what the passing of time made useless, a batch at a time, once a minute. */
export class Sweeper {
  readonly #db: Database;
  readonly #sweeps: readonly ((limit: number) => Promise<number>)[];
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(db: Database, services: Pick<Services, 'expiredRows' | 'oauth' | 'lockouts'>, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
    this.#sweeps = [
      (limit) => services.expiredRows.sweepExpired(limit),
      (limit) => services.oauth.expired.sweepExpired(limit),
      (limit) => services.lockouts.sweepExpired(limit),
    ];
  }

  start(): void {
    // Nodes that start together should not sweep together for ever.
    this.#schedule(ROUND_MS * (0.5 + Math.random() / 2));
  }

  /** Resolves when the batch under way is done, or soon: it may wait for a database that does not answer. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await settlesWithin(STOP_PATIENCE_MS, this.#round);
  }

  /** Sweeps until nothing expired is left. */
  async sweep(): Promise<void> {
    const limit = this.#db.isEmbedded ? BATCH.embedded : BATCH.server;
    for (const sweep of this.#sweeps) {
      while (!this.#isStopping && (await sweep(limit)) >= limit);
    }
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#round = this.sweep()
        .catch((error: unknown) => this.#logger.warn({ err: error }, 'Expired rows were not swept'))
        .finally(() => {
          if (!this.#isStopping) this.#schedule(ROUND_MS);
        });
    }, delayMs);
    this.#timer.unref();
  }
}
