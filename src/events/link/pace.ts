import type { Clock } from '../../kernel/index.ts';

/** How long a loop rests between two looks, in milliseconds. */
export interface Rests {
  readonly busyMs: number;
  /** When nothing has happened for a while and other nodes can wake this one. */
  readonly idleMs: number;
}

/** Without an event for this long the loops look less often. */
const IDLE_AFTER_MS = 10_000;

/** Decides how often the loops of the log look at it without being woken. */
export class Pace {
  readonly #clock: Clock;
  readonly #canBeWoken: () => boolean;
  #lastEventAt: number;

  /** @param canBeWoken Whether the wake-ups of other nodes arrive at the moment. */
  constructor(clock: Clock, canBeWoken: () => boolean) {
    this.#clock = clock;
    this.#canBeWoken = canBeWoken;
    this.#lastEventAt = clock.now().getTime();
  }

  /** Reports that an event was written, or arrived. */
  noteEvent(): void {
    this.#lastEventAt = this.#clock.now().getTime();
  }

  /** The rest that is right at the moment. */
  choose({ busyMs, idleMs }: Rests): number {
    const isIdle = this.#clock.now().getTime() - this.#lastEventAt >= IDLE_AFTER_MS;
    return isIdle && this.#canBeWoken() ? idleMs : busyMs;
  }
}
