import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type Context, type ExecutionResult, handleProtocols, makeServer } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import { createContext, type GraphContext } from '../../../schema/context.ts';
import { isUnexpected } from '../../../schema/errors/format.ts';
import type { Caller } from '../../access/index.ts';
import type { SecurityEvent } from '../../events/index.ts';
import { type Clock, IdentityError, kernelErrors } from '../../kernel/index.ts';
import { authenticateCaller } from '../http/caller.ts';
import { shownError } from '../http/http-errors.ts';
import { originOf } from '../http/origin.ts';
import { foreignOrigin } from '../http/page-origin.ts';
import { CallerRechecks } from './caller-rechecks.ts';
import { GRAPHQL_PATH, type GraphqlOptions } from './graphql.ts';
import { mayPageOpenSocket } from './graphql-cors.ts';
import { formatGraphqlError } from './graphql-errors.ts';
import { SocketIndex } from './socket-index.ts';
import { FailedItem, isSubscription, SocketOperations, subscribeFresh } from './socket-operations.ts';
import { SubscriptionGroups } from './subscription-group.ts';

export interface SocketOptions extends GraphqlOptions {
  readonly clock: Clock;
}

/**
 * Most bytes buffered for a client that does not read. Subscriptions wait for their client, so only many small answers can
 * exceed this.
 */
const MAX_BUFFERED_BYTES = 8_388_608;
const KEEP_ALIVE_MS = 12_000;
/** How often the tokens of open sockets are checked again, in case an event that ended one was missed. */
const RECHECK_MS = 60_000;
/** How long clients have to answer a close before the connection is cut. */
const CLOSE_GRACE_MS = 2_000;
const MAX_TIMER_MS = 2_147_483_647;

/** Close codes: RFC 6455 section 7.4.1 and the graphql-transport-ws protocol. */
const CLOSE = { goingAway: 1001, internal: 1011, tryLater: 1013, badRequest: 4400, forbidden: 4403 } as const;

interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  /** The address that the socket counts for until its caller is known. */
  readonly address: string;
  caller: Caller;
  authorization: string;
  expiry?: NodeJS.Timeout;
  readonly operations: Map<string, AbortController>;
}
type SocketContext = Context<Record<string, unknown>, Extra>;

/** The GraphQL endpoint over WebSocket (graphql-transport-ws) at `/graphql`. */
export interface SocketEndpoint {
  /** Must be called with every committed event, of this node and of others; closes the sockets whose access an event ended. */
  readonly onEvents: (events: readonly SecurityEvent[]) => void;
  /** Closes every socket with 1001 and accepts no new ones. */
  stop(): Promise<void>;
}

