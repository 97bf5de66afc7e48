import ipaddr from 'ipaddr.js';
import type { Middleware } from 'koa';
import { LRUCache } from 'lru-cache';
import { kernelErrors } from '../../kernel/index.ts';
import type { CidrRange } from '../environment/config.ts';
import { sendError } from './http-errors.ts';
import { peerAddress } from './origin.ts';

/** Answers of 401 that one address may collect in a window before it has to wait for the window's end. */
export const FLOOR = { failures: 300, windowSeconds: 60 } as const;
/** Addresses counted at once: about 200 bytes each, so 4 MB. The longest silent one is forgotten first. */
const CAPACITY = 20_000;

interface Tally {
  failures: number;
  readonly endsAtMs: number;
}

/** One household or server has a whole /64 of IPv6; counting single addresses of it would count nothing. */
function counted(address: string): string {
  const parsed = ipaddr.parse(address);
  return parsed.kind() === 'ipv6' ? (parsed as ipaddr.IPv6).parts.slice(0, 4).join(':') : address;
}

export interface FailureFloorOptions {
  readonly trustedProxies: readonly CidrRange[];
  /** Milliseconds since the epoch. Default the system's clock. */
  readonly now?: () => number;
}

/**
 * The floor below lock-out (docs/lock-out.md): whoever guesses tokens or client secrets at any door is told to wait, before
 * a hash is computed or an event is written for it. Off with `RATE_LIMITS=off`. Successful requests are never counted.
 */
export function failureFloor({ trustedProxies, now = Date.now }: FailureFloorOptions): Middleware {
  const tallies = new LRUCache<string, Tally>({ max: CAPACITY });
  return async (ctx, next) => {
    const addressOf = () => {
      const peer = peerAddress(ctx.req.socket.remoteAddress, ctx.get('X-Forwarded-For') || undefined, trustedProxies);
      return peer === null ? null : counted(peer);
    };
    // Almost always nobody has failed lately, and then not even the address is looked at.
    const address = tallies.size === 0 ? null : addressOf();
    const tally = address === null ? undefined : tallies.get(address);
    if (tally !== undefined && tally.failures >= FLOOR.failures && now() < tally.endsAtMs) {
      sendError(ctx, kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: (tally.endsAtMs - now()) / 1000 }));
      return;
    }
    await next();
    if (ctx.status !== 401) return;
    const failed = address ?? addressOf();
    if (failed === null) return;
    const current = tallies.get(failed);
    if (current !== undefined && now() < current.endsAtMs) current.failures += 1;
    else tallies.set(failed, { failures: 1, endsAtMs: now() + FLOOR.windowSeconds * 1000 });
  };
}
