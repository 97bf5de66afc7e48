import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

declare const brand: unique symbol;
type Branded<T extends string> = string & { readonly [brand]: T };

/** UUID of a tenant; leads every key of every table. */
export type TenantId = Branded<'TenantId'>;

/**
 * Random bytes for 512 ids: a call of the generator for each id would cost several times as much as the rest of making it.
 */
const pool = new Uint8Array(16 * 512);
let used = pool.length;

function sixteenRandomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return pool.subarray(used - 16, used);
}

/** A millisecond and the counter of the last id made in it (RFC 9562 section 6.2, method 1). */
interface Tick {
  msecs: number;
  seq: number;
}

const last: Tick = { msecs: 0, seq: 0 };
const lastAt: Tick = { msecs: -1, seq: 0 };

/** 31 random bits of the 32, so that the counter can grow within the millisecond. */
const firstSeq = (random: Uint8Array): number =>
  ((random[6]! & 0x7f) << 24) | (random[7]! << 16) | (random[8]! << 8) | random[9]!;

/**
 * UUID version 7 (RFC 9562 section 5.7): ids made later sort later, also within a millisecond, so new rows stay at the end
 * of the index.
 */
export function newId(): string {
  const random = sixteenRandomBytes();
  const now = Date.now();
  if (now > last.msecs) {
    last.msecs = now;
    last.seq = firstSeq(random);
  } else {
    last.seq = (last.seq + 1) | 0;
    if (last.seq === 0) last.msecs += 1;
  }
  return v7({ random, msecs: last.msecs, seq: last.seq });
}

/**
 * A UUID version 7 of exactly the given moment, so that a span of time is a span of ids. Ids of one millisecond sort in the
 * order in which they were made.
 */
export function newIdAt(moment: Date): string {
  const random = sixteenRandomBytes();
  const msecs = moment.getTime();
  lastAt.seq = msecs === lastAt.msecs ? (lastAt.seq + 1) | 0 : firstSeq(random);
  lastAt.msecs = msecs;
  return v7({ random, msecs, seq: lastAt.seq });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a value has the text form of a UUID of any version. A malformed one must not reach a uuid column. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}
