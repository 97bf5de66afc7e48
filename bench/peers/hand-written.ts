import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { hash, verify as verifyHash } from '@node-rs/argon2';
import pg from 'pg';
import { serve } from './serve.ts';

/**
 * The least that an operation costs in Node: node:http and pg, written for one operation each. A token is a signature and one
 * awaited row; introspection checks the client and remembers verified tokens; a user is read by a prepared statement from the
 * tables of the measured service, after the bearer token was checked in the same way; a password is one comparison with its hash.
 */
const CLIENT_ID = 'bench';
const SECRET = createHash('sha256').update(process.env['PEER_CLIENT_SECRET']!).digest();
const ISSUER = 'http://127.0.0.1';
const LIFETIME_SECONDS = 3_600;
/** Bound of the remembered tokens. */
const MOST_TOKENS = 1_000;

const pool = new pg.Pool({
  connectionString: process.env['PEER_DATABASE_URL']!,
  max: 16,
  application_name: 'bench-hand-written',
});
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const KEY = { alg: 'EdDSA', kid: 'bench' };
const header = Buffer.from(JSON.stringify({ ...KEY, typ: 'at+jwt' })).toString('base64url');

interface Claims {
  readonly exp: number;
  readonly client_id: string;
  readonly scope: string;
}

const verified = new Map<string, Claims>();

function signToken(claims: object, key: KeyObject): string {
  const text = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

/** The claims of a valid token; null of any other. */
function readToken(token: string): Claims | null {
  const known = verified.get(token);
  const claims = known ?? verifyToken(token);
  if (claims === null || claims.exp * 1000 < Date.now()) return null;
  if (known === undefined) {
    if (verified.size >= MOST_TOKENS) verified.clear();
    verified.set(token, claims);
  }
  return claims;
}

function verifyToken(token: string): Claims | null {
  const [head, body, signature] = token.split('.');
  if (signature === undefined) return null;
  const isRight = verify(null, Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url'));
  return isRight ? (JSON.parse(Buffer.from(body!, 'base64url').toString()) as Claims) : null;
}

/** Whether the request has the client's secret (RFC 6749 section 2.3.1). */
function isClient({ headers: { authorization = '' } }: IncomingMessage): boolean {
  const [id, secret = ''] = Buffer.from(authorization.slice('Basic '.length), 'base64').toString().split(':');
  return id === CLIENT_ID && timingSafeEqual(createHash('sha256').update(secret).digest(), SECRET);
}

const bearer = ({ headers: { authorization = '' } }: IncomingMessage): string => authorization.slice('Bearer '.length);

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

async function issueToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = await readForm(request);
  if (!isClient(request)) return answer(response, 401, { error: 'invalid_client' });
  const scope = form.get('scope') ?? '';
  const iat = Math.trunc(Date.now() / 1000);
  const jti = randomUUID();
  const exp = iat + LIFETIME_SECONDS;
  const claims = { iss: ISSUER, sub: CLIENT_ID, aud: ISSUER, client_id: CLIENT_ID, scope, iat, exp, jti };
  const token = signToken(claims, privateKey);
  await pool.query({
    name: 'event',
    text: `insert into hand_written_events (id, type, client_id, ip, user_agent, params) values ($1, 'token.issued', $2, $3, $4, $5)`,
    values: [jti, CLIENT_ID, request.socket.remoteAddress, request.headers['user-agent'], JSON.stringify({ scope })],
  });
  answer(response, 200, { access_token: token, token_type: 'Bearer', expires_in: LIFETIME_SECONDS, scope });
}

async function introspect(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = await readForm(request);
  if (!isClient(request)) return answer(response, 401, { error: 'invalid_client' });
  const claims = readToken(form.get('token') ?? '');
  answer(response, 200, claims === null ? { active: false } : { active: true, ...claims });
}

async function readUser(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (readToken(bearer(request)) === null) return answer(response, 401, { error: 'invalid_token' });
  const { rows } = await pool.query({
    name: 'user',
    text: `select users.id, username, email, email_verified, given_name, family_name, middle_name, phone, phone_verified,
        locale, users.enabled, attributes, users.created_at, users.updated_at
      from users join tenants on tenants.id = users.tenant_id
      where tenants.name = 'demo' and users.id = $1`,
    values: [request.url!.slice('/users/'.length)],
  });
  if (rows.length === 0) return answer(response, 404, { error: 'not_found' });
  answer(response, 200, rows[0]!);
}

/** Argon2id with the cost that the measured service has by default: 19 MiB, 2 passes, 1 lane. */
const PASSWORD = 'a password of the bench';
const passwordHash = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });

async function comparePassword(response: ServerResponse): Promise<void> {
  answer(response, 200, { isRight: await verifyHash(passwordHash, PASSWORD) });
}

function respond(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
  if (request.url === '/token') return issueToken(request, response);
  if (request.url === '/introspect') return introspect(request, response);
  if (request.url === '/password') return comparePassword(response);
  if (request.url === '/jwks')
    return answer(response, 200, { keys: [{ ...publicKey.export({ format: 'jwk' }), ...KEY }] });
  if (request.url!.startsWith('/users/')) return readUser(request, response);
  answer(response, 404, { error: 'not_found' });
}

await pool.query(
  `create table if not exists hand_written_events (
    id uuid primary key, occurred_at timestamptz not null default now(), type text not null, client_id text not null,
    ip text, user_agent text, params jsonb not null
  )`,
);
const server = createServer((request, response) => {
  void Promise.resolve(respond(request, response)).catch((error: Error) =>
    answer(response, 500, { error: error.message }),
  );
});
serve(server, () => pool.end());
