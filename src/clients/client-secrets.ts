import type { Sealer, SecretHasher } from '../crypto/index.ts';
import { addSeconds, type Clock, invalidField, newId } from '../kernel/index.ts';
import { liveSecrets, MAX_LIVE_SECRETS, type SecretKind } from './client.authenticator.ts';
import type { Client, ClientSecret } from './client.entity.ts';
import type { ClientStore } from './client.store.ts';

export interface ClientSecretsDeps {
  readonly store: ClientStore;
  readonly hasher: SecretHasher;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** A secret to make. */
export interface NewSecret {
  readonly kind: SecretKind;
  /** Whether to keep a sealed copy, so that the secret can be shown again or used to sign. Default false. */
  readonly isReadable?: boolean;
  /** Seconds until the secret expires. Default: never. */
  readonly expiresInSeconds?: number | null;
  /** The secret itself, where the caller chooses it; it may be short. Default: the service makes one. */
  readonly text?: string;
  /** Form of a secret that the service makes: 256 random bits in base64url, or a UUID. Default `random`. */
  readonly form?: 'random' | 'uuid';
}

/** Longest overlap of a rotation: 90 days, enough to replace every copy of the old secret. */
const MAX_OVERLAP_SECONDS = 86_400 * 90;
const MAX_EXPIRY_SECONDS = 31_536_000 * 10;
/** Printable ASCII: what HTTP Basic and forms transmit unchanged (RFC 6749 appendix A.2). */
const SECRET_TEXT = /^[\x20-\x7e]{1,1024}$/;

const KINDS: readonly SecretKind[] = ['oauth', 'rest'];

/** Context of a sealed copy, which binds it to its row: it cannot be opened in another. */
const contextOf = ({ tenantId, id }: Pick<ClientSecret, 'tenantId' | 'id'>): string =>
  `client_secrets/${tenantId}/${id}`;

function within(path: string, value: number, max: number, min: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidField(path, 'SECONDS_RANGE', `Give ${min} to ${max} seconds.`);
}

/** Makes, replaces and reads the secrets of clients. Checks no permissions; the service does. */
export class ClientSecrets {
  readonly #deps: ClientSecretsDeps;

  constructor(deps: ClientSecretsDeps) {
    this.#deps = deps;
  }

  /** @returns The secret, which cannot be read again unless it is readable. */
  add({ tenantId, id: clientUuid }: Client, { kind, isReadable, expiresInSeconds, text, form }: NewSecret): string {
    const { clock, hasher, sealer, store } = this.#deps;
    if (text !== undefined && !SECRET_TEXT.test(text))
      throw invalidField('input.secret', 'SECRET_INVALID', 'A secret has 1 to 1024 printable ASCII characters.');
    const secret = text ?? (form === 'uuid' ? hasher.mintUuid() : hasher.mint());
    const id = newId();
    const now = clock.now();
    store.addSecret({
      tenantId,
      id,
      clientUuid,
      kind,
      hash: hasher.hash(secret),
      sealed: isReadable === true ? sealer.seal(secret, contextOf({ tenantId, id })) : null,
      createdAt: now,
      expiresAt:
        expiresInSeconds == null
          ? null
          : addSeconds(now, within('input.expiresInSeconds', expiresInSeconds, MAX_EXPIRY_SECONDS, 1)),
    });
    return secret;
  }

  /**
   * Replaces the secrets of a kind by a new one.
   * @param overlapSeconds How long the newest of the old secrets stays valid; 0 ends all at once. Only `oauth` secrets
   *   overlap.
   */
  async rotate(client: Client, next: NewSecret, overlapSeconds: number): Promise<string> {
    const { clock, store } = this.#deps;
    within('input.overlapSeconds', overlapSeconds, next.kind === 'oauth' ? MAX_OVERLAP_SECONDS : 0, 0);
    const now = clock.now();
    const ofKind = (await store.secretsOf(client.tenantId, client.id)).filter(({ kind }) => kind === next.kind);
    const staying = overlapSeconds === 0 ? [] : liveSecrets(ofKind, next.kind, now).slice(0, MAX_LIVE_SECRETS - 1);
    for (const secret of staying) {
      const end = addSeconds(now, overlapSeconds);
      if (secret.expiresAt == null || secret.expiresAt > end) await store.expireSecret(client.tenantId, secret.id, end);
    }
    const ended = ofKind.filter((secret) => !staying.includes(secret)).map(({ id }) => id);
    await store.deleteSecrets(client.tenantId, ended);
    return this.add(client, next);
  }

  /** Whether a text is the newest live secret of a kind, and is kept as readably as is asked for. */
  async isCurrent(client: Client, { kind, text = '', isReadable = false }: NewSecret): Promise<boolean> {
    const { clock, hasher, store } = this.#deps;
    const [newest] = liveSecrets(await store.secretsOf(client.tenantId, client.id), kind, clock.now());
    if (newest === undefined || (isReadable && newest.sealed == null)) return false;
    return hasher.matches(text, newest.hash);
  }

  /** Ends all secrets of a kind but the newest live one. @returns How many live ones ended. */
  async endEarlier(client: Client, kind: SecretKind): Promise<number> {
    const { clock, store } = this.#deps;
    const [, ...earlier] = liveSecrets(await store.secretsOf(client.tenantId, client.id), kind, clock.now());
    await store.deleteSecrets(
      client.tenantId,
      earlier.map(({ id }) => id),
    );
    return earlier.length;
  }

  /** Ends all secrets of a client, of every kind. */
  async endAll({ tenantId, id }: Client): Promise<void> {
    const { store } = this.#deps;
    const secrets = await store.secretsOf(tenantId, id);
    await store.deleteSecrets(
      tenantId,
      secrets.map((secret) => secret.id),
    );
  }

  /** Whether the client has a secret of a kind, even an expired one. */
  async hasAny({ tenantId, id }: Client, kind: SecretKind): Promise<boolean> {
    return (await this.#deps.store.secretsOf(tenantId, id)).some((secret) => secret.kind === kind);
  }

  /** The secrets among those of a client that `read` shows: of each kind the newest live one, if a copy was kept. */
  readable(secrets: readonly ClientSecret[]): ReadonlySet<ClientSecret> {
    const now = this.#deps.clock.now();
    const newest = KINDS.flatMap((kind) => liveSecrets(secrets, kind, now).slice(0, 1));
    return new Set(newest.filter(({ sealed }) => sealed != null));
  }

  /** The newest live secret of a kind, if a copy was kept. */
  async read(client: Client, kind: SecretKind): Promise<string | null> {
    const { clock, sealer, store } = this.#deps;
    const [newest] = liveSecrets(await store.secretsOf(client.tenantId, client.id), kind, clock.now());
    return newest?.sealed == null ? null : sealer.open(newest.sealed, contextOf(newest)).toString();
  }
}
