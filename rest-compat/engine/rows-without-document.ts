import type { z } from 'zod';
import type { OperationDocument } from './document.ts';
import type { Reply, Route, RouteInput } from './route.ts';

/** In place of a document, for rows that run none. @param name Of their samples. */
const nothing = (name: string): OperationDocument => ({ name, text: '', hash: '', errors: [] });

/**
 * A path that the older API has and this service does not serve: callers that authenticate there are refused with NOT_IMPLEMENTED,
 * for which the row or its dialect has a line.
 */
export function refusedRow(
  row: Pick<Route, 'method' | 'path' | 'spec' | 'summary' | 'callers' | 'tags' | 'errors'>,
): Route {
  return { ...row, refuse: true, operation: nothing('NotImplemented'), reply: { status: 501 } };
}

/** The members of a row without a document. */
type PlainRow<I extends RouteInput, S extends z.ZodType> = Omit<
  Route<I>,
  'operation' | 'reply' | 'plain' | 'refuse'
> & {
  /** Of its samples. */
  readonly name: string;
  readonly reply: Reply<Readonly<Record<never, never>>, S, I>;
};

/** A path that asks the graph nothing: its reply is made from the request and the constants of the service. */
export function plainRow<const I extends RouteInput, S extends z.ZodType>({ name, ...row }: PlainRow<I, S>): Route {
  return { ...row, plain: true, operation: nothing(name) } as unknown as Route;
}
