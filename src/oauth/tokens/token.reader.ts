import { LRUCache } from 'lru-cache';
import {
  claimedIssuer,
  hashHandle,
  routeOfHandle,
  type SigningAlgorithm,
  sha256Base64Url,
  TokenRejected,
  verifyJwt,
} from '../../crypto/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import type { KeyRings } from '../keys/key-ring.ts';
import type { TokenStore } from './token.store.ts';
import { accessTokenClaims, audiencesOf, type ReadToken } from './token.ts';

/** Most tokens in the cache: about 2 KB each, so 20 MB. */
const CAPACITY = 10_000;
const ALGORITHMS: readonly SigningAlgorithm[] = ['EdDSA', 'ES256', 'RS256'];

export interface TokenReaderDeps {
  readonly directory: TenantDirectory;
  readonly issuers: IssuerDirectory;
  readonly rings: KeyRings;
  readonly store: TokenStore;
  readonly clock: Clock;
}

/** A token that was refused; the reason is for logs and metrics, callers see the same answer for all. */
export interface UnreadToken {
  readonly refused: string;
}

/**
 * Reads access tokens that this service issued: verifies a JWT, looks up an opaque one, and caches the result by the token's
 * hash until it expires or its host is taken from the tenant. It does not check revocation; `TokenLife` does.
 */
export class TokenReader {
  readonly #deps: TokenReaderDeps;
  readonly #read = new LRUCache<string, ReadToken>({ max: CAPACITY });

  constructor(deps: TokenReaderDeps) {
    this.#deps = deps;
  }

  async read(token: string): Promise<ReadToken | UnreadToken> {
    const key = sha256Base64Url(token);
    const now = this.#deps.clock.now();
    const known = this.#read.get(key);
    if (known !== undefined) {
      const refused = now.getTime() < known.claims.exp * 1000 ? await this.#refusalOf(known) : 'expired';
      if (refused === null) return known;
      this.#read.delete(key);
      return { refused };
    }
    const read = await (token.includes('.') ? this.#readJwt(token, now) : this.#readOpaque(token, now));
    if (!('refused' in read)) this.#read.set(key, read);
    return read;
  }

  /** Why a token in the cache is refused that has not expired, or null. */
  #refusalOf({ tenant, issuerHost }: ReadToken): Promise<string | null> | null {
    if (issuerHost === null) return null;
    return this.#deps.issuers.isBound(tenant, issuerHost).then((isBound) => (isBound ? null : 'issuer-not-allowed'));
  }

  async #readJwt(token: string, now: Date): Promise<ReadToken | UnreadToken> {
    const iss = claimedIssuer(token);
    const found = iss === null ? null : await this.#deps.issuers.find(iss);
    if (found === null) return { refused: 'issuer-not-allowed' };
    const { tenant, kind, host: issuerHost } = found;
    try {
      const { payload } = await verifyJwt(token, (kid) => this.#deps.rings.verifier(tenant.id, kid), {
        types: [kind.accessTokenType],
        algorithms: ALGORITHMS,
        isIssuer: (issuer) => issuer === iss,
        acceptsExpired: false,
        now,
      });
      const claims = accessTokenClaims(payload);
      if (claims === null) return { refused: 'claim-malformed' };
      // Where ID tokens have the same `typ` in their header, a claim tells them apart.
      if (kind.isRoleBased && payload['typ'] !== 'Bearer') return { refused: 'type-not-allowed' };
      return { tenant, kind, issuerHost, claims, audiences: audiencesOf(claims), format: 'jwt' };
    } catch (error) {
      if (error instanceof TokenRejected) return { refused: error.reason };
      throw error;
    }
  }

  async #readOpaque(token: string, now: Date): Promise<ReadToken | UnreadToken> {
    const route = routeOfHandle(token);
    const tenant = route === null ? null : await this.#deps.directory.byRoute(route);
    if (tenant === null) return { refused: 'malformed' };
    const row = await this.#deps.store.findOpaque(tenant.id, hashHandle(token));
    if (row === null) return { refused: 'unknown' };
    if (row.expiresAt <= now) return { refused: 'expired' };
    const claims = accessTokenClaims(row.claims);
    if (claims === null) return { refused: 'claim-malformed' };
    const issuer = await this.#deps.issuers.find(claims.iss);
    if (issuer?.tenant.id !== tenant.id) return { refused: 'issuer-not-allowed' };
    const { kind, host: issuerHost } = issuer;
    return { tenant, kind, issuerHost, claims, audiences: audiencesOf(claims), format: 'opaque' };
  }
}
