import { LRUCache } from 'lru-cache';
import type { Caller } from '../../src/access/index.ts';
import { kernelErrors } from '../../src/kernel/index.ts';

/** How many requests are served in a window, which begins with the first of them. */
export interface RateLimitRule {
  readonly requests: number;
  readonly seconds: number;
}

/** The limit of a row; rows may share one. */
export interface RateLimit extends RateLimitRule {
  /** Name of the limit in the settings, which may replace its rule. */
  readonly name: string;
  /** Whose requests are counted together: those of an address, before anything is read, or of a credential that was accepted. */
  readonly per: 'address' | 'credential';
}

/** Other rules by the names of limits; `off`: there are no limits. */
export type RateLimitSettings = 'off' | Readonly<Record<string, RateLimitRule>>;

/** Most windows at the same time: about 200 bytes each, so 4 MB. The least recently used one is dropped first. */
const CAPACITY = 20_000;

interface Window {
  requests: number;
  readonly endsAtMs: number;
}

/** Counts the requests of rows with a limit, on this node. */
export class RateLimiter {
  readonly #windows = new LRUCache<string, Window>({ max: CAPACITY });
  readonly #settings: RateLimitSettings;
  readonly #now: () => number;

  /**
   * @param limits The limits of all rows.
   * @param now Milliseconds since the epoch.
   * @throws Error The settings name a limit that no row has.
   */
  constructor(limits: readonly RateLimit[], settings: RateLimitSettings, now: () => number) {
    const known = new Set(limits.map(({ name }) => name));
    const unknown = settings === 'off' ? [] : Object.keys(settings).filter((name) => !known.has(name));
    if (unknown.length > 0) throw new Error(`No row has a rate limit called ${unknown.join(', ')}.`);
    this.#settings = settings;
    this.#now = now;
  }

  /** Counts a request. @param key Of the address or the credential. @throws TOO_MANY_REQUESTS */
  count(limit: RateLimit, key: string): void {
    if (this.#settings === 'off') return;
    const { requests, seconds } = this.#settings[limit.name] ?? limit;
    const now = this.#now();
    const id = `${limit.name} ${key}`;
    const current = this.#windows.get(id);
    if (current === undefined || now >= current.endsAtMs) {
      this.#windows.set(id, { requests: 1, endsAtMs: now + seconds * 1000 });
      return;
    }
    if (current.requests >= requests)
      throw kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: (current.endsAtMs - now) / 1000 });
    current.requests += 1;
  }
}

/** The key of a credential; null for a caller without one. */
export function credentialKey({ kind, tenant, userId, clientUuid, apiKey }: Caller): string | null {
  if (apiKey !== undefined) return `key ${apiKey.id}`;
  return kind === 'anonymous' ? null : `${tenant?.id} ${userId} ${clientUuid}`;
}
