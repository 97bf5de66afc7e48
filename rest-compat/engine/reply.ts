import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import type { IdentityError } from '../../src/kernel/index.ts';
import type { Variables } from './document.ts';
import { faultOf, type ShapeRefusal } from './errors.ts';
import type { ChallengeReason, DialectErrors, Fault } from './fault.ts';
import type { Data } from './operation.ts';
import type { BrowserAnswer, ParsedRequest, Route } from './route.ts';

/** Writes the answer of a row. @throws Error The operation's data does not have the declared shape. */
export function sendReply(ctx: Context, route: Route, data: Data, request: ParsedRequest): void {
  const { reply } = route;
  if (reply.headers !== undefined) ctx.set(reply.headers);
  const body = reply.from === undefined ? undefined : reply.from(data, request);
  if (reply.as === 'browser') sendToBrowser(ctx, reply.status, body as BrowserAnswer);
  else if (reply.schema === undefined) sendEmpty(ctx, reply.status);
  else if (reply.orEmpty !== undefined && body === null) sendEmpty(ctx, 204);
  else {
    ctx.status = reply.status;
    sendJson(ctx, reply.schema.parse(body));
  }
}

function sendEmpty(ctx: Context, status: number): void {
  ctx.body = null;
  // Set the status after the body, because Koa sets 204 for an empty body.
  ctx.status = status;
}

function sendJson(ctx: Context, body: unknown): void {
  const text = JSON.stringify(body);
  ctx.set('Content-Type', 'application/json; charset=utf-8');
  ctx.body = text;
}

function sendToBrowser(ctx: Context, status: number, answer: BrowserAnswer): void {
  ctx.set('Cache-Control', 'no-store');
  if ('page' in answer) sendPage(ctx, 200, answer.page);
  else {
    sendEmpty(ctx, status);
    ctx.set('Location', answer.redirectTo);
  }
}

const INLINE_SCRIPT = /<script>([\s\S]*?)<\/script>/g;

/** Sends a page whose policy allows only its inline scripts, by their hashes (CSP Level 3 section 8.4). */
function sendPage(ctx: Context, status: number, page: string): void {
  const hashes = [...page.matchAll(INLINE_SCRIPT)].map(
    ([, script]) => `'sha256-${createHash('sha256').update(script!).digest('base64')}'`,
  );
  const scripts = hashes.length === 0 ? '' : ` script-src ${hashes.join(' ')};`;
  ctx.set('Content-Security-Policy', `default-src 'none';${scripts} frame-ancestors 'none'; base-uri 'none'`);
  // A page with a script closes a popup, and needs access to the window that opened it.
  if (hashes.length > 0) ctx.set('Cross-Origin-Opener-Policy', 'unsafe-none');
  ctx.status = status;
  ctx.set('Content-Type', 'text/html; charset=utf-8');
  ctx.body = page;
}

/** Writes the answer to an error in the dialect's envelope. */
export function sendFault(
  ctx: Context,
  errors: DialectErrors,
  route: Route | null,
  refusal: IdentityError | ShapeRefusal,
  variables: Variables,
): void {
  const fault = faultOf(errors, route, refusal, variables);
  const { legacy, error } = fault;
  const { type, body: bodyOf } = errors.envelopes[legacy.envelope]!;
  const body = bodyOf(fault);
  setErrorHeaders(ctx, errors, route, fault);
  if (type !== undefined) sendPage(ctx, legacy.status, String(body));
  else if (body === null) sendEmpty(ctx, legacy.status);
  else {
    ctx.status = legacy.status;
    sendJson(ctx, body);
  }
  // Close the connection: the rest of a too large body is not read, so no other request can follow.
  if (error.kind === 'too-large') ctx.set('Connection', 'close');
}

/** Refusals that RFC 6750 section 3.1 calls `insufficient_scope`. */
const LACKS_SCOPE = new Set(['SCOPE_MISSING', 'SCOPE_INSUFFICIENT']);

/**
 * The challenge of the scheme that was tried; without a credential, those of all schemes that the row accepts (RFC 9110 section
 * 11.6.1).
 */
function challenges(route: Route | null, isMissing: boolean, authorization: string): ChallengeReason[] {
  const bearer: ChallengeReason = isMissing ? 'missing' : 'invalid';
  if (route?.callers.bearer === undefined) return ['client'];
  if (route.callers.basic === undefined && route.callers.clientAuth === undefined) return [bearer];
  if (isMissing) return [bearer, 'client'];
  return /^basic /i.test(authorization) ? ['client'] : [bearer];
}

function setErrorHeaders(ctx: Context, errors: DialectErrors, route: Route | null, { legacy, error }: Fault): void {
  ctx.set('Cache-Control', 'no-store');
  if (error.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
  // Send no challenge to browsers, because they would show a password dialog.
  if (legacy.status === 401 && route?.callers.browser !== true) {
    const asked = challenges(route, error.code === 'CREDENTIALS_MISSING', ctx.get('authorization'));
    ctx.set('WWW-Authenticate', asked.map((reason) => errors.challenge(reason)).join(', '));
  }
  if (LACKS_SCOPE.has(error.code)) ctx.set('WWW-Authenticate', errors.challenge('scope'));
}
