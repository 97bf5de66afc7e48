import type { IdentityError } from '../../src/kernel/index.ts';
import type { Answer } from './answer.ts';
import { type Reader, setForBrowser, setPage, toLocation } from './browser-answer.ts';
import type { Variables } from './document.ts';
import { faultOf, type ShapeRefusal } from './errors.ts';
import type { ChallengeReason, DialectErrors, Fault } from './fault.ts';
import type { Data } from './operation.ts';
import type { BrowserAnswer, ParsedRequest, Route } from './route.ts';

/** What the reply of a row is made from. */
interface Outcome {
  readonly data: Data;
  readonly request: ParsedRequest;
  /** What the lookups of the row found, by their names. */
  readonly found: Readonly<Record<string, unknown>>;
}

/**
 * Makes the answer of a row.
 * @param reader Who reads the answer of a row for browsers.
 * @throws Error The operation's data does not have the declared shape.
 */
export function setReply(answer: Answer, route: Route, { data, request, found }: Outcome, reader: Reader): void {
  const { reply } = route;
  const headers = typeof reply.headers === 'function' ? reply.headers(data, request) : reply.headers;
  for (const name in headers) answer.set(name, name === 'Location' ? toLocation(headers[name]!) : headers[name]!);
  const body = reply.from === undefined ? undefined : reply.from(data, request, found);
  if (reply.orEmpty !== undefined && body === null) answer.status = 204;
  else if (reply.as === 'browser') setForBrowser(answer, reply.status, body as BrowserAnswer, reader);
  else if (reply.schema === undefined) answer.status = reply.status;
  else {
    answer.status = reply.status;
    const parsed = reply.schema.parse(body);
    if (reply.as === 'text') setText(answer, String(parsed));
    else setJson(answer, parsed);
  }
}

function setText(answer: Answer, body: string): void {
  answer.set('Content-Type', 'text/plain; charset=utf-8');
  answer.body = body;
}

function setJson(answer: Answer, body: unknown): void {
  answer.set('Content-Type', 'application/json; charset=utf-8');
  answer.body = JSON.stringify(body);
}

/** Makes the answer to an error in the dialect's envelope. */
export function setFault(
  answer: Answer,
  errors: DialectErrors,
  route: Route | null,
  refusal: IdentityError | ShapeRefusal,
  { authorization, ...about }: { readonly variables: Variables; readonly authorization: string; readonly base: string },
): void {
  const fault = faultOf(errors, route, refusal, about);
  const { legacy } = fault;
  const { type, body: bodyOf } = errors.envelopes[legacy.envelope]!;
  const body = bodyOf(fault);
  setErrorHeaders(answer, errors, route, fault, authorization);
  if (type !== undefined) setPage(answer, legacy.status, String(body));
  else if (body === null) answer.status = legacy.status;
  else {
    answer.status = legacy.status;
    setJson(answer, body);
  }
}

/** Refusals that RFC 6750 section 3.1 calls `insufficient_scope`. */
const LACKS_SCOPE = new Set(['SCOPE_MISSING', 'SCOPE_INSUFFICIENT']);

/**
 * The challenge of the scheme that was tried; without a credential, those of all schemes that the row accepts (RFC 9110 section
 * 11.6.1).
 */
function challenges(route: Route | null, isMissing: boolean, authorization: string): ChallengeReason[] {
  const bearer: ChallengeReason = isMissing ? 'missing' : 'invalid';
  // Of public rows, those whose operation judges a bearer token are answered with 401.
  if (route?.callers.public === true) return [bearer];
  if (route?.callers.bearer === undefined) return ['client'];
  if (route.callers.basic === undefined && route.callers.clientAuth === undefined) return [bearer];
  if (isMissing) return [bearer, 'client'];
  return /^basic /i.test(authorization) ? ['client'] : [bearer];
}

function setErrorHeaders(
  answer: Answer,
  errors: DialectErrors,
  route: Route | null,
  { legacy, error }: Fault,
  authorization: string,
): void {
  setCommonErrorHeaders(answer, error);
  // Send no challenge to browsers, because they would show a password dialog. A program has sent credentials.
  if (legacy.status === 401 && (route?.callers.browser !== true || authorization !== '')) {
    const asked = challenges(route, error.code === 'CREDENTIALS_MISSING', authorization);
    answer.set('WWW-Authenticate', asked.map((reason) => errors.challenge(reason)).join(', '));
  }
  if (LACKS_SCOPE.has(error.code)) answer.set('WWW-Authenticate', errors.challenge('scope'));
}

/** Sets what the answer to an error has in every form. */
export function setCommonErrorHeaders(answer: Answer, error: IdentityError): void {
  answer.set('Cache-Control', 'no-store');
  if (error.retryAfterSeconds !== undefined) answer.set('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
  // Close the connection: the rest of a too large body is not read, so no other request can follow.
  if (error.kind === 'too-large') answer.set('Connection', 'close');
}
