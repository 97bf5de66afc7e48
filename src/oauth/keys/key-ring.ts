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

/** A key of a tenant, opened when it is used first: that takes twice as long as a signature. */
class UsableKey {
  readonly row: SigningKey;
  readonly #sealer: Sealer;
  #signer: Signer | undefined;
  #decrypter: Decrypter | undefined;
  #verifier: VerificationKey | undefined;

  /** @param former What was opened of the same key before its row was read again. */
  constructor(row: SigningKey, sealer: Sealer, former: UsableKey | undefined) {
    this.row = row;
    this.#sealer = sealer;
    if (former === undefined || former.row.sealedPrivate !== row.sealedPrivate) return;
    this.#signer = former.#signer;
    this.#decrypter = former.#decrypter;
    this.#verifier = former.#verifier;
  }

  signer(alg: SigningAlgorithm): Signer {
    const { kid, sealedPrivate, tenantId } = this.row;
    this.#signer ??= openSigner({ kid, alg, sealedPrivate }, this.#sealer, tenantId);
    return this.#signer;
  }

  decrypter(): Decrypter {
    this.#decrypter ??= openDecrypter(this.row, this.#sealer, this.row.tenantId);
    return this.#decrypter;
  }

  verifier(): VerificationKey {
    this.#verifier ??= verificationKey(this.row.publicJwk as unknown as PublicJwk);
    return this.#verifier;
  }
}

const NOTHING_OPENED: ReadonlyMap<string, UsableKey> = new Map();

/** The signing keys of one tenant, ready for use. Immutable. */
export class KeyRing {
  /** Ordered by `activeFrom`, latest first. */
  readonly keys: readonly SigningKey[];
  readonly loadedAtMs: number;
  readonly #usable: ReadonlyMap<string, UsableKey>;

  /** @param former The ring that was read before, whose opened keys are not opened again. */
  constructor(keys: readonly SigningKey[], sealer: Sealer, loadedAtMs: number, former?: KeyRing) {
    this.keys = keys;
    this.loadedAtMs = loadedAtMs;
    const opened = former === undefined ? NOTHING_OPENED : former.#usable;
    this.#usable = new Map(keys.map((row) => [row.kid, new UsableKey(row, sealer, opened.get(row.kid))]));
  }

  /** The key of an algorithm that signs now. */
  signer(alg: SigningAlgorithm, now: Date): Signer | undefined {
    const row = this.keys.find((key) => key.alg === alg && statusOf(key, now) === 'active');
    return row === undefined ? undefined : this.#usable.get(row.kid)!.signer(alg);
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
    const decrypterOf = ({ kid }: SigningKey) => this.#usable.get(kid)!.decrypter();
    const others = rows.filter((row) => row !== used).map(decrypterOf);
    return { publicJwk: used.publicJwk, decrypter: decrypterOf(used), others };
  }

  verifier(kid: string): VerificationKey | undefined {
    const key = this.#usable.get(kid);
    return key === undefined || key.row.publicJwk['use'] === 'enc' ? undefined : key.verifier();
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

  readonly #load = async (tenantId: string, former: KeyRing | undefined): Promise<KeyRing> => {
    const keys = await this.#deps.store.findPublished(tenantId, this.#deps.clock.now());
    return new KeyRing(keys, this.#deps.sealer, performance.now(), former);
  };

  /**
   * Listener for committed events, of this node and of others. It compares the type itself, because a new key ends no access
   * and so the catalogue has no entry for it in `ends`.
   */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const event of events) if (event.type === oauthEvents['key.rotated'].name) this.drop(event.tenantId);
  };
}
