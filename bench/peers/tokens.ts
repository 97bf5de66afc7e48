import { createHash, generateKeyPairSync, randomUUID, sign, timingSafeEqual, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The tokens of the hand-written peers: JWTs signed with EdDSA by a key that is made at start, for one client. */

const CLIENT_ID = 'bench';
const SECRET = createHash('sha256').update(process.env['PEER_CLIENT_SECRET']!).digest();
const ISSUER = 'http://127.0.0.1';
const LIFETIME_SECONDS = 3_600;
/** Bound of the remembered tokens. */
const MOST_TOKENS = 1_000;

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const KEY = { alg: 'EdDSA', kid: 'bench' };
const header = Buffer.from(JSON.stringify({ ...KEY, typ: 'at+jwt' })).toString('base64url');

/** The key set of the issuer (RFC 7517). */
export const PUBLIC_KEYS = { keys: [{ ...publicKey.export({ format: 'jwk' }), ...KEY }] };

interface Claims {
  readonly exp: number;
  readonly client_id: string;
  readonly scope: string;
  readonly jti: string;
}

const verified = new Map<string, Claims>();

function signToken(claims: object): string {
  const text = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
}

/** The claims of a valid token; null of any other. */
export function readToken(token: string): Claims | null {
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
export function isClient({ headers: { authorization = '' } }: IncomingMessage): boolean {
  const [id, secret = ''] = Buffer.from(authorization.slice('Basic '.length), 'base64').toString().split(':');
  return id === CLIENT_ID && timingSafeEqual(createHash('sha256').update(secret).digest(), SECRET);
}

export const bearerOf = ({ headers: { authorization = '' } }: IncomingMessage): string =>
  authorization.slice('Bearer '.length);

export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

/** Answers the client credentials grant (RFC 6749 section 4.4): the claims and the body; null for another client. */
export async function makeToken(request: IncomingMessage): Promise<{ claims: Claims; body: object } | null> {
  const form = await readForm(request);
  if (!isClient(request)) return null;
  const scope = form.get('scope') ?? '';
  const iat = Math.trunc(Date.now() / 1000);
  const base = { iss: ISSUER, sub: CLIENT_ID, aud: ISSUER, client_id: CLIENT_ID, scope, iat };
  const claims = { ...base, exp: iat + LIFETIME_SECONDS, jti: randomUUID() };
  return {
    claims,
    body: { access_token: signToken(claims), token_type: 'Bearer', expires_in: LIFETIME_SECONDS, scope },
  };
}
