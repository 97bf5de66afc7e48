import { ApolloServer, type ApolloServerPlugin, type GraphQLRequestContext, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { Context, Middleware } from 'koa';
import { ClientGone, decodeBody, isOfMediaType, keepToClient, readBody } from '../../../rest-compat/index.ts';
import { createContext, type GraphContext, type Services } from '../../../schema/context.ts';
import { errorExtensions, formatError, isUnexpected } from '../../../schema/errors/format.ts';
import { requestErrors } from '../../../schema/errors/request.errors.ts';
import type { Caller } from '../../access/index.ts';
import { IdentityError } from '../../kernel/index.ts';
import type { CidrRange } from '../environment/config.ts';
import type { GraphqlLimits } from '../environment/graphql-limits.ts';
import type { Logger } from '../environment/logger.ts';
import { type AuthenticateToken, authenticateCaller } from '../http/caller.ts';
import type { RequestState } from '../http/http.ts';
import { applyErrorHead, shownError } from '../http/http-errors.ts';
import type { Metrics } from '../http/metrics.ts';
import { originOf } from '../http/origin.ts';
import { createDocumentStore, createGateway } from './apollo-gateway.ts';
import { type ClientDocuments, hashDocument } from './client-documents.ts';
import { allowPageToGraph } from './graphql-cors.ts';
import type { DocumentRequest, TrustedDocuments } from './trusted-documents.ts';

export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly authenticateToken: AuthenticateToken;
  readonly limits: GraphqlLimits;
  /** The documents of all clients; the same for HTTP and WebSocket. */
  readonly documents: ClientDocuments;
  /** When given, only these documents are executed. */
  readonly trusted: TrustedDocuments | null;
  readonly trustedProxies: readonly CidrRange[];
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export const GRAPHQL_PATH = '/graphql';
const LEGACY_JSON = 'application/json';
const RESPONSE_JSON = 'application/graphql-response+json';

/** A request that may be executed. */
interface Prepared {
  readonly caller: Caller;
  /** The body of a POST; absent for other methods. */
  readonly body: unknown;
}

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

/** graphql-js writes "more that"; the test of the limit fails when the text changes. */
const TOKEN_LIMIT = /^Syntax Error: Document contains more tha[nt] (\d+) tokens/;

/** Formats an error for clients, over HTTP and WebSocket. */
export function formatGraphqlError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const maxTokens = TOKEN_LIMIT.exec(formatted.message)?.[1];
  if (maxTokens === undefined) return formatError(formatted, error);
  const limit = requestErrors.DOCUMENT_TOO_LONG({ message: `The document has more than ${maxTokens} tokens.` });
  return { message: limit.message, extensions: errorExtensions(limit) };
}

function codeOf(error: GraphQLFormattedError): unknown {
  return error.extensions?.['code'];
}

const OVER_WEBSOCKET = `Subscriptions are served over WebSocket (graphql-transport-ws) at ${GRAPHQL_PATH}.`;
const BAD_REQUEST = { extensions: { code: 'BAD_REQUEST' } };

/** Checks documents in place of the validation of Apollo Server, which would run before the limits. */
function checked({ documents }: GraphqlOptions): ApolloServerPlugin<GraphContext> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ document, queryHash, errors }) {
          // Apollo Server could not parse the text.
          const [fault] = errors;
          if (document === undefined && queryHash !== undefined && isSyntaxFault(fault))
            documents.refuseText(queryHash, fault);
        },
        async responseForOperation({ document, operation, queryHash, source, request }) {
          const isSubscription = operation?.operation === 'subscription';
          const faults = isSubscription
            ? [new GraphQLError(OVER_WEBSOCKET, BAD_REQUEST)]
            : documents.faultsOf(queryHash ?? hashDocument(source), document, operation, request.variables ?? {});
          if (faults.length === 0) return null;
          const errors = faults.map((fault) => formatGraphqlError(fault.toJSON(), fault));
          const http = { status: 400, headers: new HeaderMap() };
          return { http, body: { kind: 'single', singleResult: { errors } } };
        },
      };
    },
  };
}

const isSyntaxFault = (error: GraphQLError | undefined): error is GraphQLError =>
  error?.extensions['code'] === 'GRAPHQL_PARSE_FAILED';

