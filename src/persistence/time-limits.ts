import { AsyncLocalStorage } from 'node:async_hooks';

/** Longest waits for a database server, in milliseconds. */
export interface TimeLimits {
  /** For opening a connection, for a free one in the pool, or for the check that its server accepts writes. Default 5 s. */
  readonly connectMs: number;
  /** For a lock that another transaction holds. Default 5 s. */
  readonly lockMs: number;
  /** For a statement of a transaction; the server cancels it then and keeps the connection. Default 10 s. */
  readonly statementMs: number;
  /**
   * For the answer to a statement. A working server has cancelled the statement before, so the connection is given up then.
   * The server also ends a transaction that sends no statement for this long. Default 15 s; more than `statementMs`.
   */
  readonly queryMs: number;
  /** Idle time after which TCP probes whether the server is alive (ten times, a second apart). Default 10 s. */
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

/** The current limits: those of the running work, else the given ones. */
export function currentLimits(given: TimeLimits): TimeLimits {
  const own = overrides.getStore();
  return own === undefined ? given : { ...given, ...own };
}

/** Waits for a promise that may never settle. @returns False when it did not settle in time. */
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
