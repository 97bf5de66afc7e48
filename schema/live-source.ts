/** How equal subscriptions share one source, and how one of them continues alone. */
export interface Live<Item = unknown> {
  /** Sources of one caller with equal keys give the same items. It names the tenant and the filter. */
  readonly key: string;
  /** The first item of a subscription that begins now: only the place reached. */
  checkpoint(): Item;
  /** Whether an item lies behind another one. */
  isAfter(item: Item, other: Item): boolean;
  /** The items after one of them, or after the present place. The first one says where it begins. */
  follow(after: Item | null, signal: AbortSignal): AsyncIterable<Item>;
}

/**
 * The source of a subscription that begins with the next item. Who executes the subscription may iterate over it, or follow
 * `live` once for all subscriptions that are equal.
 */
export interface LiveSource<Item = unknown> extends AsyncIterable<Item> {
  readonly live: Live<Item>;
}

/** The source of a subscription that begins now. Nothing is held until it is iterated over. */
export function toLiveSource<Item>(live: Live<Item>, signal: AbortSignal): LiveSource<Item> {
  return { live, [Symbol.asyncIterator]: () => live.follow(null, signal)[Symbol.asyncIterator]() };
}

export function isLiveSource(source: AsyncIterable<unknown>): source is LiveSource {
  return (source as Partial<LiveSource>).live !== undefined;
}