/** Chooses the status (GraphQL over HTTP, section "Response"); `prepare` has already chosen the media type. */
function chooseStatus(context: GraphQLRequestContext<GraphContext>): void {
  const { body, http } = context.response;
  if (body?.kind !== 'single') return;
  const { errors, data } = body.singleResult;
  if (errors === undefined || errors.length === 0) return;
  const isLegacy = context.request.http?.headers.get('accept') === LEGACY_JSON;
  if (isLegacy && data === undefined && errors.every((error) => DOCUMENT_FAULTS.has(String(codeOf(error)))))
    http.status = 200;
  const away = errors.find((error) => codeOf(error) === 'SERVICE_UNAVAILABLE');
  const isEmpty = data === undefined || data === null || Object.values(data).every((value) => value == null);
  if (away === undefined || !isEmpty) return;
  // No field has a value because the database is away: answer 503, which load balancers and retrying clients understand.
  http.status = 503;
  http.headers.set('retry-after', String(away.extensions?.['retryAfterSeconds'] ?? 1));
}

/** Names the media type that `prepare` chose, which Apollo Server would find by parsing the header again. */
function chooseType({ request, response }: GraphQLRequestContext<GraphContext>): void {
  const accept = request.http?.headers.get('accept');
  if (accept === LEGACY_JSON || accept === RESPONSE_JSON)
    response.http.headers.set('content-type', `${accept}; charset=utf-8`);
}

function observed({ logger, metrics }: GraphqlOptions): ApolloServerPlugin<GraphContext> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, operationName }) {
          for (const error of errors)
            if (isUnexpected(error)) logger.error({ err: error.originalError ?? error, operationName }, 'Field failed');
        },
        async willSendResponse(context) {
          chooseStatus(context);
          chooseType(context);
          const { body } = context.response;
          const hasErrors = body.kind === 'single' && (body.singleResult.errors?.length ?? 0) > 0;
          const wasExecuted = body.kind === 'single' && body.singleResult.data !== undefined;
          metrics.graphqlOperations.inc({
            type: context.operation?.operation ?? 'none',
            outcome: hasErrors ? (wasExecuted ? 'errors' : 'refused') : 'ok',
          });
        },
      };
    },
  };
}

function createApollo(options: GraphqlOptions): ApolloServer<GraphContext> {
  const { schema, documents, limits, logger } = options;
  return new ApolloServer<GraphContext>({
    gateway: createGateway(schema, documents),
    documentStore: createDocumentStore(documents),
    logger,
    formatError: formatGraphqlError,
    includeStacktraceInErrorResponses: false,
    // The validation that names no similar fields is our own; the plugin would only observe the disabled one.
    hideSchemaDetailsFromClientErrors: false,
    introspection: true,
    csrfPrevention: true,
    // Batches are counted in `admitted`, before Apollo Server sees them, so that exceeding the limit has one error code.
    allowBatchedHttpRequests: true,
    // Clients cannot store documents; the operator lists them, see TrustedDocuments.
    persistedQueries: false,
    parseOptions: { maxTokens: limits.tokens },
    // `checked` validates, after the limits.
    dangerouslyDisableValidation: true,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // No answer may be cached, and this plugin would wrap every field to compute for how long.
      ApolloServerPluginCacheControlDisabled(),
      // They would begin when variables of the environment are set, and send what clients do to Apollo.
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      checked(options),
      observed(options),
    ],
  });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(decodeBody(bytes));
  } catch {
    throw new IdentityError('BAD_REQUEST', 'invalid', 'The request body is not JSON.');
  }
}

/** `application/json`, in UTF-8 (RFC 8259 section 8.1), not compressed. */
function requireJson(ctx: Context): void {
  if (!isOfMediaType(ctx.req, LEGACY_JSON)) throw new UnsupportedMedia();
}

class UnsupportedMedia extends IdentityError {
  constructor() {
    super('BAD_REQUEST', 'invalid', 'The request body must be application/json in UTF-8.');
  }
}

/** Refuses a batch beyond its limit, and replaces each document by its listed text when only listed documents are executed. */
function admitted(body: unknown, { limits, trusted }: GraphqlOptions): unknown {
  if (Array.isArray(body) && body.length > limits.batch)
    throw requestErrors.BATCH_TOO_LARGE({
      message: `The request holds ${body.length} operations; at most ${limits.batch} are allowed.`,
    });
  if (trusted === null) return body;
  const admit = (member: unknown) => {
    const { extensions, ...request } = (member ?? {}) as DocumentRequest;
    return { ...request, query: trusted.textOf({ ...request, extensions }) };
  };
  return Array.isArray(body) ? body.map(admit) : admit(body);
}

