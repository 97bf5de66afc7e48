import { type ExecutionArgs, GraphQLError } from 'graphql';
import type { Live } from '../../../schema/live-source.ts';
import { sha256Base64Url } from '../../crypto/index.ts';
import { GroupMember, type MemberGroup, type Subscriber } from './group-member.ts';
import { executeItem, FailedItem } from './socket-operations.ts';
import { WritePace } from './write-pace.ts';

/**
 * Most bytes that a socket may hold for its client when a shared result is written to it: 20,000 sockets hold at most 330 MB,
 * and a frame each. The buffers of the operating system come before these.
 */
const MAX_WAITING_BYTES = 16_384;

/** What a group needs of the node. */
export interface GroupOptions {
  /** Must be called with the number of sockets that a result was written to. */
  readonly onDelivered: (count: number) => void;
}

/** A subscription whose source can be shared. */
export interface SharedSubscription {
  readonly args: ExecutionArgs;
  readonly live: Live;
  /** The credential of the caller, as it was sent. Only subscriptions with the same one share anything. */
  readonly authorization: string;
}

/**
 * Equal subscriptions of all sockets: those with the same credential, text, operation, variables, tenant and filter. They share
 * one feed, one execution and one serialised result for each item.
 *
 * A group exists as long as it has members, and a member is an operation of an open socket, so the limits of sockets and of
 * operations (`GraphqlLimits`) bound both: there are at most as many groups as operations. A group of one takes about 1 KB more
 * than its feed; a further member takes about 0.5 KB, and no feed.
 */
export class SubscriptionGroups {
  readonly #options: GroupOptions;
  readonly #pace = new WritePace();
  readonly #groups = new Map<string, SubscriptionGroup>();

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  /** How many groups there are. */
  get size(): number {
    return this.#groups.size;
  }

  /** Begins a subscription when the first step is asked for, and ends it with `return`. */
  subscribe(subscription: SharedSubscription, subscriber: Subscriber): GroupMember {
    return new GroupMember(subscriber, () => this.#groupOf(subscription));
  }

  #groupOf({ args, live, authorization }: SharedSubscription): SubscriptionGroup {
    const key = toKey(args, live, authorization);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group = new SubscriptionGroup(args, live, this.#pace, {
      ...this.#options,
      onEnded: () => void this.#groups.delete(key),
    });
    this.#groups.set(key, group);
    return group;
  }
}

/** Hashed, so that no token is kept here, and long documents only once. */
function toKey({ document, operationName, variableValues }: ExecutionArgs, live: Live, authorization: string): string {
  const text = document.loc?.source.body;
  return sha256Base64Url(JSON.stringify([authorization, text, operationName, variableValues, live.key]));
}

/**
 * Subscriptions that get the same items. Jobs run one after another: a job writes one item to the members, or the first
 * checkpoint to new members. So each member gets its items in order.
 */
class SubscriptionGroup implements MemberGroup {
  readonly #args: ExecutionArgs;
  readonly #live: Live;
  readonly #pace: WritePace;
  readonly #options: GroupOptions & { readonly onEnded: () => void };
  readonly #ended = new AbortController();
  /** Every member, those included that begin or read the log. */
  readonly #all = new Set<GroupMember>();
  /** Members that have not been sent their first item. */
  #beginning: GroupMember[] = [];
  /** Members that get the shared items. */
  readonly #following = new Set<GroupMember>();
  /** The last item that was written, or is being written. */
  #at: unknown = null;
  #jobs: Promise<void>;

  constructor(
    { schema, document, operationName, variableValues }: ExecutionArgs,
    live: Live,
    pace: WritePace,
    options: GroupOptions & { readonly onEnded: () => void },
  ) {
    // The context of the first member is left out, because the group may exist longer.
    this.#args = { schema, document, operationName: operationName ?? null, variableValues: variableValues ?? null };
    this.#live = live;
    this.#pace = pace;
    this.#options = options;
    this.#jobs = this.#followSource();
  }

