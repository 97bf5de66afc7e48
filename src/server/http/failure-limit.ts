import type { Context, Middleware } from 'koa';
import { LRUCache } from 'lru-cache';
import { type IdentityError, kernelErrors } from '../../kernel/index.ts';
import type { CidrRange } from '../environment/networks.ts';
import { sendError } from './http-errors.ts';
import { addressGroupOf } from './origin.ts';

/** How many answers of 401 one address may get in a window before all its requests are refused until the window ends. */
export const FAILURE_LIMIT = { failures: 300, windowSeconds: 60 } as const;
/** Most addresses counted at the same time: about 200 bytes each, so 4 MB. The least recently used one is dropped first. */
const CAPACITY = 20_000;

interface Tally {
  failures: number;
  readonly endsAtMs: number;
}

export interface FailureLimitOptions {
  readonly trustedProxies: readonly CidrRange[];
  /** Answers as the dialect that owns the path; false if none does, and then the node answers. */
  readonly refuse: (ctx: Context, error: IdentityError) => boolean;
  /** Milliseconds since the epoch. Default the system's clock. */
  readonly now?: () => number;
}

/**
 * Refuses requests of an address that failed to authenticate too often, at any API, before a hash is computed or an event is
 * written. It limits the guessing of tokens and client secrets, which lock-out does not count (docs/lock-out.md). Off with
 * `RATE_LIMITS=off`. Successful requests are never counted.
 */
export function limitFailures({ trustedProxies, refuse, now = Date.now }: FailureLimitOptions): Middleware {
  const tallies = new LRUCache<string, Tally>({ max: CAPACITY });
  return async (ctx, next) => {
    const addressOf = () => addressGroupOf(ctx.req, trustedProxies);
    // Usually no address has failed lately; then the address is not even computed.
    const address = tallies.size === 0 ? null : addressOf();
    const tally = address === null ? undefined : tallies.get(address);
    if (tally !== undefined && tally.failures >= FAILURE_LIMIT.failures && now() < tally.endsAtMs) {
      const error = kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: (tally.endsAtMs - now()) / 1000 });
      if (!refuse(ctx, error)) sendError(ctx, error);
      return;
    }
    await next();
    if (ctx.status !== 401) return;
    const failed = address ?? addressOf();
    if (failed === null) return;
    const current = tallies.get(failed);
    if (current !== undefined && now() < current.endsAtMs) current.failures += 1;
    else tallies.set(failed, { failures: 1, endsAtMs: now() + FAILURE_LIMIT.windowSeconds * 1000 });
  };
}
