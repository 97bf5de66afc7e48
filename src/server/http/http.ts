import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import Koa, { type Context, type Middleware, type Next } from 'koa';
import { ClientGone } from '../../../rest-compat/index.ts';
import { kernelErrors } from '../../kernel/index.ts';
import type { Logger } from '../environment/logger.ts';
import { Drain } from './drain.ts';
import { sendError, shownError } from './http-errors.ts';
import type { Metrics } from './metrics.ts';

/** What each request carries in `ctx.state`. */
export interface RequestState {
  /** Aborts when the client goes away before its answer is complete. */
  signal: AbortSignal;
  /** The headers of every answer, unless the answer has one of the same name. */
  commonHeaders: () => ReadonlyMap<string, string>;
}

export interface HttpServerOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Public origin of the service; decides whether HSTS is sent. */
  readonly publicUrl: string;
  /** Whether requests can be served now: the database answers. */
  readonly isReady: () => Promise<boolean>;
  readonly drainGraceMs?: number;
}

/** The HTTP side of a node. */
export interface HttpServer {
  readonly server: Server;
  readonly drain: Drain;
  /**
   * Serves these APIs from now on. They are called in this order, and each calls `next()` for paths that it does not own.
   * Before this call the node is live but not ready, and answers 503 with `Retry-After`, because it listens on its port before
   * it opens the database.
   */
  serve(apis: readonly Middleware[]): void;
}

/** How long a slow client may hold a connection; a body of 1 MiB takes 30 s at 280 kbit/s. In milliseconds. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 75_000 } as const;
const READY_TIMEOUT_MS = 2_000;

const SECURITY_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  // The answers of an API load nothing and must not be framed; the pages of the service replace this policy.
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
} as const;

/** The headers of every answer, prepared once; while the node drains, its answers also ask clients to reconnect. */
function commonHeaders({ publicUrl }: HttpServerOptions, drain: Drain): RequestState['commonHeaders'] {
  const isSecure = publicUrl.startsWith('https:');
  const serving = new Map<string, string>(Object.entries(SECURITY_HEADERS));
  if (isSecure) serving.set('Strict-Transport-Security', 'max-age=31536000');
  const draining = new Map([...serving, ['Connection', 'close']]);
  return () => (drain.hasBegun ? draining : serving);
}

/**
 * First path segments that name an API in the metrics; any other one is counted as `other`, so that the number of labels is
 * bounded.
 */
const ROUTE_LABELS = new Set(
  'graphql health metrics openapi docs .well-known t blitz scim api realms admin resources auth digitanium ui console'.split(
    ' ',
  ),
);

function routeLabel(path: string): string {
  const first = path.slice(1, (path.indexOf('/', 1) + 1 || path.length + 1) - 1);
  return ROUTE_LABELS.has(first) ? first : 'other';
}

/** The path of the request; null when the request target is not a URL (`//x@[/#`), because `ctx.path` then throws. */
function readPath(ctx: Context): string | null {
  try {
    return ctx.path;
  } catch {
    return null;
  }
}

/**
 * The outermost middleware: counts requests, sets the headers of every answer that Koa writes, and turns errors that no API
 * handled into an answer.
 */
function outermost(options: HttpServerOptions, drain: Drain): Middleware {
  const { logger, metrics } = options;
  const common = commonHeaders(options, drain);
  return async (ctx: Context, next: Next) => {
    const beganMs = performance.now();
    const abort = new AbortController();
    const state = ctx.state as RequestState;
    state.signal = abort.signal;
    state.commonHeaders = common;
    const path = readPath(ctx);
    const route = path === null ? 'other' : routeLabel(path);
    ctx.res.once('close', () => {
      if (!ctx.res.writableFinished) abort.abort();
      metrics.countRequest(ctx.method, route, ctx.res.statusCode, (performance.now() - beganMs) / 1000);
    });
    try {
      if (path === null) refuseTarget(ctx, logger);
      else await next();
      if (ctx.status === 404 && ctx.body == null && !ctx.res.headersSent) plain(ctx, 404, 'Not Found');
    } catch (error) {
      answerEscaped(ctx, error, logger);
    }
    if (!ctx.res.headersSent) setCommonHeaders(ctx, common());
  };
}

/** Sets the headers that the answer does not have itself. */
function setCommonHeaders({ res }: Context, headers: ReadonlyMap<string, string>): void {
  for (const [name, value] of headers) if (!res.hasHeader(name)) res.setHeader(name, value);
}

function refuseTarget(ctx: Context, logger: Logger): void {
  // A query may carry a code or a token.
  const target = ctx.req.url?.split('?', 1)[0];
  logger.debug({ method: ctx.method, target }, 'The request target is not a URL');
  plain(ctx, 400, 'Bad Request');
}

