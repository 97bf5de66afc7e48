import type { GraphQLFormattedError } from 'graphql';
import { errorExtensions, formatError } from '../../../schema/errors/format.ts';
import { requestErrors } from '../../../schema/errors/request.errors.ts';

/** graphql-js writes "more that"; the test of the limit fails when the text changes. */
const TOKEN_LIMIT = /^Syntax Error: Document contains more tha[nt] (\d+) tokens/;

/** Formats an error for clients, over HTTP and WebSocket. */
export function formatGraphqlError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const maxTokens = TOKEN_LIMIT.exec(formatted.message)?.[1];
  if (maxTokens === undefined) return formatError(formatted, error);
  const limit = requestErrors.DOCUMENT_TOO_LONG({ message: `The document has more than ${maxTokens} tokens.` });
  return { message: limit.message, extensions: errorExtensions(limit) };
}
