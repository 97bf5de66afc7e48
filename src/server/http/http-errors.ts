import type { ParameterizedContext } from 'koa';
import { type ErrorKind, IdentityError, kernelErrors } from '../../kernel/index.ts';
import { translateDatabaseError } from '../../persistence/index.ts';

/** HTTP status of each kind of error, where no dialect has a table of its own. */
export const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  refused: 422,
  throttled: 429,
  'too-large': 413,
  unavailable: 503,
  internal: 500,
};

/** What the caller is told of an error: itself if it is ours, 503 for a lost or overloaded database, else `INTERNAL_ERROR`. */
export function shownError(error: unknown): IdentityError {
  const translated = translateDatabaseError(error);
  return translated instanceof IdentityError ? translated : kernelErrors.INTERNAL_ERROR({ cause: error });
}

/** Sets status and the headers that belong to an error; the body is the route's own. */
export function applyErrorHead(ctx: ParameterizedContext, error: IdentityError): void {
  ctx.status = STATUS_OF_KIND[error.kind];
  if (error.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
  if (error.kind === 'unauthenticated') ctx.set('WWW-Authenticate', 'Bearer');
  // The rest of a body that is too large is not read, so the connection cannot serve another request.
  if (error.kind === 'too-large') ctx.set('Connection', 'close');
}

/** The answer of routes that no dialect owns. */
export function sendError(ctx: ParameterizedContext, error: IdentityError): void {
  applyErrorHead(ctx, error);
  ctx.body = { error: error.code, message: error.message };
}
