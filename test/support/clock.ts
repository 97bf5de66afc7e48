import type { Clock } from '../../src/kernel/index.ts';

/** A clock that moves only by `advance`. */
export class TestClock implements Clock {
  #now: Date;

  constructor(start = '2026-11-22T12:00:00.000Z') {
    this.#now = new Date(start);
  }

  now(): Date {
    return new Date(this.#now);
  }

  advance(seconds: number): void {
    this.#now = new Date(this.#now.getTime() + seconds * 1000);
  }
}
