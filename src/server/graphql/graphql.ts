import { ApolloServer, type HTTPGraphQLRequest } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Context, Middleware } from 'koa';
import {
  Answer,
  ClientGone,
  decodeBody,
  isOfMediaType,
  keepToClient,
  readBody,
  sendAnswer,
} from '../../../rest-compat/index.ts';
import { createContext, type GraphContext, type Services } from '../../../schema/context.ts';
import { errorExtensions } from '../../../schema/errors/format.ts';
import { requestErrors } from '../../../schema/errors/request.errors.ts';
import type { Caller } from '../../access/index.ts';
import { IdentityError } from '../../kernel/index.ts';
import type { GraphqlLimits } from '../environment/graphql-limits.ts';
import type { Logger } from '../environment/logger.ts';
import type { CidrRange } from '../environment/networks.ts';
import { RequestBrowser } from '../http/browser.ts';
import { type AuthenticateToken, authenticateRequest } from '../http/caller.ts';
import type { RequestState } from '../http/http.ts';
import { applyErrorHead, shownError } from '../http/http-errors.ts';
import type { Metrics } from '../http/metrics.ts';
import { originOf } from '../http/origin.ts';
import { isOfOwnPage } from '../http/page-origin.ts';
import { createDocumentStore, createGateway } from './apollo-gateway.ts';
import { createPlugin } from './apollo-plugin.ts';
import type { ClientDocuments } from './client-documents.ts';
import { allowPageToGraph } from './graphql-cors.ts';
import { formatGraphqlError } from './graphql-errors.ts';
import {
  chooseAnswerType,
  headersOfJsonPost,
  headersOfRequest,
  LEGACY_JSON,
  type RequestHeaders,
} from './request-headers.ts';
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
  /** Public origin of the service. Its pages, and pages of the host that was requested, are pages of the service. */
  readonly publicUrl: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export const GRAPHQL_PATH = '/graphql';

/** A request that may be executed. */
interface Prepared {
  readonly caller: Caller;
  readonly request: HTTPGraphQLRequest & { readonly headers: RequestHeaders };
}

/** Apollo Server installs these plugins by itself, some when variables of the environment are set, unless they are disabled. */
const disabledPlugins = () => [
  ApolloServerPluginLandingPageDisabled(),
  // No answer may be cached, and this plugin would wrap every field to compute for how long.
  ApolloServerPluginCacheControlDisabled(),
  // These send what clients do to Apollo.
  ApolloServerPluginInlineTraceDisabled(),
  ApolloServerPluginSchemaReportingDisabled(),
  ApolloServerPluginUsageReportingDisabled(),
];

