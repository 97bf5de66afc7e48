import type { ReadCacheOptions } from '../../persistence/index.ts';

/** Tells whether this node has received the changes of other nodes. */
export interface ChangeFeed {
  /** Whether every change committed more than `maxAgeMs` ago, on any node, has been announced here. */
  isFresh(maxAgeMs: number): boolean;
  /**
   * The generation of the log that was read last. Another one means that the database is a restored one, a copy or a promoted
   * standby, which may have lost changes: no event tells which (docs/decisions/0011-event-positions.md).
   */
  readonly generation: number;
}

/** How far memory may lag behind changes of other nodes: the documented limit is one second. */
export const FRESH_MS = 1_000;

/** Longest time until a change on another node takes effect here while its event may be late. */
const UNTRUSTED_MS = 5_000;
/** What is remembered is read again after this time even if no event reports a change, for rows that somebody changed by SQL. */
const TRUSTED_MS = 300_000;

/**
 * Lifetimes in a cache whose entries are dropped by events: five minutes while the events arrive, else five seconds.
 * @param feed Absent: always five seconds.
 */
export const lifetimesBy = (feed?: ChangeFeed): Pick<ReadCacheOptions<object>, 'ttlMs' | 'trust'> => ({
  ttlMs: UNTRUSTED_MS,
  ...(feed === undefined
    ? {}
    : { trust: { isFresh: () => feed.isFresh(FRESH_MS), generation: () => feed.generation, ttlMs: TRUSTED_MS } }),
});
