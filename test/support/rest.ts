import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import Koa, { type Middleware } from 'koa';
import {
  type CallerAuthenticator,
  type Dialect,
  Engine,
  type EngineHost,
  type EngineOptions,
} from '../../rest-compat/engine/index.ts';
import { DIALECTS, mountRestCompat, type RestCompatOptions } from '../../rest-compat/index.ts';
import { kernelErrors } from '../../src/kernel/index.ts';
import { createCallerAuthenticator } from '../../src/server/http/caller.authenticator.ts';
import { createPageDocuments } from '../../src/server/http/page-documents.ts';
import { createRestHost } from '../../src/server/http/rest-host.ts';
import { OAUTH_FORMS } from '../../src/server/registry/oauth-forms.ts';
import { AnswerChecker } from './api-description.ts';
import { testGraph, type World } from './world.ts';

/** The answer of an endpoint. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
  readonly json: any;
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, with its content type, unless it is a text or bytes. */
  readonly body?: unknown;
  readonly token?: string;
}

/** Redirects may have long addresses, which Node does not read by default. */
const REQUEST_OPTIONS = { host: '127.0.0.1', maxHeaderSize: 65_536 };

type Inspect = (method: string, path: string, answer: Answer) => void;

/** A middleware served on a free port, and a client for it. */
export class RestClient {
  readonly #server: Server;
  readonly port: number;
  /** Unexpected faults; a test that does not provoke any must end with none. */
  readonly faults: unknown[];
  readonly #inspect: Inspect;

  private constructor(server: Server, faults: unknown[], inspect: Inspect) {
    this.#server = server;
    this.port = (server.address() as { port: number }).port;
    this.faults = faults;
    this.#inspect = inspect;
  }

  /** @param inspect Called with each answer; if it throws, the request fails. */
  static async serve(
    middleware: Middleware,
    faults: unknown[] = [],
    inspect: Inspect = () => undefined,
  ): Promise<RestClient> {
    const app = new Koa();
    app.use(middleware);
    app.silent = true;
    const server = createServer(app.callback() as never).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RestClient(server, faults, inspect);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Sends one request; its path is sent unchanged. */
  async ask(method: string, path: string, request: Ask = {}): Promise<Answer> {
    const answer = await this.#send(method, path, request);
    this.#inspect(method, path, answer);
    return answer;
  }

  #send(method: string, path: string, { headers = {}, body, token }: Ask): Promise<Answer> {
    const isRaw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const bytes = isRaw ? (body as string | Buffer | undefined) : JSON.stringify(body);
    const all: Record<string, string> = {
      ...(isRaw ? {} : { 'content-type': 'application/json' }),
      ...(bytes === undefined ? {} : { 'content-length': String(Buffer.byteLength(bytes)) }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({ ...REQUEST_OPTIONS, port: this.port, method, path, headers: all }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => resolve(answerOf(incoming.statusCode!, incoming.headers, Buffer.concat(chunks))));
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(bytes);
    });
  }
}

function answerOf(status: number, headers: IncomingHttpHeaders, bytes: Buffer): Answer {
  const text = bytes.toString('utf8');
  const isJson = /^application\/([a-z]+\+)?json/.test(headers['content-type'] ?? '');
  return { status, headers, text, json: isJson && text !== '' ? JSON.parse(text) : undefined };
}

/** The part of an authenticator that knows no API key. */
export const NO_API_KEYS = {
  apiKey: (): never => {
    throw kernelErrors.UNAUTHENTICATED();
  },
};

/** The public address of each world. */
export const TEST_URL = 'https://id.example.com';

export const ENGINE_OPTIONS: RestCompatOptions = {
  publicUrl: TEST_URL,
  defaultTenant: 'master',
  oauthForms: OAUTH_FORMS,
};

/**
 * The host interface of the engine, over the services of a world.
 * @param faults Collects reported errors.
 * @param callers Default: the credentials that the world has issued.
 */
export async function worldHost(
  { services }: World,
  faults: unknown[],
  callers: CallerAuthenticator = createCallerAuthenticator(services),
): Promise<EngineHost> {
  const report = (error: unknown) => faults.push(error);
  return createRestHost({
    schema: await testGraph(),
    services,
    callers,
    documents: createPageDocuments(null),
    trustedProxies: [],
    publicUrl: TEST_URL,
    report,
  });
}

let described: AnswerChecker | undefined;

/** Throws when an answer is not as `/openapi/<dialect>.json` describes it. */
function assertDescribed(method: string, path: string, answer: Answer): void {
  described ??= new AnswerChecker(DIALECTS);
  const departure = described.departureOf(method, path, answer);
  if (departure !== null) throw new Error(departure);
}

/**
 * Serves every dialect of the service over a world. Each answer is compared with its description.
 * @param callers Default: the credentials that the world has issued.
 * @param limits Default: none, because tests send more requests than a client may.
 */
export async function serveWorld(
  world: World,
  callers?: CallerAuthenticator,
  limits: NonNullable<RestCompatOptions['rateLimits']> = 'off',
): Promise<RestClient> {
  const faults: unknown[] = [];
  const options: RestCompatOptions = { ...ENGINE_OPTIONS, rateLimits: limits };
  const { middleware } = mountRestCompat(await worldHost(world, faults, callers), options);
  return RestClient.serve(middleware, faults, assertDescribed);
}

/** Serves dialects of a test over a world. */
export async function serveDialects(
  dialects: readonly Dialect[],
  world: World,
  callers: CallerAuthenticator,
  options: Partial<EngineOptions> = {},
): Promise<RestClient> {
  const faults: unknown[] = [];
  const host = await worldHost(world, faults, callers);
  const engine = new Engine(dialects, host, { ...ENGINE_OPTIONS, ...options });
  return RestClient.serve(engine.middleware, faults);
}
