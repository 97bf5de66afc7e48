import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { GraphContext } from '../../../schema/context.ts';
import { isLiveSource, type Live } from '../../../schema/live-source.ts';
import { IdentityError } from '../../kernel/index.ts';
import { hashDocument } from './client-documents.ts';
import type { GraphqlOptions } from './graphql.ts';

/** Applies the same checks to operations on a socket as over HTTP: limits, trusted documents, cost. */
export class SocketOperations {
  readonly #options: GraphqlOptions;

  constructor(options: GraphqlOptions) {
    this.#options = options;
  }

  /** Prepares the execution of a `subscribe` message; gives the errors when it is refused. */
  prepare(payload: SubscribePayload): ExecutionArgs | readonly GraphQLError[] {
    const { schema, trusted, documents } = this.#options;
    try {
      const text = trusted === null ? payload.query : trusted.textOf(payload);
      const hash = hashDocument(text);
      const document = documents.find(hash) ?? documents.parse(text, hash);
      const operation = getOperationAST(document, payload.operationName);
      const variableValues = payload.variables ?? {};
      const faults = documents.faultsOf(hash, document, operation, variableValues);
      if (faults.length > 0) return faults;
      if (operation == null)
        return [new GraphQLError('The operation to execute is not named, or is not in the document.', UNRESOLVED)];
      return { schema, document, variableValues, operationName: payload.operationName ?? null };
    } catch (error) {
      if (error instanceof IdentityError) return [new GraphQLError(error.message, { originalError: error })];
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  /** Executes a query or mutation that `prepare` accepted. */
  readonly execute = ({ document, operationName, variableValues, contextValue }: ExecutionArgs) =>
    this.#options.documents.execute({
      document,
      operationName,
      variables: variableValues,
      context: contextValue as GraphContext,
    });
}

const UNRESOLVED = { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } };

/** An item of a subscription had errors; the subscription ends with them instead of delivering the item. */
export class FailedItem extends Error {
  override readonly name = 'FailedItem';
  readonly errors: readonly GraphQLError[];
  /** The errors as clients see them. Set with the first client, so that an item that many share is logged once. */
  shown: readonly GraphQLFormattedError[] | null = null;

  constructor(errors: readonly GraphQLError[]) {
    super(errors[0]?.message);
    this.errors = errors;
  }
}

/**
 * Executes one item of a subscription. The context must be new: the loaders of one that is used for hours would grow without
 * bound and return outdated rows; and a new context has the present caller of the socket.
 * @throws FailedItem The result has errors. Such an item is never delivered, because its cursor would make the subscriber skip
 *   an event that it has not seen.
 */
export async function executeItem(
  args: ExecutionArgs,
  rootValue: unknown,
  contextValue: GraphContext,
): Promise<ExecutionResult> {
  const result = await execute({ ...args, rootValue, contextValue });
  if (result.errors !== undefined) throw new FailedItem(result.errors);
  return result;
}

/**
 * Begins a subscription and executes each of its items.
 * @param share Takes over a subscription that begins now, with the items that others get too.
 */
export async function subscribeFresh(
  args: ExecutionArgs,
  freshContext: () => GraphContext,
  share: (live: Live) => AsyncGenerator<ExecutionResult>,
): Promise<ExecutionResult | AsyncGenerator<ExecutionResult>> {
  const source = await createSourceEventStream({ ...args, operationName: args.operationName ?? null });
  if (!(Symbol.asyncIterator in source)) return source;
  if (isLiveSource(source)) return share(source.live);
  return mapped(source, (item) => executeItem(args, item, freshContext()));
}

/**
 * Maps the items of a source. Unlike for an async generator function, `return()` reaches the source at once, even while it
 * waits for its next event.
 */
function mapped<A, B>(source: AsyncIterable<A>, map: (value: A) => Promise<B>): AsyncGenerator<B> {
  const iterator = source[Symbol.asyncIterator]();
  const step = async (result: IteratorResult<A>): Promise<IteratorResult<B>> => {
    if (result.done === true) return { done: true, value: undefined };
    try {
      return { done: false, value: await map(result.value) };
    } catch (error) {
      // Release the source here: a consumer does not call `return()` after an error (ECMA-262, IteratorClose is only for early
      // ends).
      await iterator.return?.();
      throw error;
    }
  };
  const generator: AsyncGenerator<B> = {
    next: async () => step(await iterator.next()),
    return: async () => {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    throw: async (error) => {
      await iterator.return?.();
      throw error;
    },
    [Symbol.asyncIterator]: () => generator,
    [Symbol.asyncDispose]: async () => {
      await iterator.return?.();
    },
  };
  return generator;
}

/** Whether an operation delivers more than one result. */
export function isSubscription(args: ExecutionArgs): boolean {
  return getOperationAST(args.document, args.operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
}