function refuseUpgrade(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/**
 * The token: the member `authorization` (in any letter case) of the payload of `connection_init`, else the header of the
 * upgrade.
 */
function authorizationOf(context: SocketContext): string | undefined {
  for (const [name, value] of Object.entries(context.connectionParams ?? {}))
    if (name.toLowerCase() === 'authorization' && typeof value === 'string') return value;
  return context.extra.request.headers.authorization;
}

class SocketServer {
  readonly #options: SocketOptions;
  readonly #operations: SocketOperations;
  readonly #groups: SubscriptionGroups;
  readonly #sockets: WebSocketServer;
  /** Sockets whose caller is known. */
  readonly #open = new Set<Extra>();
  readonly #index: SocketIndex<Extra>;
  readonly #rechecks: CallerRechecks<Extra>;
  /** How many sockets each address has whose caller is unknown, or was refused and is still closing. */
  readonly #unknown = new Map<string, number>();
  readonly #protocol;
  readonly #recheckTimer: NodeJS.Timeout;
  #isStopping = false;

  constructor(server: Server, options: SocketOptions) {
    this.#options = options;
    this.#index = new SocketIndex(options.services.eventEngine.catalogue);
    this.#operations = new SocketOperations(options);
    this.#groups = new SubscriptionGroups({ onDelivered: (count) => this.#countResults('subscription', 'ok', count) });
    this.#rechecks = new CallerRechecks((authorization, group) => this.#recheck(authorization, group));
    this.#sockets = new WebSocketServer({
      noServer: true,
      handleProtocols,
      perMessageDeflate: false,
      maxPayload: options.limits.body,
    });
    this.#protocol = makeServer<Record<string, unknown>, Extra>({
      onConnect: (context) => this.#connect(context),
      onSubscribe: (context, _, payload) => this.#admit(context) ?? this.#operations.prepare(payload),
      context: (context, id) => this.#context(context.extra, id),
      subscribe: (args) => this.#subscribe(args),
      execute: this.#operations.execute,
      onNext: (_, __, ___, args, result) => this.#shownResult(args, result),
      onError: (_, __, ___, errors) => this.#shownErrors(errors),
      onComplete: (context, id) => this.#finish(context.extra, id),
    });
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) =>
      this.#upgrade(request, stream, head),
    );
    this.#recheckTimer = setInterval(() => {
      for (const extra of this.#open) this.#rechecks.ask(extra.authorization, extra);
    }, RECHECK_MS);
    this.#recheckTimer.unref();
  }

  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const event of events)
      for (const extra of this.#index.concernedBy(event)) this.#rechecks.ask(extra.authorization, extra);
  };

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#recheckTimer);
    const clients = [...this.#sockets.clients];
    const closed = clients.map((client) => new Promise((resolve) => client.once('close', resolve)));
    for (const client of clients) client.close(CLOSE.goingAway, 'Going away');
    const cutOff = setTimeout(() => {
      for (const client of clients) client.terminate();
    }, CLOSE_GRACE_MS);
    await Promise.all(closed);
    clearTimeout(cutOff);
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => stream.destroy());
    const address = originOf(request, this.#options.trustedProxies, 'graphql').peerIp ?? '';
    void this.#pageRefusal(request).then((pageRefusal) => {
      // Compare the limits in the same turn of the event loop in which the socket is counted.
      const refusal = pageRefusal ?? this.#placeRefusal(address);
      if (refusal !== null) refuseUpgrade(stream, refusal);
      else this.#sockets.handleUpgrade(request, stream, head, (socket) => this.#opened(socket, request, address));
    });
  }

  /** A foreign page must not use a socket with the access of its visitor (OWASP: cross-site WebSocket hijacking). */
  async #pageRefusal(request: IncomingMessage): Promise<string | null> {
    if ((request.url ?? '').split('?')[0] !== GRAPHQL_PATH) return '404 Not Found';
    const origin = foreignOrigin(request, this.#options.publicUrl);
    try {
      if (origin !== null && !(await mayPageOpenSocket(origin, request.headers.host, this.#options.services)))
        return '403 Forbidden';
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'The origin of a page could not be checked');
      return '503 Service Unavailable';
    }
    return null;
  }

  #placeRefusal(address: string): string | null {
    const { callerSockets, sockets } = this.#options.limits;
    if ((this.#unknown.get(address) ?? 0) >= callerSockets) return '429 Too Many Requests';
    return this.#isStopping || this.#sockets.clients.size >= sockets ? '503 Service Unavailable' : null;
  }

  #opened(socket: WebSocket, request: IncomingMessage, address: string): void {
    const { logger, metrics } = this.#options;
    metrics.websockets.inc();
    const extra: Extra = {
      socket,
      request,
      address,
      // Set before anything is executed, because the protocol refuses operations before `connection_ack`.
      caller: undefined as unknown as Caller,
      authorization: '',
      operations: new Map(),
    };
    this.#countUnknown(address, 1);
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => closeSocket(socket, code, reason),
        onMessage: (take) =>
          socket.on('message', (data) => {
            const text = String(data);
            take(text).catch((error: unknown) => {
              if (isServerMessage(text)) return closeSocket(socket, CLOSE.badRequest, 'Only servers send this message');
              logger.error({ err: error }, 'Socket failed');
              closeSocket(socket, CLOSE.internal, 'Internal error');
            });
          }),
      },
      extra,
    );
    const stopPings = keepAlive(socket);
    // A frame was too large or malformed; `ws` has already closed the socket with the right code.
    socket.on('error', (error) => logger.debug({ err: error }, 'Socket broke'));
    socket.once('close', (code, reason) => {
      stopPings();
      clearTimeout(extra.expiry);
      if (this.#open.delete(extra)) this.#index.delete(extra.caller, extra);
      else this.#countUnknown(address, -1);
      for (const abort of extra.operations.values()) abort.abort();
      metrics.websockets.dec();
      void closed(code, String(reason)).catch((error: unknown) => logger.error({ err: error }, 'Socket not released'));
    });
  }

  async #connect(context: SocketContext): Promise<boolean> {
    const { extra } = context;
    const authorization = authorizationOf(context);
    if (authorization === undefined) return false;
    const { authenticateToken, trustedProxies } = this.#options;
    const origin = originOf(extra.request, trustedProxies, 'graphql');
    try {
      extra.caller = await authenticateCaller(authorization, origin, authenticateToken);
      if (!(await this.#isPageOf(extra.caller, extra))) return false;
    } catch (error) {
      const shown = shownError(error);
      if (shown.kind === 'unavailable') closeSocket(extra.socket, CLOSE.tryLater, 'Try again later');
      else if (shown.kind === 'internal') throw error;
      return false;
    }
    if (extra.caller.kind === 'anonymous' || extra.socket.readyState !== WebSocket.OPEN) return false;
    const full = this.#fullPlaces(extra.caller);
    if (full !== null) {
      closeSocket(extra.socket, CLOSE.tryLater, full);
      return false;
    }
    extra.authorization = authorization;
    this.#countUnknown(extra.address, -1);
    this.#open.add(extra);
    this.#index.add(extra.caller, extra);
    this.#armExpiry(extra);
    return true;
  }

  /** Whether the client of the token lists the origin of the page that opened the socket. */
  async #isPageOf({ tenant, clientId }: Caller, { request }: Extra): Promise<boolean> {
    const { publicUrl, services } = this.#options;
    const origin = foreignOrigin(request, publicUrl);
    if (origin === null) return true;
    return tenant !== null && clientId !== null && services.webOrigins.isListedBy(tenant.id, clientId, origin);
  }

  /** Why the caller gets no further socket. The limits prevent one caller, or one tenant, from taking all sockets. */
  #fullPlaces(caller: Caller): string | null {
    const { callerSockets, tenantSockets } = this.#options.limits;
    if (this.#index.countOfCaller(caller) >= callerSockets) return 'The caller has too many connections';
    return this.#index.countOfTenant(caller) >= tenantSockets ? 'The tenant has too many connections' : null;
  }

  #countUnknown(address: string, change: 1 | -1): void {
    const count = (this.#unknown.get(address) ?? 0) + change;
    if (count === 0) this.#unknown.delete(address);
    else this.#unknown.set(address, count);
  }

  /** Closes the socket when its token expires. A timer holds at most 2^31 - 1 ms, so for a longer time it is set again. */
  #armExpiry(extra: Extra): void {
    const { expiresAt } = extra.caller;
    if (expiresAt === null) return;
    const left = expiresAt.getTime() - this.#options.clock.now().getTime();
    if (left <= 0) {
      closeSocket(extra.socket, CLOSE.forbidden, 'The access token has expired');
      return;
    }
    extra.expiry = setTimeout(() => this.#armExpiry(extra), Math.min(left, MAX_TIMER_MS));
    extra.expiry.unref();
  }

  #admit(context: SocketContext): readonly GraphQLError[] | undefined {
    // The new operation is already counted.
    const { operations } = this.#options.limits;
    if (Object.keys(context.subscriptions).length <= operations) return undefined;
    const refusal = kernelErrors.TOO_MANY_REQUESTS({
      message: `A connection may have at most ${operations} operations open.`,
    });
    return [new GraphQLError(refusal.message, { originalError: refusal })];
  }

  #context(extra: Extra, id: string): SocketGraphContext {
    const abort = new AbortController();
    extra.operations.set(id, abort);
    const again = (): GraphContext => createContext(this.#options.services, extra.caller, abort.signal);
    return { ...again(), again, operation: { id, extra } };
  }

  #subscribe(args: ExecutionArgs): ReturnType<typeof subscribeFresh> {
    const { again, operation, signal } = args.contextValue as SocketGraphContext;
    const { id, extra } = operation;
    return subscribeFresh(args, again, (live) => {
      const frame = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
      return this.#groups.subscribe(
        { args, live, authorization: extra.authorization },
        {
          signal,
          context: again,
          countWaiting: () => extra.socket.bufferedAmount,
          write: (payload) => send(extra.socket, `${frame}${payload}}`),
        },
      );
    });
  }

  #finish(extra: Extra, id: string): void {
    extra.operations.get(id)?.abort();
    extra.operations.delete(id);
  }

  /** Resolves the token of these sockets again, and closes the sockets for which it is no longer valid. */
  async #recheck(authorization: string, sockets: ReadonlySet<Extra>): Promise<void> {
    const [first] = sockets;
    const verdict = await this.#authenticateAgain(authorization, first!.caller);
    for (const extra of sockets) {
      if (verdict === 'ended') closeSocket(extra.socket, CLOSE.forbidden, 'The access token is no longer valid');
      else if (verdict === 'unknown') continue;
      else if (await this.#isPageOf(verdict, extra).catch(() => true))
        this.#replaceCaller(extra, { ...verdict, origin: extra.caller.origin });
      else closeSocket(extra.socket, CLOSE.forbidden, 'The client no longer lists the origin of this page');
    }
  }

  /** Replaces the caller by the same one with its present permissions. */
  #replaceCaller(extra: Extra, caller: Caller): void {
    if (!this.#open.has(extra)) return;
    this.#index.delete(extra.caller, extra);
    extra.caller = caller;
    this.#index.add(caller, extra);
  }

  async #authenticateAgain(authorization: string, caller: Caller): Promise<Caller | 'ended' | 'unknown'> {
    try {
      return await authenticateCaller(authorization, caller.origin, this.#options.authenticateToken);
    } catch (error) {
      if (error instanceof IdentityError && error.kind === 'unauthenticated') return 'ended';
      // For example, the database is away. Keep the socket open; the next check decides.
      this.#options.logger.warn({ err: error }, 'The token of a socket could not be checked');
      return 'unknown';
    }
  }

  /** The library wraps the failure of an item, which ended its subscription, in another error. */
  #shownErrors(errors: readonly GraphQLError[]): GraphQLFormattedError[] {
    return errors.flatMap((error) => {
      const { originalError } = error;
      if (!(originalError instanceof FailedItem)) return this.#shownError(error);
      originalError.shown ??= originalError.errors.map((each) => this.#shownError(each));
      return originalError.shown;
    });
  }

  #shownError(error: GraphQLError): GraphQLFormattedError {
    if (isUnexpected(error)) this.#options.logger.error({ err: error.originalError ?? error }, 'Field failed');
    return formatGraphqlError(error.toJSON(), error);
  }

  #shownResult(args: ExecutionArgs, result: ExecutionResult): FormattedExecutionResult {
    const { errors, ...rest } = result;
    this.#countResults(isSubscription(args) ? 'subscription' : 'socket', errors === undefined ? 'ok' : 'errors', 1);
    return {
      ...rest,
      ...(errors === undefined ? {} : { errors: this.#shownErrors(errors) }),
    } as FormattedExecutionResult;
  }

  #countResults(type: 'subscription' | 'socket', outcome: 'ok' | 'errors', count: number): void {
    this.#options.metrics.graphqlOperations.inc({ type, outcome }, count);
  }
}

