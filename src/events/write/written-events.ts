import type { SecurityEvent } from '../record/event.ts';

/** The events that this node writes, until its follower delivers them: it need not read them back from the log. */
export interface WrittenMemory {
  /** Keeps events that are about to be written. */
  add(events: readonly SecurityEvent[]): void;
  /** Drops events that were not written. */
  forget(events: readonly SecurityEvent[]): void;
}

/** Most bytes of events: some 4,000 events of about 2 KB, those of a second at full load. */
const MAX_BYTES = 8_000_000;
/** An object with 18 members, three ids and a moment, and its place here. */
const FIXED_BYTES = 1_000;
const BYTES_A_CHARACTER = 2;

interface Kept {
  readonly event: SecurityEvent;
  readonly bytes: number;
}

/**
 * Keeps the events that this node writes from before the write, because a sequencer of another node may give them positions
 * before this node has the answer, until they are taken. When they are too large together, the oldest are dropped: a follower
 * that lags behind reads these from the log.
 */
export class WrittenEvents implements WrittenMemory {
  readonly #maxBytes: number;
  /** By id, in the order of the writes. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** @param maxBytes Default 8 MB. */
  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Estimated size of all kept events. */
  get bytes(): number {
    return this.#bytes;
  }

  add(events: readonly SecurityEvent[]): void {
    for (const event of events) {
      this.#drop(event.id);
      const bytes = estimateBytes(event);
      this.#kept.set(event.id, { event, bytes });
      this.#bytes += bytes;
    }
    for (const id of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#drop(id);
    }
  }

  forget(events: readonly SecurityEvent[]): void {
    for (const { id } of events) this.#drop(id);
  }

  /** The event with this id, which is then no longer kept. */
  take(tenantId: string, id: string): SecurityEvent | undefined {
    const event = this.#kept.get(id)?.event;
    if (event?.tenantId !== tenantId) return undefined;
    this.#drop(id);
    return event;
  }

  #drop(id: string): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#bytes -= kept.bytes;
  }
}

function estimateBytes(event: SecurityEvent): number {
  const { actorId, subjectId, clientId, clientAuth, ip, peerIp, userAgent, api, reason, params } = event;
  let characters = JSON.stringify(params).length;
  for (const text of [actorId, subjectId, clientId, clientAuth, ip, peerIp, userAgent, api, reason])
    characters += text?.length ?? 0;
  return FIXED_BYTES + BYTES_A_CHARACTER * characters;
}
