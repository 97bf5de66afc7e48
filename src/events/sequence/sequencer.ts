import { Loop, type PollMs, type Round } from '../link/loop.ts';
import type { SequencerPass, Sequencing } from './sequencing.ts';

export interface SequencerOptions {
  readonly sequencing: Sequencing;
  /** Called after each pass that gave positions. */
  readonly onSequenced: (count: number) => void;
  readonly onError: (error: unknown) => void;
  /** Longest time between two looks: finds the commits of a node that died before it could wake the others. */
  readonly pollMs: PollMs;
}

/** Rest while another node holds the lock, which takes about a millisecond. */
const BUSY_MS = 5;
/** Rest between passes. A pass costs the server about a millisecond, so under load this is at most a tenth of one core. */
const BETWEEN_PASSES_MS = 10;

/**
 * Gives committed events dense positions. Each node has one, and a lock lets one at a time work
 * (docs/decisions/0011-event-positions.md).
 */
export class Sequencer {
  readonly #options: SequencerOptions;
  readonly #loop: Loop;
  /** Whether the next round is a pass without a look before it: this node committed events, or a pass was not finished. */
  #isDue = true;

  constructor(options: SequencerOptions) {
    this.#options = options;
    this.#loop = new Loop({ round: () => this.#round(), pollMs: options.pollMs, onError: options.onError });
  }

  start(): void {
    this.#loop.start();
  }

  /** Reports that this node committed events. */
  wake(): void {
    this.#isDue = true;
    this.#loop.wake();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #round(): Promise<Round> {
    const { sequencing, onSequenced } = this.#options;
    if (!this.#isDue && !(await sequencing.hasWork())) return { restMs: 0, isUnfinished: false };
    // Events that are committed during the pass set it again; so does a pass that fails or is not finished.
    this.#isDue = false;
    const { hadTurn, isCurrent, count } = await this.#pass();
    if (!hadTurn) {
      this.#isDue = true;
      return { restMs: BUSY_MS, isUnfinished: true };
    }
    if (!isCurrent) {
      this.#isDue = true;
      await sequencing.openGeneration();
      onSequenced(0);
      return { restMs: 0, isUnfinished: true };
    }
    if (count === 0) return { restMs: 0, isUnfinished: false };
    onSequenced(count);
    return { restMs: BETWEEN_PASSES_MS, isUnfinished: false };
  }

  async #pass(): Promise<SequencerPass> {
    try {
      return await this.#options.sequencing.pass();
    } catch (error) {
      this.#isDue = true;
      throw error;
    }
  }
}
