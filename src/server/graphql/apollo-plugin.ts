import {
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLRequestListener,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { GraphContext } from '../../../schema/context.ts';
import { isUnexpected } from '../../../schema/errors/format.ts';
import type { Logger } from '../environment/logger.ts';
import type { Metrics } from '../http/metrics.ts';
import { type ClientDocuments, hashDocument } from './client-documents.ts';
import { formatGraphqlError } from './graphql-errors.ts';
import { LEGACY_JSON, type RequestHeaders } from './request-headers.ts';

export interface PluginOptions {
  readonly documents: ClientDocuments;
  /** Where `/graphql` serves WebSockets. */
  readonly path: string;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'graphqlOperations'>;
}

type Listener = Required<
  Pick<GraphQLRequestListener<GraphContext>, 'didEncounterErrors' | 'responseForOperation' | 'willSendResponse'>
>;

/**
 * Faults of a document: answered with 200 for `application/json`, because clients of that media type read only such bodies
 * (GraphQL over HTTP).
 */
const DOCUMENT_FAULTS = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
]);

const BAD_REQUEST = { extensions: { code: 'BAD_REQUEST' } };

/** Apollo Server awaits what its hooks return; most have nothing to wait for, so they share these promises. */
const DONE = Promise.resolve();
const NO_RESPONSE = Promise.resolve(null);

/**
 * What every operation over HTTP passes in Apollo Server. One plugin with one listener for all requests, because Apollo Server
 * makes a promise for each plugin at each of the eight steps of an operation:
 * - checks the document, in place of the validation of Apollo Server, which would run before the limits;
 * - chooses the status of the answer;
 * - counts operations, and logs unexpected errors.
 */
export function createPlugin(options: PluginOptions): ApolloServerPlugin<GraphContext> {
  const listener: Listener = {
    didEncounterErrors: (context) => noteErrors(options, context),
    responseForOperation: (context) => refuse(options, context),
    willSendResponse: (context) => complete(options, context),
  };
  const listening = Promise.resolve(listener);
  return { requestDidStart: () => listening };
}

type Hook<K extends keyof Listener> = Parameters<Listener[K]>[0];

function noteErrors(options: PluginOptions, context: Hook<'didEncounterErrors'>): Promise<void> {
  const { document, queryHash, errors, operationName } = context;
  const [fault] = errors;
  // Without a document, Apollo Server could not parse the text.
  if (document === undefined && queryHash !== undefined && isSyntaxFault(fault))
    options.documents.refuseText(queryHash, fault);
  for (const error of errors)
    if (isUnexpected(error)) options.logger.error({ err: error.originalError ?? error, operationName }, 'Field failed');
  return DONE;
}

const isSyntaxFault = (error: GraphQLError | undefined): error is GraphQLError =>
  error?.extensions['code'] === 'GRAPHQL_PARSE_FAILED';

/** Answers an operation that may not be executed. */
function refuse(
  { documents, path }: PluginOptions,
  { document, operation, queryHash, source, request }: Hook<'responseForOperation'>,
): Promise<GraphQLResponse | null> {
  const faults =
    operation?.operation === 'subscription'
      ? [new GraphQLError(`Subscriptions are served over WebSocket (graphql-transport-ws) at ${path}.`, BAD_REQUEST)]
      : documents.faultsOf(queryHash ?? hashDocument(source), document, operation, request.variables ?? {});
  if (faults.length === 0) return NO_RESPONSE;
  const errors = faults.map((fault) => formatGraphqlError(fault.toJSON(), fault));
  const http = { status: 400, headers: new HeaderMap() };
  return Promise.resolve({ http, body: { kind: 'single', singleResult: { errors } } });
}

function complete({ metrics }: PluginOptions, context: Hook<'willSendResponse'>): Promise<void> {
  const { body } = context.response;
  const result = body?.kind === 'single' ? body.singleResult : {};
  const hasErrors = (result.errors?.length ?? 0) > 0;
  if (hasErrors) chooseStatus(context, result.errors!, result.data);
  metrics.graphqlOperations.inc({
    type: context.operation?.operation ?? 'none',
    outcome: hasErrors ? (result.data === undefined ? 'refused' : 'errors') : 'ok',
  });
  return DONE;
}

const codeOf = (error: GraphQLFormattedError): unknown => error.extensions?.['code'];

/** Chooses the status of an answer with errors (GraphQL over HTTP, section "Response"). */
function chooseStatus(
  { request, response: { http } }: GraphQLRequestContext<GraphContext>,
  errors: readonly GraphQLFormattedError[],
  data: Readonly<Record<string, unknown>> | null | undefined,
): void {
  const isLegacy = (request.http!.headers as RequestHeaders).answerType === LEGACY_JSON;
  if (isLegacy && data === undefined && errors.every((error) => DOCUMENT_FAULTS.has(String(codeOf(error)))))
    http.status = 200;
  const away = errors.find((error) => codeOf(error) === 'SERVICE_UNAVAILABLE');
  const isEmpty = data === undefined || data === null || Object.values(data).every((value) => value == null);
  if (away === undefined || !isEmpty) return;
  // No field has a value because the database is away: answer 503, which load balancers and retrying clients understand.
  http.status = 503;
  http.headers.set('retry-after', String(away.extensions?.['retryAfterSeconds'] ?? 1));
}
