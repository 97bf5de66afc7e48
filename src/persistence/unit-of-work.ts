import { AsyncLocalStorage } from 'node:async_hooks';
import type { SqlEntityManager } from '@mikro-orm/sql';

type Hook = () => Promise<void> | void;

/** One open transaction: its entity manager, and what must happen around its end. */
export class UnitOfWork {
  readonly em: SqlEntityManager;
  readonly #beforeCommit: Hook[] = [];
  readonly #lastBeforeCommit: Hook[] = [];
  readonly #afterCommit: Hook[] = [];
  readonly #afterRollback: Hook[] = [];
  readonly #attachments = new Map<symbol, unknown>();

  constructor(em: SqlEntityManager) {
    this.em = em;
  }

  /** Runs inside the transaction after the last flush, in the order of registration. */
  beforeCommit(hook: Hook): void {
    this.#beforeCommit.push(hook);
  }

  /**
   * Runs inside the transaction after all hooks of `beforeCommit`: the place to change a row that many units of work change, which
   * then stays locked for the commit alone. The hook registers no other one.
   */
  lastBeforeCommit(hook: Hook): void {
    this.#lastBeforeCommit.push(hook);
  }

  /** Runs once the commit is durable and the connection is free; an error here does not undo anything. */
  afterCommit(hook: Hook): void {
    this.#afterCommit.push(hook);
  }

  /** Runs after the rollback and before the caller sees the error: the place to append a failure event. */
  afterRollback(hook: Hook): void {
    this.#afterRollback.push(hook);
  }

  /** A value that lives as long as this transaction, made on first use. */
  attachment<T>(key: symbol, make: () => T): T {
    if (!this.#attachments.has(key)) this.#attachments.set(key, make());
    return this.#attachments.get(key) as T;
  }

  async runBeforeCommit(): Promise<void> {
    // A hook may register another one, so read the length in each round.
    for (let i = 0; i < this.#beforeCommit.length; i++) await this.#beforeCommit[i]!();
    for (const hook of this.#lastBeforeCommit) await hook();
  }

  async runAfterCommit(): Promise<void> {
    for (const hook of this.#afterCommit) await hook();
  }

  async runAfterRollback(): Promise<void> {
    for (const hook of this.#afterRollback) await hook();
  }
}

const current = new AsyncLocalStorage<UnitOfWork>();

/** The unit of work this code runs in, if any. */
export function openUnitOfWork(): UnitOfWork | undefined {
  return current.getStore();
}

/** Runs `work` with `unit` as the open unit of work. */
export function enterUnitOfWork<T>(unit: UnitOfWork, work: () => Promise<T>): Promise<T> {
  return current.run(unit, work);
}

/** Runs `work` as if no unit of work were open. For background loops that start inside a request. */
export function outsideUnitOfWork<T>(work: () => T): T {
  return current.exit(work);
}
