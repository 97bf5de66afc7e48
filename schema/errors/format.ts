import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { IdentityError, kernelErrors } from '../../src/kernel/index.ts';

/** The `IdentityError` behind a GraphQL error, if one is; follows `originalError` and causes. */
export function identityErrorOf(error: unknown): IdentityError | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; depth++) {
    if (at instanceof IdentityError) return at;
    at = at instanceof GraphQLError && at.originalError ? at.originalError : at.cause;
  }
  return null;
}

/**
 * `extensions` of an error as callers see them: `code`, `kind`, and `fields`, `retryAfterSeconds` or the
 * error's own members where they exist.
 */
export function errorExtensions(error: IdentityError): Record<string, unknown> {
  return {
    ...error.extensions,
    code: error.code,
    kind: error.kind,
    ...(error.fields === undefined ? {} : { fields: error.fields }),
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  };
}

/** Whether an error is unexpected: it is logged with its cause and shown as internal. */
export function isUnexpected(error: unknown): boolean {
  if (identityErrorOf(error) !== null) return false;
  if (!(error instanceof GraphQLError)) return true;
  // Faults of a document or a variable name their place in the document but no path: nothing was executed yet.
  if (error.path === undefined && error.locations !== undefined) return false;
  return !isGraphqlOwn(error);
}

/** Whether GraphQL itself made the error; the server wraps GraphQL's syntax and validation errors. */
function isGraphqlOwn(error: GraphQLError): boolean {
  const inner = error.originalError;
  return inner === undefined || inner === null || (inner instanceof GraphQLError && isGraphqlOwn(inner));
}

/**
 * The error that callers see, over any transport: the code and fields of an `IdentityError`, GraphQL's errors unchanged, and
 * every other error as `INTERNAL_ERROR` without its text.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { locations, path } = formatted;
  const place = { ...(locations === undefined ? {} : { locations }), ...(path === undefined ? {} : { path }) };
  const known = identityErrorOf(error);
  if (known !== null) return { message: known.message, ...place, extensions: errorExtensions(known) };
  if (isUnexpected(error)) {
    const internal = kernelErrors.INTERNAL_ERROR();
    return { message: internal.message, ...place, extensions: errorExtensions(internal) };
  }
  const { code } = (formatted.extensions ?? {}) as { code?: unknown };
  return {
    message: formatted.message,
    ...place,
    extensions: { code: typeof code === 'string' ? code : 'GRAPHQL_VALIDATION_FAILED', kind: 'invalid' },
  };
}
