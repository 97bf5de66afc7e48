import { type CompactJWSHeaderParameters, compactVerify, decodeJwt, decodeProtectedHeader, errors } from 'jose';
import type { SigningAlgorithm } from './algorithms.ts';
import type { VerificationKey } from './signing-key.ts';

/** A token with every role of a user in hundreds of clients takes some 40 KB; headers of a request end at 16 KB anyway. */
const MAX_CHARACTERS = 65_536;
/**
 * Clocks of nodes differ. FAPI 2.0 section 5.3.2.1 requires accepting times up to 10 s in the future and refusing more than
 * 60 s.
 */
const AHEAD_SECONDS = 60;

/** Why a token was refused. For logs and metrics only; clients get the same answer for every reason. */
export type TokenRejection =
  | 'too-large'
  | 'malformed'
  | 'algorithm-not-allowed'
  | 'type-not-allowed'
  | 'header-carries-key'
  | 'critical-extension'
  | 'key-not-named'
  | 'key-unknown'
  | 'key-for-other-algorithm'
  | 'signature-wrong'
  | 'claim-malformed'
  | 'expired'
  | 'not-yet-valid'
  | 'issued-in-future'
  | 'issuer-not-allowed';

/** The only error of `verifyJwt`. Contains no part of the token. */
export class TokenRejected extends Error {
  override readonly name = 'TokenRejected';
  readonly reason: TokenRejection;

  constructor(reason: TokenRejection) {
    super(`Token refused: ${reason}.`);
    this.reason = reason;
  }
}

/** Claims of a verified token. Those named here have been checked to be of their type when present. */
export interface JwtClaims {
  readonly iss: string;
  readonly exp: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly [claim: string]: unknown;
}

/** Header of a verified token. */
export interface JwtHeader {
  readonly alg: SigningAlgorithm;
  readonly kid: string;
  readonly typ: string;
}

/** What to accept. No option has a default, so that each use states what it accepts. */
export interface VerifyJwtOptions {
  /** Accepted `typ` values, compared as media types: without case and without `application/` (RFC 8725 section 3.11). */
  readonly types: readonly string[];
  readonly algorithms: readonly SigningAlgorithm[];
  /** Whether `iss` is an issuer whose keys `findKey` knows. */
  readonly isIssuer: (issuer: string) => boolean;
  /** Whether a token passes that has ended: as a hint at who signed in, never as a proof. */
  readonly acceptsExpired: boolean;
  readonly now: Date;
}

/** Finds a key by `kid`; it may wait for the database. The key determines the algorithm, never the token. */
export type FindKey = (kid: string) => VerificationKey | undefined | Promise<VerificationKey | undefined>;

interface Facts {
  readonly header: CompactJWSHeaderParameters;
  readonly options: VerifyJwtOptions;
}

/**
 * Run in this order, before any cryptography. `jwk`, `jku` and the `x5` members are refused, because a token could supply
 * its own key with them.
 */
const headerChecks: readonly { readonly reason: TokenRejection; readonly fails: (facts: Facts) => boolean }[] = [
  {
    reason: 'algorithm-not-allowed',
    fails: ({ header, options }) => !options.algorithms.some((alg) => alg === header.alg),
  },
  { reason: 'critical-extension', fails: ({ header }) => header.crit !== undefined },
  {
    reason: 'header-carries-key',
    fails: ({ header }) => ['jwk', 'jku', 'x5u', 'x5c'].some((name) => header[name] !== undefined),
  },
  {
    reason: 'type-not-allowed',
    fails: ({ header, options }) => !options.types.some((type) => mediaType(type) === mediaType(header.typ)),
  },
  { reason: 'key-not-named', fails: ({ header }) => typeof header.kid !== 'string' || header.kid === '' },
];

