import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { hash, verify as verifyHash } from '@node-rs/argon2';
import pg from 'pg';
import { serve } from './serve.ts';
import { bearerOf, isClient, makeToken, PUBLIC_KEYS, readForm, readToken } from './tokens.ts';

/**
 * The least that an operation costs in Node: node:http and pg, written for one operation each. A token is a signature and one
 * awaited row; introspection checks the client and remembers verified tokens; a user is read by a prepared statement from the
 * tables of the measured service, after the bearer token was checked in the same way; a password is one comparison with its hash.
 */
const pool = new pg.Pool({
  connectionString: process.env['PEER_DATABASE_URL']!,
  max: 16,
  application_name: 'bench-hand-written',
});

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
  const made = await makeToken(request);
  if (made === null) return answer(response, 401, { error: 'invalid_client' });
  const { claims, body } = made;
  const { headers, socket } = request;
  await pool.query({
    name: 'event',
    text: `insert into hand_written_events (id, type, client_id, ip, user_agent, params) values ($1, 'token.issued', $2, $3, $4, $5)`,
    values: [
      claims.jti,
      claims.client_id,
      socket.remoteAddress,
      headers['user-agent'],
      JSON.stringify({ scope: claims.scope }),
    ],
  });
  answer(response, 200, body);
}

async function introspect(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = await readForm(request);
  if (!isClient(request)) return answer(response, 401, { error: 'invalid_client' });
  const claims = readToken(form.get('token') ?? '');
  answer(response, 200, claims === null ? { active: false } : { active: true, ...claims });
}

async function readUser(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (readToken(bearerOf(request)) === null) return answer(response, 401, { error: 'invalid_token' });
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
  if (request.url === '/jwks') return answer(response, 200, PUBLIC_KEYS);
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
