import type { ParameterizedContext } from 'koa';
import { IdentityError, kernelErrors, STATUS_OF_KIND } from '../../kernel/index.ts';
import { translateDatabaseError } from '../../persistence/index.ts';

/** The error to show to the caller: an `IdentityError` itself, 503 for a lost or overloaded database, else `INTERNAL_ERROR`. */
export function shownError(error: unknown): IdentityError {
  const translated = translateDatabaseError(error);
  return translated instanceof IdentityError ? translated : kernelErrors.INTERNAL_ERROR({ cause: error });
}

/** Where the head of an answer is collected: the context of Koa, or an `Answer`. */
interface ErrorHead {
  status: number;
  set(name: string, value: string): void;
}

/** Sets status and headers for an error; the caller sets the body. */
export function applyErrorHead(head: ErrorHead, error: IdentityError): void {
  head.status = STATUS_OF_KIND[error.kind];
  if (error.retryAfterSeconds !== undefined) head.set('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
  if (error.kind === 'unauthenticated') head.set('WWW-Authenticate', 'Bearer');
  // Close the connection: the rest of a too large body is not read, so no other request can follow.
  if (error.kind === 'too-large') head.set('Connection', 'close');
}

/** Answers with an error on paths that no dialect owns. */
export function sendError(ctx: ParameterizedContext, error: IdentityError): void {
  applyErrorHead(ctx, error);
  ctx.body = { error: error.code, message: error.message };
}