/**
 * Messages that only servers send (graphql-transport-ws). The library throws an internal error for them, although the client is
 * at fault.
 */
const SERVER_MESSAGES: ReadonlySet<unknown> = new Set(['connection_ack', 'next', 'error']);

function isServerMessage(text: string): boolean {
  try {
    return SERVER_MESSAGES.has((JSON.parse(text) as { type?: unknown }).type);
  } catch {
    return false;
  }
}

/** A context that can make a new one for the next event of a subscription. */
interface SocketGraphContext extends GraphContext {
  readonly again: () => GraphContext;
  readonly operation: { readonly id: string; readonly extra: Extra };
}

/** Resolves once the bytes are passed to the operating system, so that a slow client delays only its own subscriptions. */
function send(socket: WebSocket, text: string): Promise<void> {
  if (socket.readyState !== WebSocket.OPEN) return Promise.resolve();
  if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
    socket.terminate();
    return Promise.resolve();
  }
  return new Promise((resolve) => socket.send(text, () => resolve()));
}

/** Closes a socket, and cuts the connection if the client does not answer, because an open one counts against the limits. */
function closeSocket(socket: WebSocket, code?: number, reason?: string): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.close(code, reason);
  const cutOff = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS);
  cutOff.unref();
  socket.once('close', () => clearTimeout(cutOff));
}

/** Sends pings; cuts the connection of a client that has not answered by the next ping. */
function keepAlive(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, KEEP_ALIVE_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Serves upgrades to WebSocket at `/graphql`; upgrades at other paths are refused. */
export function createSocketEndpoint(server: Server, options: SocketOptions): SocketEndpoint {
  const sockets = new SocketServer(server, options);
  return { onEvents: sockets.onEvents, stop: () => sockets.stop() };
}
