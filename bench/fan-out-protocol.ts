/** What the process with the subscribers does. */
export type FanOutCommand =
  | {
      readonly kind: 'open';
      readonly url: string;
      readonly token: string;
      readonly sockets: number;
      /** The subscription that each socket begins; null leaves the sockets idle. */
      readonly query: string | null;
    }
  /** Counts from here on. */
  | { readonly kind: 'begin' }
  /** Waits until each subscriber has received so many events. */
  | { readonly kind: 'finish'; readonly events: number }
  | { readonly kind: 'close' };

export interface FanOutResult {
  /** When the last event of the last subscriber came, in milliseconds of the machine's monotonic clock. */
  readonly lastAt: number;
  /** Processor time of the process since `begin`, in seconds. */
  readonly generatorSeconds: number;
}

export type FanOutReply = { readonly result: FanOutResult | null } | { readonly fault: string };

/** Milliseconds of the machine's monotonic clock, which all processes share. */
export const readMonotonicClock = (): number => Number(process.hrtime.bigint()) / 1_000_000;
