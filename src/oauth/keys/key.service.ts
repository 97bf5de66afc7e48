import { type Authority, systemCaller } from '../../access/index.ts';
import { CHALLENGE_SECONDS } from '../../auth-modes/index.ts';
import {
  AGREEMENT_ALGORITHM,
  certificateMembers,
  createAgreementKey,
  createEncryptionKey,
  createSigningKey,
  ENCRYPTION_ALGORITHM,
  isSigningAlgorithm,
  openSigner,
  type Sealer,
  type Signer,
  type SigningAlgorithm,
  type StoredKey,
  type StoredSigningKey,
} from '../../crypto/index.ts';
import type { EventActor, EventLog } from '../../events/index.ts';
import { addSeconds, type Clock, kernelErrors, newId, type TenantRef } from '../../kernel/index.ts';
import { type Database, openUnitOfWork } from '../../persistence/index.ts';
import type { IssuerKind } from '../issuers/issuers.ts';
import { MAX_TOKEN_SECONDS } from '../issuers/lifetimes.ts';
import { oauthErrors } from '../oauth.errors.ts';
import { oauthEvents } from '../oauth.events.ts';
import type { AgreementKey, KeyRings } from './key-ring.ts';
import { type SigningKeyStatus, statusOf } from './key-status.ts';
import type { SigningKey } from './signing-key.entity.ts';
import type { SigningKeyStore } from './signing-key.store.ts';

/**
 * How long a key is published after it stops signing: the longest token lifetime, and an hour for verifiers whose clocks
 * differ.
 */
const OVERLAP_SECONDS = MAX_TOKEN_SECONDS + 3600;

/** How long a key is known before it is used, and how long after, in seconds. */
interface Overlap {
  readonly before: number;
  readonly after: number;
}

/**
 * Of keys for messages by key agreement. Every node knows the next one when it is used: its event drops the former keys within a second,
 * and a node that gets no events reads keys again after five seconds.
 * The former one is used for the challenges that named it.
 */
const AGREEMENT_OVERLAP: Overlap = { before: 120, after: CHALLENGE_SECONDS };

/** Most published keys of one algorithm: a key set of RSA keys with certificates stays below 100 KiB. */
const MAX_KEYS = 32;

type EncryptionAlgorithm = typeof ENCRYPTION_ALGORITHM | typeof AGREEMENT_ALGORITHM;
const MAKERS: Readonly<Record<EncryptionAlgorithm, typeof createEncryptionKey>> = {
  [ENCRYPTION_ALGORITHM]: createEncryptionKey,
  [AGREEMENT_ALGORITHM]: createAgreementKey,
};

/** A signing key with its present status. */
export type ShownSigningKey = SigningKey & { readonly status: SigningKeyStatus };

export interface SigningKeyServiceDeps {
  readonly db: Database;
  readonly store: SigningKeyStore;
  readonly rings: KeyRings;
  readonly events: EventLog;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** How long a new key of an algorithm is published before it signs. */
  readonly publishSeconds: (alg: SigningAlgorithm) => number;
}

/** A public key as a key set shows it (RFC 7517). */
export type ShownJwk = Readonly<Record<string, unknown>>;

/**
 * Manages the signing keys of tenants: they are made on first use, replaced with overlap, and published for each kind of
 * issuer.
 */
export class SigningKeyService {
  readonly #deps: SigningKeyServiceDeps;
  readonly #making = new Map<string, Promise<Signer>>();
  /** The encryption keys of tenants that are being made. */
  readonly #providing = new Map<string, Promise<void>>();

  constructor(deps: SigningKeyServiceDeps) {
    this.#deps = deps;
  }

