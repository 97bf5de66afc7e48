import { HeaderMap } from '@apollo/server';
import type { Context } from 'koa';
import { LRUCache } from 'lru-cache';

export const LEGACY_JSON = 'application/json';
export const RESPONSE_JSON = 'application/graphql-response+json';

/** The media type of an answer. */
export type AnswerType = typeof LEGACY_JSON | typeof RESPONSE_JSON;

/** Longest `Accept` that is remembered; browsers send 150 characters. */
const MAX_ACCEPT = 256;
/** What clients accept, by the text of their header: 256 texts of at most 256 characters, so 200 KB. No entry ever changes. */
const ANSWER_TYPES = new LRUCache<string, AnswerType | false>({ max: 256 });

/** The media type of the answer, by `Accept` (GraphQL over HTTP, section "Accept"); false when the client accepts neither. */
export function chooseAnswerType(ctx: Context): AnswerType | false {
  const { accept } = ctx.req.headers;
  if (accept === undefined || accept === LEGACY_JSON) return LEGACY_JSON;
  const known = ANSWER_TYPES.get(accept);
  if (known !== undefined) return known;
  const type = ctx.accepts(LEGACY_JSON, RESPONSE_JSON) as AnswerType | false;
  if (accept.length <= MAX_ACCEPT) ANSWER_TYPES.set(accept, type);
  return type;
}

/** By these Apollo Server recognises requests that no page of another site can cause. */
const PROOFS = ['content-type', 'x-apollo-operation-name', 'apollo-require-preflight'];

/**
 * The headers of a request as Apollo Server gets them: only those that it reads. `Accept` is empty once the media type of the
 * answer is chosen, because Apollo Server would parse the header for every operation.
 */
export class RequestHeaders extends HeaderMap {
  /** False: the client accepts none, and Apollo Server refuses the request. */
  readonly answerType: AnswerType | false;

  constructor(answerType: AnswerType | false, headers: Readonly<Record<string, unknown>>) {
    super();
    this.answerType = answerType;
    for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') this.set(name, value);
  }
}

const createPostHeaders = (answerType: AnswerType) =>
  new RequestHeaders(answerType, { accept: '', 'apollo-require-preflight': LEGACY_JSON });

/** Nothing writes to these, so all requests share them. */
const POST_HEADERS = {
  [LEGACY_JSON]: createPostHeaders(LEGACY_JSON),
  [RESPONSE_JSON]: createPostHeaders(RESPONSE_JSON),
};

/** The headers of a POST whose body is known to be JSON: no page of another site can send one without a preflight. */
export const headersOfJsonPost = (ctx: Context, answerType: AnswerType | false): RequestHeaders =>
  answerType === false
    ? new RequestHeaders(false, { accept: ctx.req.headers.accept, 'apollo-require-preflight': LEGACY_JSON })
    : POST_HEADERS[answerType];

/** The headers of any other request. */
export function headersOfRequest(ctx: Context, answerType: AnswerType | false): RequestHeaders {
  const { headers } = ctx.req;
  const proofs = PROOFS.map((name) => [name, headers[name]] as const);
  const accept = answerType === false ? headers.accept : '';
  return new RequestHeaders(answerType, { accept, ...Object.fromEntries(proofs) });
}
