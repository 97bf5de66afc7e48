import type { GraphContext } from '../../../schema/context.ts';
import type { FailedItem } from './socket-operations.ts';

/** A subscription of one socket, as a group sees it. */
export interface Subscriber {
  /** Aborts when the client completes the subscription, or its socket closes. */
  readonly signal: AbortSignal;
  /** A context for one execution, with the present caller of the socket. */
  readonly context: () => GraphContext;
  /** How many bytes the socket holds for its client. */
  readonly countWaiting: () => number;
  /** Writes a result; resolves once its bytes are passed to the operating system. */
  readonly write: (payload: string) => Promise<void>;
}

/** The group of a member, once it has begun. */
export interface MemberGroup {
  enter(member: GroupMember): void;
  leave(member: GroupMember): void;
}

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };

/**
 * A member of a group, as `graphql-ws` iterates over it. The group writes the results to the socket, so the iteration gives
 * none: its first step lasts until the subscription ends.
 */
export class GroupMember implements AsyncGenerator<never, undefined> {
  readonly subscriber: Subscriber;
  /** The last item that the client was sent. */
  at: unknown = null;
  readonly #openGroup: () => MemberGroup;
  readonly #ended = Promise.withResolvers<IteratorResult<never, undefined>>();
  #group: MemberGroup | null = null;
  #hasEnded = false;

  constructor(subscriber: Subscriber, openGroup: () => MemberGroup) {
    this.subscriber = subscriber;
    this.#openGroup = openGroup;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  fail(error: FailedItem): void {
    this.#ended.reject(error);
    this.#leave();
  }

  next(): Promise<IteratorResult<never, undefined>> {
    if (this.#group === null && !this.#hasEnded) {
      this.#group = this.#openGroup();
      this.#group.enter(this);
    }
    return this.#ended.promise;
  }

  async return(): Promise<IteratorResult<never, undefined>> {
    this.#ended.resolve(DONE);
    this.#leave();
    return DONE;
  }

  async throw(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #leave(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#group?.leave(this);
  }
}
