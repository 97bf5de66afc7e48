import { type Channel, channel } from 'node:diagnostics_channel';
import type { GraphQLField, GraphQLSchema } from 'graphql';
import { kernelErrors } from '../../src/kernel/index.ts';
import { isLiveSource, type Live, type LiveSource } from '../live-source.ts';
import { objectTypesOf } from '../object-types.ts';
import { identityErrorOf } from './format.ts';

/** A refusal of a field, as subscribers of the channel `idgraph:field-error` receive it. */
export interface FieldError {
  /** Type and name of the field that threw, such as `Mutation.createUser`. */
  readonly field: string;
  readonly code: string;
}

/** A constant keeps the channel: one that nothing refers to is collected. */
const fieldErrors = channel('idgraph:field-error');

/**
 * Publishes the code of every error that a field of the schema throws. The test run subscribes, to compare the codes with
 * `@errors` (CONTRIBUTING.md). Without a subscriber no resolver is wrapped, so it costs a server without a subscriber nothing.
 */
export function publishErrors(schema: GraphQLSchema, out: Channel = fieldErrors): GraphQLSchema {
  if (!out.hasSubscribers) return schema;
  for (const type of objectTypesOf(schema)) {
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      observe(field, (error) => {
        const { code } = identityErrorOf(error) ?? kernelErrors.INTERNAL_ERROR();
        out.publish({ field: name, code } satisfies FieldError);
      });
    }
  }
  return schema;
}

type Report = (error: unknown) => void;

function observe(field: GraphQLField<unknown, unknown>, report: Report): void {
  const { resolve, subscribe } = field;
  if (resolve !== undefined) field.resolve = (...args) => observeCall(() => resolve(...args), report);
  if (subscribe !== undefined)
    field.subscribe = async (...args) => {
      const items = await observeCall(() => subscribe(...args), report);
      return isAsyncIterable(items) ? observeItems(items, report) : items;
    };
}

function observeCall<T>(call: () => T, report: Report): T {
  try {
    const result = call();
    observeResult(result, report);
    return result;
  } catch (error) {
    report(error);
    throw error;
  }
}

/** Reports what a resolver returned in place of a value: an error, a promise that fails, or a list with errors in it. */
function observeResult(result: unknown, report: Report): void {
  if (result instanceof Error) report(result);
  else if (Array.isArray(result)) for (const item of result) observeResult(item, report);
  else if (typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function')
    (result as PromiseLike<unknown>).then((value) => observeResult(value, report), report);
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof (value as AsyncIterable<unknown> | null)?.[Symbol.asyncIterator] === 'function';

/** The same live source, whose items are observed however they are followed. */
function observeLive({ live }: LiveSource, report: Report): { readonly live: Live } {
  return { live: { ...live, follow: (after, signal) => observeItems(live.follow(after, signal), report) } };
}

/** The same items; a generator would let `return` wait for the item that is awaited at the moment. */
function observeItems(items: AsyncIterable<unknown>, report: Report): AsyncIterable<unknown> {
  return {
    ...(isLiveSource(items) ? observeLive(items, report) : {}),
    [Symbol.asyncIterator]: () => {
      const iterator = items[Symbol.asyncIterator]();
      return {
        next: () => observeCall(() => iterator.next(), report),
        return: (value) => iterator.return?.(value) ?? Promise.resolve({ done: true, value }),
      };
    },
  };
}
