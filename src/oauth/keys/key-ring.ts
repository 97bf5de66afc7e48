import {
  AGREEMENT_ALGORITHM,
  type Decrypter,
  openDecrypter,
  openSigner,
  type PublicJwk,
  type Sealer,
  type Signer,
  type SigningAlgorithm,
  type VerificationKey,
  verificationKey,
} from '../../crypto/index.ts';
import { type ChangeFeed, lifetimesBy, type SecurityEvent } from '../../events/index.ts';
import type { Clock } from '../../kernel/index.ts';
import { ReadCache } from '../../persistence/index.ts';
import { oauthEvents } from '../oauth.events.ts';
import { statusOf } from './key-status.ts';
import type { SigningKey } from './signing-key.entity.ts';
import type { SigningKeyStore } from './signing-key.store.ts';

/** A key with which clients encrypt messages for a tenant. */
export interface AgreementKey {
  /** P-256, as clients get it. */
  readonly publicJwk: Readonly<Record<string, unknown>>;
  readonly decrypter: Decrypter;
  /** Those of the keys before and after it whose messages are read too. */
  readonly others: readonly Decrypter[];
}

/** The signing keys of one tenant, ready for use. Immutable. */
export class KeyRing {
  /** Ordered by `activeFrom`, latest first. */
  readonly keys: readonly SigningKey[];
  readonly loadedAtMs: number;
  readonly #sealer: Sealer;
  readonly #signers = new Map<string, Signer>();
  readonly #decrypters = new Map<string, Decrypter>();
  readonly #verifiers = new Map<string, VerificationKey>();

  constructor(keys: readonly SigningKey[], sealer: Sealer, loadedAtMs: number) {
    this.keys = keys;
    this.#sealer = sealer;
    this.loadedAtMs = loadedAtMs;
  }

  /** The key of an algorithm that signs now. */
  signer(alg: SigningAlgorithm, now: Date): Signer | undefined {
    const row = this.keys.find((key) => key.alg === alg && statusOf(key, now) === 'active');
    if (row === undefined) return undefined;
    let signer = this.#signers.get(row.kid);
    if (signer === undefined) {
      signer = openSigner({ kid: row.kid, alg, sealedPrivate: row.sealedPrivate }, this.#sealer, row.tenantId);
      this.#signers.set(row.kid, signer);
    }
    return signer;
  }

  /**
   * The key with which messages are encrypted now for the tenant by key agreement, and what decrypts them. Another node may use the next key
   * a moment before this one, and a client may have got the former one.
   */
  agreement(now: Date): AgreementKey | undefined {
    const rows = this.keys.filter(
      ({ alg, expiresAt }) => alg === AGREEMENT_ALGORITHM && (expiresAt == null || expiresAt > now),
    );
    const used = rows.find((row) => statusOf(row, now) === 'active');
    if (used === undefined) return undefined;
    const others = rows.filter((row) => row !== used).map((row) => this.#decrypterOf(row));
    return { publicJwk: used.publicJwk, decrypter: this.#decrypterOf(used), others };
  }

  #decrypterOf(row: SigningKey): Decrypter {
    const known = this.#decrypters.get(row.kid);
    if (known !== undefined) return known;
    const opened = openDecrypter(row, this.#sealer, row.tenantId);
    this.#decrypters.set(row.kid, opened);
    return opened;
  }

  verifier(kid: string): VerificationKey | undefined {
    let verifier = this.#verifiers.get(kid);
    if (verifier !== undefined) return verifier;
    const row = this.keys.find((key) => key.kid === kid);
    if (row === undefined || row.publicJwk['use'] === 'enc') return undefined;
    verifier = verificationKey(row.publicJwk as unknown as PublicJwk);
    this.#verifiers.set(kid, verifier);
    return verifier;
  }
}

/** Most keys of all rings in the cache, about 3 KB each, so 48 MB: those of 10,000 tenants, of which few have more than one. */
const MAX_KEYS = 16_000;
/**
 * A token may be signed with a key that this node has not read yet. The ring must be this old to be read again, so that forged
 * tokens do not cause a query each.
 */
const RELOAD_AGE_MS = 250;

export interface KeyRingsDeps {
  readonly store: SigningKeyStore;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Absent: rings live for five seconds. */
  readonly feed?: ChangeFeed;
}

/** The rings of the tenants, from a bounded cache whose entries `key.rotated` events drop. */
export class KeyRings {
  readonly #deps: KeyRingsDeps;
  // The transaction that creates a key reads no ring, so other transactions may use the cached one.
  readonly #rings: ReadCache<KeyRing>;

  constructor(deps: KeyRingsDeps) {
    this.#rings = new ReadCache<KeyRing>({
      max: MAX_KEYS,
      size: { max: MAX_KEYS, of: ({ keys }) => keys.length },
      ...lifetimesBy(deps.feed),
      hitsInUnitOfWork: true,
    });
    this.#deps = deps;
  }

  of(tenantId: string): KeyRing | Promise<KeyRing> {
    return this.#rings.get(tenantId, this.#load);
  }

  /**
   * The key with this `kid`, if the tenant publishes it. An unknown `kid` is looked up in the database again, at most every 250
   * ms.
   */
  async verifier(tenantId: string, kid: string): Promise<VerificationKey | undefined> {
    const ring = await this.of(tenantId);
    const known = ring.verifier(kid);
    if (known !== undefined || performance.now() - ring.loadedAtMs < RELOAD_AGE_MS) return known;
    this.drop(tenantId);
    return (await this.of(tenantId)).verifier(kid);
  }

  drop(tenantId: string): void {
    this.#rings.delete(tenantId);
  }

  readonly #load = async (tenantId: string): Promise<KeyRing> => {
    const keys = await this.#deps.store.findPublished(tenantId, this.#deps.clock.now());
    return new KeyRing(keys, this.#deps.sealer, performance.now());
  };

  /**
   * Listener for committed events, of this node and of others. It compares the type itself, because a new key ends no access
   * and so the catalogue has no entry for it in `ends`.
   */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const event of events) if (event.type === oauthEvents['key.rotated'].name) this.drop(event.tenantId);
  };
}