  enter(member: GroupMember): void {
    this.#all.add(member);
    if (this.#beginning.length === 0) void this.#run(() => this.#begin());
    this.#beginning.push(member);
  }

  leave(member: GroupMember): void {
    this.#all.delete(member);
    this.#following.delete(member);
    if (this.#all.size === 0) this.#end();
  }

  #end(): void {
    if (this.#ended.signal.aborted) return;
    this.#options.onEnded();
    this.#ended.abort();
  }

  /** Runs a job after those before it. */
  #run(job: () => Promise<void>): Promise<void> {
    this.#jobs = this.#jobs.then(job).catch((error: unknown) => this.#failAll(error));
    return this.#jobs;
  }

  /** Resolves once the source is attached: no item after `checkpoint()` is missed from then on. */
  async #followSource(): Promise<void> {
    const items = this.#live.follow(null, this.#ended.signal)[Symbol.asyncIterator]();
    try {
      const { value } = await items.next();
      this.#at = value;
      void this.#deliverAll(items);
    } catch (error) {
      this.#failAll(error);
    }
  }

  async #deliverAll(items: AsyncIterator<unknown>): Promise<void> {
    try {
      for (let step = await items.next(); step.done !== true; step = await items.next()) {
        const { value } = step;
        await this.#run(() => this.#deliver(value));
      }
      this.#end();
      for (const member of this.#all) void member.return();
    } catch (error) {
      this.#failAll(error);
    }
  }

  /** Ends every subscription, because the source has failed. */
  #failAll(error: unknown): void {
    const failure = toFailure(error);
    this.#end();
    for (const member of this.#all) member.fail(failure);
  }

  /** Sends the new members the place from which they get items. */
  async #begin(): Promise<void> {
    const members = this.#beginning.filter(({ hasEnded }) => !hasEnded);
    this.#beginning = [];
    if (members.length === 0) return;
    const item = this.#live.checkpoint();
    await this.#write(item, members);
    for (const member of members) if (!member.hasEnded) this.#following.add(member);
  }

  async #deliver(item: unknown): Promise<void> {
    this.#at = item;
    // Members that began or returned after the item was read have it already, or begin behind it.
    const members = [...this.#following].filter(({ at }) => this.#live.isAfter(item, at));
    if (members.length > 0) await this.#write(item, members);
  }

  /** Executes an item once and writes the result to each of the members. */
  async #write(item: unknown, members: readonly GroupMember[]): Promise<void> {
    try {
      // The member that came last has the caller that was read last.
      const payload = await this.#serialise(item, members.at(-1)!);
      let count = 0;
      for (const member of members) {
        const turn = this.#pace.take();
        if (turn !== undefined) await turn;
        if (member.hasEnded) continue;
        if (this.#isBehind(member) && member.at !== null) {
          void this.#readLog(member);
          continue;
        }
        member.at = item;
        void member.subscriber.write(payload);
        count += 1;
      }
      this.#options.onDelivered(count);
    } catch (error) {
      const failure = toFailure(error);
      for (const member of members) member.fail(failure);
    }
  }

  async #serialise(item: unknown, { subscriber }: GroupMember): Promise<string> {
    return JSON.stringify(await executeItem(this.#args, item, subscriber.context()));
  }

  #isBehind({ subscriber }: GroupMember): boolean {
    return subscriber.countWaiting() > MAX_WAITING_BYTES;
  }

  /**
   * A member whose client reads slowly gets its items from the log, each after the client has taken the one before. It follows
   * the shared items again when it has all those that the group has written.
   */
  async #readLog(member: GroupMember): Promise<void> {
    const { subscriber } = member;
    this.#following.delete(member);
    try {
      for await (const item of this.#live.follow(member.at, subscriber.signal)) {
        if (member.hasEnded) return;
        if (!this.#live.isAfter(item, member.at)) continue;
        const payload = await this.#serialise(item, member);
        member.at = item;
        await subscriber.write(payload);
        this.#options.onDelivered(1);
        if (member.hasEnded || this.#takeBack(member)) return;
      }
    } catch (error) {
      member.fail(toFailure(error));
    }
  }

  #takeBack(member: GroupMember): boolean {
    if (this.#isBehind(member) || this.#live.isAfter(this.#at, member.at)) return false;
    this.#following.add(member);
    return true;
  }
}

/** The error that a subscription ends with; the members of a group get the same one. */
function toFailure(error: unknown): FailedItem {
  if (error instanceof FailedItem) return error;
  const { message } = error as Error;
  return new FailedItem([new GraphQLError(message, { originalError: error as Error })]);
}
