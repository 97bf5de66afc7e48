import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface UpstreamOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly redirectUris: readonly string[];
  /** Further claims of every account. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A request that the upstream received. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A real OpenID Connect provider on a loopback port, with accounts made by signing in. */
export class TestUpstream {
  readonly issuer: string;
  readonly seen: Seen[] = [];
  readonly #server: Server;
  #answer: Handler;

  private constructor(server: Server, issuer: string) {
    this.#server = server;
    this.issuer = issuer;
    this.#answer = (_request, response) => response.writeHead(503).end();
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', issuer);
      this.seen.push({ method: request.method ?? '', path: url.pathname, query: url.searchParams });
      this.#answer(request, response);
    });
  }

  static async start(options: UpstreamOptions): Promise<TestUpstream> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const upstream = new TestUpstream(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const provider = new Provider(upstream.issuer, {
      clients: [
        {
          client_id: options.clientId ?? 'idgraph',
          client_secret: options.clientSecret ?? 'provider-secret',
          redirect_uris: [...options.redirectUris],
          response_types: ['code'],
          grant_types: ['authorization_code', 'refresh_token'],
        },
      ],
      claims: { openid: ['sub'], profile: ['preferred_username', 'employee'] },
      findAccount: (_ctx: unknown, sub: string) => ({
        accountId: sub,
        claims: () => ({ sub, preferred_username: `name of ${sub}`, ...options.claims }),
      }),
      cookies: { keys: ['test'] },
      pkce: { required: () => true },
      ttl: { AccessToken: 3600, Grant: 3600, IdToken: 3600, Interaction: 3600, Session: 3600 },
    } as never);
    upstream.#answer = provider.callback() as Handler;
    return upstream;
  }

  /** Answers every request like this from now on. @returns Puts the provider back. */
  instead(handler: Handler): () => void {
    const before = this.#answer;
    this.#answer = handler;
    return () => {
      this.#answer = before;
    };
  }

  /** Answers requests for one path like this from now on. @returns Puts the provider back. */
  at(path: string, handler: Handler): () => void {
    const before = this.#answer;
    return this.instead((request, response) =>
      request.url?.split('?')[0] === path ? handler(request, response) : before(request, response),
    );
  }

  /**
   * Follows the redirect of a browser, signs in and consents.
   * @returns The address the browser ends up at, outside the upstream.
   */
  async visit(redirectTo: string, login: string): Promise<URL> {
    const browser = new Browser(this.issuer);
    let at = await browser.follow(redirectTo);
    for (const prompt of ['login', 'consent']) {
      if (!at.href.startsWith(this.issuer)) return at;
      at = await browser.follow(at.href, { prompt, login, password: 'any' });
    }
    return at;
  }

  /** Follows the redirect of a browser and refuses. @returns The last address of the browser. */
  async refuse(redirectTo: string): Promise<URL> {
    const browser = new Browser(this.issuer);
    const at = await browser.follow(redirectTo);
    return browser.follow(`${at.href}/abort`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** The parts of a browser that a sign-in needs: cookies of one origin, and redirects until they leave it. */
class Browser {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  /**
   * Follows redirects from an address, to which a form may be posted first. @returns The address that shows a page, or is
   * outside the origin.
   */
  async follow(address: string, form?: Record<string, string>): Promise<URL> {
    let url = new URL(address);
    let body = form === undefined ? undefined : new URLSearchParams(form);
    while (url.origin === this.#origin) {
      const response = await fetch(url, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        redirect: 'manual',
        ...(body === undefined ? {} : { body }),
      });
      body = undefined;
      this.#keep(response);
      const location = response.headers.get('location');
      if (location === null) {
        if (response.status >= 400) throw new Error(`${url.pathname}: ${response.status} ${await response.text()}`);
        return url;
      }
      url = new URL(location, url);
    }
    return url;
  }

  #keep(response: Response): void {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair] = cookie.split(';');
      const at = pair!.indexOf('=');
      const [name, value] = [pair!.slice(0, at), pair!.slice(at + 1)];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}