  /** The signer of an algorithm; its key is made if the tenant has none. Synchronous when the key is cached. */
  signer(tenant: TenantRef, alg: SigningAlgorithm): Signer | Promise<Signer> {
    const { rings, clock } = this.#deps;
    const ring = rings.of(tenant.id);
    if (!(ring instanceof Promise)) return ring.signer(alg, clock.now()) ?? this.#make(tenant, alg);
    return ring.then((loaded) => loaded.signer(alg, clock.now()) ?? this.#make(tenant, alg));
  }

  /**
   * Makes the Ed25519 key of a new tenant, in the transaction that makes the tenant. RSA keys take long to make and are made on
   * demand.
   */
  async seed(tenantId: string): Promise<void> {
    const now = this.#deps.clock.now();
    await this.#deps.store.insert(tenantId, await this.#generate(tenantId, 'EdDSA'), now, now);
  }

  /** Whether the master key decrypts a stored key, tried with the newest one; null when no tenant has a key. */
  async opensStoredKey(): Promise<boolean | null> {
    const key = await this.#deps.store.findNewest();
    if (key === null || !isSigningAlgorithm(key.alg)) return null;
    try {
      openSigner({ ...key, alg: key.alg }, this.#deps.sealer, key.tenantId);
      return true;
    } catch {
      return false;
    }
  }

  /** Keys that will sign, sign or are still published, by `activeFrom`, latest first. */
  async list({ tenant }: Pick<Authority, 'tenant'>): Promise<ShownSigningKey[]> {
    const now = this.#deps.clock.now();
    const keys = await this.#deps.store.findPublished(tenant.id, now);
    return keys.filter(({ alg }) => isSigningAlgorithm(alg)).map((key) => ({ ...key, status: statusOf(key, now) }));
  }

  async find(tenantId: string, kid: string): Promise<ShownSigningKey | null> {
    const key = await this.#deps.store.findByKid(tenantId, kid);
    const isShown = key !== null && isSigningAlgorithm(key.alg);
    return isShown ? { ...key, status: statusOf(key, this.#deps.clock.now()) } : null;
  }

  /**
   * Makes the next key of an algorithm. It is published now and signs once verifiers that cache key sets have had time to read
   * it. The previous key signs until then, and is published until every token it signed has expired. The first key of an
   * algorithm signs at once. When a next key is already waiting, that key is returned, so that a repeated call makes no second
   * one.
   * @throws SIGNING_ALGORITHM_UNKNOWN
   * @throws TOO_MANY_REQUESTS As many keys are published as a key set may hold.
   */
  async rotate(authority: Authority, alg: string): Promise<ShownSigningKey> {
    if (!isSigningAlgorithm(alg)) throw oauthErrors.SIGNING_ALGORITHM_UNKNOWN();
    const row = await this.#rotate(authority, await this.#generate(authority.tenant.id, alg));
    return { ...row, status: statusOf(row, this.#deps.clock.now()) };
  }

  /**
   * Makes the next key with which clients encrypt messages for a tenant by key agreement. Clients get it from `activeFrom` on, in two
   * minutes, when every node knows it; the first key is used at once. What was encrypted for the former key is read for as long as a
   * challenge lives that named it. When a next key is already waiting, that key is returned.
   */
  async rotateAgreementKey(authority: Authority): Promise<SigningKey> {
    const { clock, sealer } = this.#deps;
    return this.#rotate(authority, await createAgreementKey(sealer, authority.tenant.id, clock.now()));
  }

  /** @returns The key, or that which is already waiting. */
  async #rotate({ caller, tenant }: Authority, key: StoredKey): Promise<SigningKey> {
    const { db, store, rings } = this.#deps;
    const kid = await db.transaction(async () => {
      await store.lock(tenant.id, key.alg);
      const waiting = await this.#waiting(tenant, key.alg);
      if (waiting === null) await this.#replace(caller, tenant, key);
      return waiting?.kid ?? key.kid;
    });
    rings.drop(tenant.id);
    const row = await store.findByKid(tenant.id, kid);
    if (row === null) throw kernelErrors.CONFLICT();
    return row;
  }

  /** The next key, if one is already waiting. @throws TOO_MANY_REQUESTS None is, and the key set is full. */
  async #waiting(tenant: TenantRef, alg: StoredKey['alg']): Promise<SigningKey | null> {
    const now = this.#deps.clock.now();
    const published = (await this.#deps.store.findPublished(tenant.id, now)).filter((key) => key.alg === alg);
    const waiting = published.find((key) => statusOf(key, now) === 'next') ?? null;
    if (waiting === null && published.length >= MAX_KEYS)
      throw kernelErrors.TOO_MANY_REQUESTS({ message: `${MAX_KEYS} keys of this algorithm are still published.` });
    return waiting;
  }

  /**
   * The key set of an issuer (RFC 7517 section 5): keys that will sign, keys that sign, and keys that valid tokens were signed
   * with; after them the key with which messages are encrypted for it, if its kind has one.
   */
  async jwks(tenant: TenantRef, kind: IssuerKind): Promise<{ readonly keys: readonly ShownJwk[] }> {
    for (const alg of kind.showsEveryAlgorithm ? kind.algorithms : [kind.algorithm]) await this.signer(tenant, alg);
    if (kind.hasEncryptionKey) await this.#provideEncryptionKey(tenant, ENCRYPTION_ALGORITHM);
    const ring = await this.#deps.rings.of(tenant.id);
    const now = this.#deps.clock.now();
    const shown = ring.keys.filter(
      ({ alg, expiresAt }) => isSigningAlgorithm(alg) && kind.algorithms.includes(alg) && (expiresAt ?? now) >= now,
    );
    const forEncryption = kind.hasEncryptionKey ? ring.keys.filter(({ alg }) => alg === ENCRYPTION_ALGORITHM) : [];
    return { keys: [...shown, ...forEncryption].map((key) => shownJwk(key, kind)) };
  }

  /** The public key of the signer of an algorithm, which is made if the tenant has none: SubjectPublicKeyInfo, DER in base64. */
  async publicKey(tenant: TenantRef, alg: SigningAlgorithm): Promise<string> {
    const { kid } = await this.signer(tenant, alg);
    const key = (await this.#deps.rings.of(tenant.id)).verifier(kid);
    if (key === undefined) throw kernelErrors.SERVICE_UNAVAILABLE({ detail: 'no public key of the signer' });
    return key.key.export({ type: 'spki', format: 'der' }).toString('base64');
  }

  /**
   * The key with which clients encrypt messages for a tenant by key agreement, and what decrypts them. It is made if the tenant has
   * none. No key set shows it: who needs it gives it out. After a rotation the former key decrypts too, for as long as a challenge lives.
   */
  async agreementKey(tenant: TenantRef): Promise<AgreementKey> {
    await this.#provideEncryptionKey(tenant, AGREEMENT_ALGORITHM);
    const key = (await this.#deps.rings.of(tenant.id)).agreement(this.#deps.clock.now());
    if (key === undefined) throw kernelErrors.SERVICE_UNAVAILABLE({ detail: 'no key for messages after making one' });
    return key;
  }

  /** Makes an encryption key of a tenant that has none; one at a time, because it takes long. */
  async #provideEncryptionKey(tenant: TenantRef, alg: EncryptionAlgorithm): Promise<void> {
    const ring = await this.#deps.rings.of(tenant.id);
    if (ring.keys.some((key) => key.alg === alg)) return;
    const name = `${tenant.id} ${alg}`;
    const running = this.#providing.get(name);
    const making = running ?? this.#makeEncryptionKey(tenant, alg).finally(() => this.#providing.delete(name));
    this.#providing.set(name, making);
    await making;
  }

  async #makeEncryptionKey(tenant: TenantRef, alg: EncryptionAlgorithm): Promise<void> {
    const { db, store, rings, events, sealer, clock } = this.#deps;
    const now = clock.now();
    const key = await MAKERS[alg](sealer, tenant.id, now);
    await db.transaction(async () => {
      await store.lock(tenant.id, alg);
      if (await store.hasLast(tenant.id, alg)) return;
      await store.insert(tenant.id, key, now, now);
      events.record(systemCaller({ processId: newId() }), tenant, {
        type: oauthEvents['key.rotated'],
        params: { kid: key.kid, alg, activeFrom: now.toISOString() },
      });
    });
    rings.drop(tenant.id);
  }

  #make(tenant: TenantRef, alg: SigningAlgorithm): Promise<Signer> {
    const name = `${tenant.id} ${alg}`;
    const running = this.#making.get(name);
    if (running !== undefined) return running;
    const making = this.#makeFirst(tenant, alg).finally(() => this.#making.delete(name));
    this.#making.set(name, making);
    return making;
  }

  /** Several nodes may find no key at the same time; the first to get the lock makes it, the others find it. */
  async #makeFirst(tenant: TenantRef, alg: SigningAlgorithm): Promise<Signer> {
    if (openUnitOfWork() !== undefined) throw new Error('Ask for a signer before the unit of work opens.');
    const key = await this.#generate(tenant.id, alg);
    await this.#deps.db.transaction(async () => {
      await this.#deps.store.lock(tenant.id, alg);
      if (!(await this.#deps.store.hasLast(tenant.id, alg)))
        await this.#replace(systemCaller({ processId: newId() }), tenant, key);
    });
    this.#deps.rings.drop(tenant.id);
    const signer = (await this.#deps.rings.of(tenant.id)).signer(alg, this.#deps.clock.now());
    if (signer === undefined) throw kernelErrors.SERVICE_UNAVAILABLE({ detail: 'no signing key after making one' });
    return signer;
  }

  async #replace(actor: EventActor, tenant: TenantRef, key: StoredKey): Promise<void> {
    const { store, events, clock } = this.#deps;
    const { kid, alg } = key;
    const now = clock.now();
    const { before, after } = this.#overlapOf(alg);
    const isFirst = !(await store.hasLast(tenant.id, alg));
    const activeFrom = isFirst ? now : addSeconds(now, before);
    await store.retire(tenant.id, alg, activeFrom, addSeconds(activeFrom, after));
    await store.insert(tenant.id, key, now, activeFrom);
    events.record(actor, tenant, {
      type: oauthEvents['key.rotated'],
      params: { kid, alg, activeFrom: activeFrom.toISOString() },
    });
  }

  #overlapOf(alg: StoredKey['alg']): Overlap {
    if (!isSigningAlgorithm(alg)) return AGREEMENT_OVERLAP;
    return { before: this.#deps.publishSeconds(alg), after: OVERLAP_SECONDS };
  }

  #generate(tenantId: string, alg: SigningAlgorithm): Promise<StoredSigningKey> {
    return createSigningKey(alg, this.#deps.sealer, tenantId, this.#deps.clock.now());
  }
}

function shownJwk(key: SigningKey, kind: IssuerKind): ShownJwk {
  const certificate = kind.showsCertificates ? key.certificate : null;
  return certificate == null ? key.publicJwk : { ...key.publicJwk, ...certificateMembers(certificate) };
}
