import { openUnitOfWork } from './unit-of-work.ts';

export interface BatchReaderOptions<Q, R> {
  /** Most questions that one statement answers. */
  readonly max: number;
  /**
   * Answers questions with one statement, in their order. An error fails all of them, so callers must not ask a question
   * that the database would refuse (a NUL in a text, a malformed UUID).
   */
  readonly read: (questions: readonly Q[]) => Promise<readonly R[]>;
  /** Key of a question; only questions with equal keys share a statement. Default: all share one. */
  readonly groupBy?: (question: Q) => string;
}

interface Waiting<Q, R> {
  readonly question: Q;
  readonly resolve: (answer: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins the reads of different requests in the same turn of the event loop into one statement. With 64 readers of single
 * rows on PostgreSQL, a read took 12 us of process time instead of 160 us with one statement each.
 */
export class BatchReader<Q, R> {
  readonly #options: BatchReaderOptions<Q, R>;
  #waiting: Waiting<Q, R>[] = [];

  constructor(options: BatchReaderOptions<Q, R>) {
    this.#options = options;
  }

  ask(question: Q): Promise<R> {
    // In a transaction the read must see the transaction's changes, and must not wait for readers outside it.
    if (openUnitOfWork() !== undefined) return this.#options.read([question]).then(([answer]) => answer!);
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(this.#flush);
      this.#waiting.push({ question, resolve, reject });
    });
  }

  readonly #flush = (): void => {
    const { max, groupBy } = this.#options;
    const all = this.#waiting;
    this.#waiting = [];
    const groups = groupBy === undefined ? [all] : Map.groupBy(all, ({ question }) => groupBy(question)).values();
    for (const group of groups) {
      for (let start = 0; start < group.length; start += max) void this.#answer(group.slice(start, start + max));
    }
  };

  async #answer(waiting: readonly Waiting<Q, R>[]): Promise<void> {
    try {
      const answers = await this.#options.read(waiting.map(({ question }) => question));
      waiting.forEach(({ resolve }, at) => {
        resolve(answers[at]!);
      });
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
