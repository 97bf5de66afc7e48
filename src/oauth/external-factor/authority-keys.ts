import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type VerificationKey, verificationKey } from '../../crypto/index.ts';
import { type UpstreamAccess, upstreamFetch } from '../../flows/index.ts';
import { addSeconds, type Clock, Places } from '../../kernel/index.ts';

/** OpenID Connect Discovery section 3. */
const METADATA = z.object({ issuer: z.string(), jwks_uri: z.string() });
/** RFC 7517 section 5. Known sets have ten keys; the bound keeps a set below 300 KB. */
const KEY_SET = z.object({ keys: z.array(z.unknown()).max(100) });
/** RFC 7518 section 3.3. */
const MIN_BITS = 2048;
/** RFC 7518 section 6.3.1, with at most 8192 bits. A key without `use` may sign. */
const RSA_KEY = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1).max(255),
  use: z.literal('sig').optional(),
  n: z.string().max(1366),
  e: z.string().max(16),
});

/** Issuers whose keys are kept: 256 of some ten keys, about 5 MB. */
const CAPACITY = 256;
const KEPT_SECONDS = 3600;
/** Sets are read again for a key that they lack: not for each hint with a made-up `kid`. */
const AGAIN_SECONDS = 60;
/** Issuers that a node asks at once for one tenant. */
const AT_ONCE = 4;

interface KeptKeys {
  readonly byId: ReadonlyMap<string, VerificationKey>;
  readonly readAt: Date;
}

export interface AuthorityKeysDeps extends UpstreamAccess {
  readonly clock: Clock;
}

/** The keys of an authority could not be read. */
export class AuthorityUnreachable extends Error {
  override readonly name = 'AuthorityUnreachable';
}

/** The keys by which authorities sign, as they publish them; read again after an hour. */
export class AuthorityKeys {
  readonly #deps: AuthorityKeysDeps;
  readonly #places = new Places(AT_ONCE);
  readonly #kept: LRUCache<string, KeptKeys, string>;

  constructor(deps: AuthorityKeysDeps) {
    this.#deps = deps;
    this.#kept = new LRUCache({
      max: CAPACITY,
      fetchMethod: (issuer, _stale, { context: tenantId }) =>
        this.#places.run(tenantId, () => this.#read(issuer, tenantId)),
      // A read whose entry is evicted still answers the requests that wait for it.
      ignoreFetchAbort: true,
    });
  }

  /**
   * The key of an issuer with this `kid`.
   * @param tenantId The tenant for which it is asked.
   * @throws AuthorityUnreachable
   */
  async find(kid: string, issuer: string, tenantId: string): Promise<VerificationKey | undefined> {
    const known = (await this.#keysOf(issuer, tenantId, KEPT_SECONDS)).byId.get(kid);
    return known ?? (await this.#keysOf(issuer, tenantId, AGAIN_SECONDS)).byId.get(kid);
  }

  async #keysOf(issuer: string, tenantId: string, maxAgeSeconds: number): Promise<KeptKeys> {
    const kept = this.#kept.get(issuer);
    if (kept !== undefined && addSeconds(kept.readAt, maxAgeSeconds) > this.#deps.clock.now()) return kept;
    try {
      return (await this.#kept.fetch(issuer, { forceRefresh: true, context: tenantId }))!;
    } catch (cause) {
      throw new AuthorityUnreachable('The keys of an authority cannot be read.', { cause });
    }
  }

  async #read(issuer: string, tenantId: string): Promise<KeptKeys> {
    const metadata = METADATA.parse(await this.#json(`${issuer}/.well-known/openid-configuration`, tenantId));
    if (metadata.issuer !== issuer) throw new Error('The authority names another issuer.');
    const { keys } = KEY_SET.parse(await this.#json(metadata.jwks_uri, tenantId));
    const usable = keys.flatMap((key) => toKey(key) ?? []);
    return { byId: new Map(usable.map((key) => [key.kid, key])), readAt: this.#deps.clock.now() };
  }

  async #json(address: string, tenantId: string): Promise<unknown> {
    const response = await upstreamFetch(this.#deps, tenantId)(address, {
      method: 'GET',
      headers: { accept: 'application/json, application/jwk-set+json' },
      body: undefined,
      redirect: 'manual',
    });
    if (response.status !== 200) throw new Error(`The authority answered ${response.status}.`);
    return response.json();
  }
}

/** A key by which hints may be signed; null for every other one, which is left out. */
function toKey(published: unknown): VerificationKey | null {
  const parsed = RSA_KEY.safeParse(published);
  if (!parsed.success) return null;
  const key = verificationKey({ ...parsed.data, alg: 'RS256', use: 'sig' });
  return key.key.asymmetricKeyDetails!.modulusLength! < MIN_BITS ? null : key;
}
