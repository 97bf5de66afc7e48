import type { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A key of the authority. */
interface AuthorityKey {
  readonly kid: string;
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicJwk: JWK;
}

/** What differs from a hint that is accepted. */
export interface HintInput {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** When it is made, in seconds since 1970. */
  readonly iat: number;
  /** The key that signs it. Default: the one that is published. */
  readonly key?: AuthorityKey;
}

/** The directory whose users it signs in. */
export const DIRECTORY = '9d6b1f0e-3c55-4a3c-9a35-0b8c2b8e1d11';
/** Id of the application by which it knows the service that it asks. */
export const APPLICATION = '1fb3c0de-93a1-4a53-8d4b-5c2f5d7f0a10';
/** Id of its user in the directory. */
export const OBJECT = '4f1c9d52-7b1e-4a8e-9a47-6f0a1c3d2b10';
/** Its user in tokens for the service. */
export const SUBJECT = 'mBcAS3LbNvDfz-pairwise';

/** What it asks for, as Microsoft Entra does. */
export const CLAIMS = JSON.stringify({
  id_token: {
    amr: {
      essential: true,
      values: ['face', 'fido', 'fpt', 'hwk', 'iris', 'otp', 'pop', 'retina', 'sc', 'sms', 'swk', 'tel', 'vbm'],
    },
    acr: { essential: true, values: ['possessionorinherence'] },
  },
});

/** A service on a loopback port that signs people in and asks for their second factor, as Microsoft Entra does. */
export class TestAuthority {
  readonly origin: string;
  /** Paths of the requests that came, oldest first. */
  readonly asked: string[] = [];
  /** The forms that were posted to it, oldest first. */
  readonly answers: URLSearchParams[] = [];
  /** The page that it shows at `/`. */
  page = '';
  key!: AuthorityKey;
  /** Members of its metadata that differ. */
  metadata: Readonly<Record<string, unknown>> = {};
  /** Further keys of its key set. */
  others: readonly unknown[] = [];
  readonly #server: Server;
  #instead: Handler | null = null;

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      const { pathname } = new URL(request.url ?? '/', this.origin);
      this.asked.push(pathname);
      (this.#instead ?? this.#answer)(request, response);
    });
  }

  static async start(): Promise<TestAuthority> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const authority = new TestAuthority(server);
    authority.key = await newKey('first');
    return authority;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Its issuer, with the place of a directory. */
  get template(): string {
    return `${this.origin}/{tid}/v2.0`;
  }

  get answerAddress(): string {
    return `${this.origin}/common/federation/externalauthprovider`;
  }

  /** The flow of a client through which it asks. */
  flow(userClaim: 'preferred_username' | 'oid' = 'preferred_username') {
    return {
      type: 'external-factor' as const,
      applicationId: APPLICATION,
      directoryIds: [DIRECTORY as string],
      userClaim,
    };
  }

  /** Publishes another key in place of the present one. */
  async rotate(kid: string): Promise<void> {
    this.key = await newKey(kid);
  }

  /** Answers every request like this from now on; null: as before. */
  instead(handler: Handler | null): void {
    this.#instead = handler;
  }

  /** An ID token about a user, which has expired when it is made. */
  hint({ claims, header, iat, key = this.key }: HintInput): Promise<string> {
    const all: Record<string, unknown> = {
      iss: this.template.replace('{tid}', DIRECTORY),
      aud: APPLICATION,
      tid: DIRECTORY,
      oid: OBJECT,
      sub: SUBJECT,
      preferred_username: 'ada',
      nbf: iat,
      iat,
      exp: iat,
      ...claims,
    };
    return new SignJWT(all)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header })
      .sign(key.privateKey);
  }

  readonly #answer: Handler = (request, response) => {
    const { pathname } = new URL(request.url ?? '/', this.origin);
    const [, directory = '', ...rest] = pathname.split('/');
    const path = rest.join('/');
    if (path === 'v2.0/.well-known/openid-configuration')
      send(response, {
        issuer: `${this.origin}/${directory}/v2.0`,
        jwks_uri: `${this.origin}/${directory}/discovery/v2.0/keys`,
        ...this.metadata,
      });
    else if (path === 'discovery/v2.0/keys') send(response, { keys: [this.key.publicJwk, ...this.others] });
    else void this.#show(request, response);
  };

  /** Shows its page; keeps a form that was posted. */
  async #show(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'POST') this.answers.push(new URLSearchParams(Buffer.concat(chunks).toString()));
    const html = request.method === 'POST' ? '<!doctype html><title>Done</title><h1>Done</h1>' : this.page;
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html);
  }
}

/** A new key, which no authority publishes yet. */
export async function newKey(kid: string): Promise<AuthorityKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const { kty, n, e } = await exportJWK(publicKey);
  return { kid, privateKey, publicJwk: { kty, n, e, use: 'sig', kid } as JWK };
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