/** Does the same for the query string of a GET request. */
function admittedSearch(ctx: Context, { trusted }: GraphqlOptions): void {
  if (trusted === null) return;
  const params = new URLSearchParams(ctx.querystring);
  const extensions = params.get('extensions');
  const text = trusted.textOf({
    query: params.get('query') ?? undefined,
    documentId: params.get('documentId') ?? undefined,
    extensions: extensions === null ? undefined : parseJson(Buffer.from(extensions)),
  });
  params.set('query', text);
  params.delete('extensions');
  ctx.url = `${ctx.path}?${params}`;
}

function sendRefusal(ctx: Context, error: unknown, logger: Logger): void {
  const shown = shownError(error);
  if (shown.kind === 'internal') logger.error({ err: error, path: ctx.path }, 'Request failed');
  applyErrorHead(ctx, shown);
  if (shown instanceof UnsupportedMedia) ctx.status = 415;
  if (shown.kind === 'unauthenticated') ctx.set('WWW-Authenticate', 'Bearer error="invalid_token"');
  ctx.type = ctx.accepts(LEGACY_JSON, RESPONSE_JSON) || LEGACY_JSON;
  ctx.body = JSON.stringify({ errors: [{ message: shown.message, extensions: errorExtensions(shown) }] });
}

/** Does everything that comes before Apollo Server: media type, body, trusted documents, caller. */
async function prepare(ctx: Context, options: GraphqlOptions): Promise<Prepared> {
  const type = ctx.accepts(LEGACY_JSON, RESPONSE_JSON);
  // Choose the media type once: later code finds only this one in the header.
  if (typeof type === 'string') ctx.req.headers.accept = type;
  let body: unknown;
  if (ctx.method === 'POST') {
    requireJson(ctx);
    const parsed = parseJson(await readBody(ctx.req, options.limits.body));
    // `null`, `0` and the like are not a request. Apollo Server refuses them, but needs a body that is not empty to do so.
    body = admitted(parsed, options) || {};
  } else if (ctx.method === 'GET') admittedSearch(ctx, options);
  const origin = originOf(ctx.req, options.trustedProxies, 'graphql');
  return { caller: await authenticateCaller(ctx.req.headers.authorization, origin, options.authenticateToken), body };
}

/** The headers that Apollo Server reads: media types, and those by which it recognises requests that no other site can cause. */
const READ_HEADERS = ['accept', 'content-type', 'x-apollo-operation-name', 'apollo-require-preflight'];

/** Passes a request to Apollo Server, and its answer to the client. */
async function execute(
  apollo: ApolloServer<GraphContext>,
  ctx: Context,
  body: unknown,
  context: () => Promise<GraphContext>,
): Promise<void> {
  const headers = new HeaderMap();
  for (const name of READ_HEADERS) {
    const value = ctx.req.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const request = { method: ctx.method, headers, search: ctx.search, body };
  const answer = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest: request, context });
  if (answer.body.kind !== 'complete') throw new Error('The graph has no directive for incremental delivery.');
  for (const [name, value] of answer.headers) ctx.set(name, value);
  ctx.status = answer.status ?? 200;
  ctx.body = answer.body.string;
}

/** The GraphQL endpoint over HTTP at `/graphql` (GraphQL over HTTP; batches as arrays). */
export interface GraphqlEndpoint {
  readonly middleware: Middleware;
  stop(): Promise<void>;
}

export async function createGraphqlEndpoint(options: GraphqlOptions): Promise<GraphqlEndpoint> {
  const apollo = createApollo(options);
  await apollo.start();
  const middleware: Middleware = async (ctx, next) => {
    if (ctx.path !== GRAPHQL_PATH) return next();
    // Answers depend on the token, so no cache may keep them.
    ctx.set('Cache-Control', 'no-store');
    let prepared: Prepared;
    try {
      if (await allowPageToGraph(ctx, options.services)) return;
      prepared = await prepare(ctx, options);
      await keepToClient(ctx, options.services.webOrigins, prepared.caller);
    } catch (error) {
      if (error instanceof ClientGone) throw error;
      return sendRefusal(ctx, error, options.logger);
    }
    const { caller, body } = prepared;
    const { signal } = ctx.state as RequestState;
    await execute(apollo, ctx, body, async () => createContext(options.services, caller, signal));
  };
  return { middleware, stop: () => apollo.stop() };
}
