import type { LoadRequest } from './http-message.ts';
import type { ImageProver } from './image-answers.ts';
import type { Pick } from './request-template.ts';

/** A request, and what its answer must be. */
export interface LoadStep extends LoadRequest {
  /** The only status that is right. Default 200. */
  readonly status?: number;
  /** Texts of the answer that later steps send. */
  readonly picks?: readonly Pick[];
  /** Answers the challenge that was picked as `CHALLENGE`; the step has the places `CHALLENGE_ID` and `PROOF`. Not of a first step. */
  readonly prover?: ImageProver;
}

/** A request that is sent alone, or the first step of a cycle. */
export interface PlannedRequest extends LoadStep {
  /**
   * The further steps, each sent after the answer to the one before. The cycle counts as one request: its time begins with the first
   * step, and the answer to the last one is its answer.
   */
  readonly further?: readonly LoadStep[];
}

/** What a load sends. Serialisable, because a separate process sends it. */
export interface LoadPlan {
  /** Origin of the server. */
  readonly url: string;
  readonly connections: number;
  /** Sent in turn; connections begin at different requests, so that they do not all send the same one at a moment. */
  readonly requests: readonly PlannedRequest[];
  /**
   * Each connection sends only every n-th request, n being the number of connections, and no two connections send the same
   * one. So requests that write do not meet at one row.
   */
  readonly isPartitioned?: boolean;
  /**
   * Replaces each `COUNTER` in a body by a number of as many digits that stands nowhere else, so that each request is a new one.
   */
  readonly isCounted?: boolean;
  /** Replaces `HANDLE` in a body by a text of the previous answer on the connection. */
  readonly follows?: {
    /** The member of the answer's JSON, in which the text stands. */
    readonly member: string;
    /** The text of the first request of each connection. */
    readonly first: readonly string[];
  };
}

/** The place of a number in a request of a plan that is counted. */
export const COUNTER = '__COUNTER__';
/** The place of the previous answer's text in a request of a plan that follows answers. */
export const HANDLE = '__HANDLE__';

export interface BurstOptions {
  /** How long requests are sent; answers are then waited for. */
  readonly seconds?: number;
  /** Or how many requests are sent. */
  readonly requests?: number;
  /** Keep the body of each n-th answer. */
  readonly keepEvery: number;
}

/** An answer that a burst kept. */
export interface Answer {
  /** Index of the request in the plan. */
  readonly request: number;
  readonly status: number;
  readonly body: string;
}

export interface BurstResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Processor time of the process that sent the load, in seconds. */
  readonly generatorSeconds: number;
  readonly kept: readonly Answer[];
}

export type LoadCommand =
  | { readonly kind: 'open'; readonly load: number; readonly plan: LoadPlan }
  | { readonly kind: 'burst'; readonly load: number; readonly options: BurstOptions }
  | { readonly kind: 'close'; readonly load: number };

/** The reply to a command, in the order of the commands. */
export type LoadReply = { readonly result: BurstResult | null } | { readonly fault: string };