async function startApollo(options: GraphqlOptions): Promise<ApolloServer<GraphContext>> {
  const { schema, documents, limits, logger } = options;
  const plugins = [createPlugin({ ...options, path: GRAPHQL_PATH }), ...disabledPlugins()];
  const apollo = new ApolloServer<GraphContext>({
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
    // Our plugin validates, after the limits.
    dangerouslyDisableValidation: true,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    plugins,
  });
  await apollo.start();
  // The disabled plugins matter only to the start, and Apollo Server would make three promises for each in every request.
  plugins.length = 1;
  return apollo;
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

function refuse(ctx: Context, answer: Answer, error: unknown, logger: Logger): void {
  const shown = shownError(error);
  if (shown.kind === 'internal') logger.error({ err: error, path: ctx.path }, 'Request failed');
  applyErrorHead(answer, shown);
  if (shown instanceof UnsupportedMedia) answer.status = 415;
  if (shown.kind === 'unauthenticated') answer.set('WWW-Authenticate', 'Bearer error="invalid_token"');
  answer.set('Content-Type', `${chooseAnswerType(ctx) || LEGACY_JSON}; charset=utf-8`);
  answer.body = JSON.stringify({ errors: [{ message: shown.message, extensions: errorExtensions(shown) }] });
}

/** Does everything that comes before Apollo Server: media type, body, trusted documents, caller. */
async function prepare(ctx: Context, options: GraphqlOptions): Promise<Prepared> {
  const request = ctx.method === 'POST' ? await readPost(ctx, options) : readOther(ctx, options);
  const origin = originOf(ctx.req, options.trustedProxies, 'graphql');
  return {
    caller: await authenticateRequest(ctx.req.headers, origin, options.authenticateToken),
    request,
  };
}

async function readPost(ctx: Context, options: GraphqlOptions): Promise<Prepared['request']> {
  requireJson(ctx);
  const parsed = parseJson(await readBody(ctx.req, options.limits.body));
  // `null`, `0` and the like are not a request. Apollo Server refuses them, but needs a body that is not empty to do so.
  const body = admitted(parsed, options) || {};
  return { method: 'POST', headers: headersOfJsonPost(ctx, chooseAnswerType(ctx)), search: '', body };
}

function readOther(ctx: Context, options: GraphqlOptions): Prepared['request'] {
  if (ctx.method === 'GET') admittedSearch(ctx, options);
  const headers = headersOfRequest(ctx, chooseAnswerType(ctx));
  return { method: ctx.method, headers, search: ctx.search, body: undefined };
}

/**
 * The browser of a single POST by a page of the service. In a batch, and for a page of another origin, there is none: cookies
 * must not give a foreign page the access of its visitor (CSRF).
 */
function findBrowser(
  { req }: Context,
  { method, body }: Prepared['request'],
  { publicUrl }: GraphqlOptions,
): RequestBrowser | null {
  if (method !== 'POST' || Array.isArray(body) || !isOfOwnPage(req, publicUrl)) return null;
  return new RequestBrowser(req, publicUrl);
}

/** Headers of the answers of Apollo Server that this endpoint sets itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['content-type', 'cache-control']);

/** Passes a request to Apollo Server, and collects its answer. */
async function execute(
  apollo: ApolloServer<GraphContext>,
  answer: Answer,
  request: Prepared['request'],
  context: () => Promise<GraphContext>,
): Promise<void> {
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest: request, context });
  if (body.kind !== 'complete') throw new Error('The graph has no directive for incremental delivery.');
  const { answerType } = request.headers;
  for (const [name, value] of headers) if (!OWN_HEADERS.has(name)) answer.set(name, value);
  // Apollo Server does not know what was chosen.
  const type = answerType === false ? headers.get('content-type')! : `${answerType}; charset=utf-8`;
  answer.set('Content-Type', type);
  answer.status = status ?? 200;
  answer.body = body.string;
}

/** The GraphQL endpoint over HTTP at `/graphql` (GraphQL over HTTP; batches as arrays). */
export interface GraphqlEndpoint {
  readonly middleware: Middleware;
  stop(): Promise<void>;
}

export async function createGraphqlEndpoint(options: GraphqlOptions): Promise<GraphqlEndpoint> {
  const apollo = await startApollo(options);
  const serve = async (ctx: Context, answer: Answer): Promise<void> => {
    // Most requests come from no page.
    const isOfPage = ctx.get('Origin') !== '';
    if (!isOfPage) answer.vary('Origin');
    else if (await allowPageToGraph(ctx, options.services, answer)) return;
    const { caller, request } = await prepare(ctx, options);
    if (isOfPage) await keepToClient(options.services.webOrigins, caller, answer);
    const { signal } = ctx.state as RequestState;
    const browser = findBrowser(ctx, request, options);
    await execute(apollo, answer, request, async () => createContext(options.services, caller, signal, browser));
    if (browser !== null) answer.setCookies = browser.setCookies;
  };
  const middleware: Middleware = async (ctx, next) => {
    if (ctx.path !== GRAPHQL_PATH) return next();
    const answer = new Answer();
    // Answers depend on the token, so no cache may keep them.
    answer.set('Cache-Control', 'no-store');
    try {
      await serve(ctx, answer);
    } catch (error) {
      if (error instanceof ClientGone) throw error;
      refuse(ctx, answer, error, options.logger);
    }
    sendAnswer(ctx, answer);
  };
  return { middleware, stop: () => apollo.stop() };
}