function answerEscaped(ctx: Context, error: unknown, logger: Logger): void {
  if (error instanceof ClientGone) {
    logger.debug({ path: ctx.path }, 'The client disconnected before its request was complete');
    ctx.respond = false;
    ctx.res.destroy();
    return;
  }
  const shown = shownError(error);
  if (shown.kind === 'internal') logger.error({ err: error, method: ctx.method, path: ctx.path }, 'Request failed');
  else if (shown.kind === 'unavailable') logger.warn({ err: error, path: ctx.path }, 'Request refused');
  sendError(ctx, shown);
}

function plain(ctx: Context, status: number, text: string): void {
  ctx.status = status;
  ctx.type = 'text/plain; charset=utf-8';
  ctx.body = `${text}\n`;
}

type Page = (ctx: Context) => Promise<void> | void;

/** The pages of the node itself, by exact path. */
function ownPages(
  options: HttpServerOptions,
  { drain, apis }: { drain: Drain; apis: Apis },
): ReadonlyMap<string, Page> {
  const { metrics } = options;
  const isReady = coalesced(options.isReady);
  return new Map<string, Page>([
    ['/health/live', (ctx) => plain(ctx, 200, 'live')],
    [
      '/health/ready',
      async (ctx) => {
        ctx.set('Cache-Control', 'no-store');
        if (drain.hasBegun) return unready(ctx, 'draining');
        if (!apis.areServed) return unready(ctx, 'starting');
        if (!(await isReady())) return unready(ctx, 'the database does not answer');
        plain(ctx, 200, 'ready');
      },
    ],
    [
      '/metrics',
      async (ctx) => {
        const text = await metrics.registry.metrics();
        ctx.type = metrics.registry.contentType;
        ctx.body = text;
      },
    ],
    [
      '/favicon.ico',
      (ctx) => {
        ctx.set('Cache-Control', 'public, max-age=86400');
        ctx.status = 204;
      },
    ],
    ['/robots.txt', (ctx) => plain(ctx, 200, 'User-agent: *\nDisallow: /')],
  ]);
}

function unready(ctx: Context, reason: string): void {
  ctx.set('Retry-After', '1');
  plain(ctx, 503, reason);
}

/** Lets all callers share one query to the database at a time, and answers in bounded time. */
function coalesced(ask: () => Promise<boolean>): () => Promise<boolean> {
  let asking: Promise<boolean> | undefined;
  return () => {
    asking ??= Promise.race([
      ask().catch(() => false),
      new Promise<boolean>((resolve) => setTimeout(resolve, READY_TIMEOUT_MS, false).unref()),
    ]).finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

function servePages(pages: ReadonlyMap<string, Page>): Middleware {
  return (ctx, next) => {
    const page = pages.get(ctx.path);
    if (page === undefined) return next();
    if (ctx.method === 'GET' || ctx.method === 'HEAD') return page(ctx);
    ctx.set('Allow', 'GET, HEAD');
    plain(ctx, 405, 'Method Not Allowed');
  };
}

const STATUS_OF_CLIENT_ERROR: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers bytes that are not HTTP without details of the parser, and logs no failure, because the fault is the client's. */
function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF_CLIENT_ERROR[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Calls the APIs in turn until one answers; refuses every request before they are served. */
class Apis {
  #all: readonly Middleware[] | undefined;

  get areServed(): boolean {
    return this.#all !== undefined;
  }

  serve(apis: readonly Middleware[]): void {
    this.#all = apis;
  }

  readonly middleware: Middleware = (ctx, next) => {
    const all = this.#all;
    if (all === undefined)
      throw kernelErrors.SERVICE_UNAVAILABLE({ message: 'The service is starting.', retryAfterSeconds: 1 });
    const from = async (at: number): Promise<unknown> => {
      const api = all[at];
      return api === undefined ? next() : api(ctx, () => from(at + 1));
    };
    return from(0);
  };
}

/** Makes the HTTP server of a node; it does not listen yet. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const server = createServer(TIMEOUTS);
  server.on('clientError', onClientError);
  const drain = new Drain(server, options.drainGraceMs);
  const app = new Koa();
  // Only failed writes to a broken socket reach this handler; `outermost` answers all other errors.
  app.on('error', (error: unknown) => options.logger.debug({ err: error }, 'Answer not delivered'));
  const apis = new Apis();
  app.use(outermost(options, drain));
  app.use(servePages(ownPages(options, { drain, apis })));
  app.use(apis.middleware);
  server.on('request', app.callback());
  return { server, drain, serve: (all) => apis.serve(all) };
}