/** Run in this order on the claims, after the signature was verified. */
const claimChecks: readonly {
  readonly reason: TokenRejection;
  readonly fails: (claims: JwtClaims, options: VerifyJwtOptions) => boolean;
}[] = [
  { reason: 'issuer-not-allowed', fails: (claims, options) => !options.isIssuer(claims.iss) },
  // "On or after" (RFC 7519 section 4.1.4), and no leeway: a token is invalid from its `exp` on.
  {
    reason: 'expired',
    fails: (claims, options) => !options.acceptsExpired && options.now.getTime() >= claims.exp * 1000,
  },
  { reason: 'not-yet-valid', fails: (claims, options) => isAhead(claims.nbf, options.now) },
  { reason: 'issued-in-future', fails: (claims, options) => isAhead(claims.iat, options.now) },
];

/**
 * Verifies a signed JWT (RFC 7519 section 7.2, RFC 8725). Cache the result by the token's hash, with a bound, because
 * verifying an Ed25519 signature takes 0.15 ms.
 * @throws TokenRejected The token is not valid. Errors of `findKey` pass through.
 */
export async function verifyJwt(
  token: string,
  findKey: FindKey,
  options: VerifyJwtOptions,
): Promise<{ readonly header: JwtHeader; readonly payload: JwtClaims }> {
  const header = headerOf(token);
  reject(headerChecks.find((check) => check.fails({ header, options })));
  const key = await keyFor(header, findKey);
  const payload = claimsOf(await verifiedPayload(token, key));
  reject(claimChecks.find((check) => check.fails(payload, options)));
  return { header: { alg: key.alg, kid: key.kid, typ: header.typ as string }, payload };
}

/**
 * The `iss` of a token whose signature is not verified, to choose the keys to verify it with.
 * @returns null when the token cannot be read or names none.
 */
export const claimedIssuer = (token: string): string | null => claimedText(token, 'iss');

/**
 * A claim of a token whose signature is not verified. It may only be used for what anybody may ask for.
 * @returns null when the token cannot be read, or the claim is not a text.
 */
export function claimedText(token: string, claim: string): string | null {
  if (token.length > MAX_CHARACTERS) {
    return null;
  }
  try {
    const value = decodeJwt(token)[claim];
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

function headerOf(token: string): CompactJWSHeaderParameters {
  if (token.length > MAX_CHARACTERS) {
    throw new TokenRejected('too-large');
  }
  try {
    return decodeProtectedHeader(token) as CompactJWSHeaderParameters;
  } catch {
    throw new TokenRejected('malformed');
  }
}

async function keyFor(header: CompactJWSHeaderParameters, findKey: FindKey): Promise<VerificationKey> {
  const key = await findKey(header.kid as string);
  if (key === undefined) {
    throw new TokenRejected('key-unknown');
  }
  if (key.alg !== header.alg) {
    throw new TokenRejected('key-for-other-algorithm');
  }
  return key;
}

async function verifiedPayload(token: string, key: VerificationKey): Promise<Uint8Array> {
  try {
    const { payload } = await compactVerify(token, key.key, { algorithms: [key.alg] });
    return payload;
  } catch (error) {
    throw new TokenRejected(error instanceof errors.JWSSignatureVerificationFailed ? 'signature-wrong' : 'malformed');
  }
}

function claimsOf(payload: Uint8Array): JwtClaims {
  let claims: unknown;
  try {
    claims = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    throw new TokenRejected('malformed');
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new TokenRejected('malformed');
  }
  const { iss, exp, nbf, iat } = claims as Record<string, unknown>;
  if (typeof iss !== 'string' || !isDate(exp) || ![nbf, iat].every((date) => date === undefined || isDate(date))) {
    throw new TokenRejected('claim-malformed');
  }
  return claims as JwtClaims;
}

function reject(failed: { readonly reason: TokenRejection } | undefined): void {
  if (failed !== undefined) {
    throw new TokenRejected(failed.reason);
  }
}

/** NumericDate of RFC 7519 section 2. JSON has no NaN, but 1e999 parses as Infinity. */
function isDate(value: unknown): value is number {
  return Number.isFinite(value);
}

function isAhead(seconds: number | undefined, now: Date): boolean {
  return seconds !== undefined && seconds * 1000 > now.getTime() + AHEAD_SECONDS * 1000;
}

function mediaType(type: unknown): string {
  return typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : '';
}
