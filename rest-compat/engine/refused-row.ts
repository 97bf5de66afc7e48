import type { OperationDocument } from './document.ts';
import type { Route } from './route.ts';

/** In place of a document, for rows that run none. */
const NOTHING: OperationDocument = { name: 'NotImplemented', text: '', hash: '', errors: [] };

/**
 * A path that the older API has and this service does not serve: callers that authenticate there are refused with NOT_IMPLEMENTED,
 * for which the row or its dialect has a line.
 */
export function refusedRow(
  row: Pick<Route, 'method' | 'path' | 'spec' | 'summary' | 'callers' | 'tags' | 'errors'>,
): Route {
  return { ...row, refuse: true, operation: NOTHING, reply: { status: 501 } };
}
