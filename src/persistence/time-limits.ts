import { AsyncLocalStorage } from 'node:async_hooks';

/** How long a database server is waited for, in milliseconds. */
export interface TimeLimits {
  /** For a connection to be made, to become free in the pool, or to say that its server takes writes. Default 5 s. */
  readonly connectMs: number;
  /** For a lock that another transaction holds. Default 5 s. */
  readonly lockMs: number;
  /** For a statement of a transaction: the server ends it then, and goes on with the next one. Default 10 s. */
  readonly statementMs: number;
  /**
   * For the answer to a statement. A server that is well has ended it before, so the connection is given up. A transaction
   * that sends no statement for as long is ended by the server. Default 15 s; more than `statementMs`.
   */
  readonly queryMs: number;
  /** Silence on an idle connection after which TCP asks whether the other side is there (ten times, a second apart). Default 10 s. */
  readonly keepAliveMs: number;
}

export const DEFAULT_TIME_LIMITS: TimeLimits = {
  connectMs: 5_000,
  lockMs: 5_000,
  statementMs: 10_000,
  queryMs: 15_000,
  keepAliveMs: 10_000,
};

const overrides = new AsyncLocalStorage<Partial<TimeLimits>>();

/** Runs work whose statements may take longer than those of requests: migrations, upkeep. */
export function withTimeLimits<T>(limits: Partial<TimeLimits>, work: () => Promise<T>): Promise<T> {
  return overrides.run(limits, work);
}

/** The limits that hold here: those given, unless the running work has its own. */
export function currentLimits(given: TimeLimits): TimeLimits {
  const own = overrides.getStore();
  return own === undefined ? given : { ...given, ...own };
}

/** Waits for something that may never come. False: it did not come in time. */
export async function settlesWithin(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
