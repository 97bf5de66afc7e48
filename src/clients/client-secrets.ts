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
  /** Keep a sealed copy, so that it can be shown again or signed with. Default false. */
  readonly isReadable?: boolean;
  /** It ends after so many seconds. Default never. */
  readonly expiresInSeconds?: number | null;
  /** The secret itself, where it is imported; it may be short. Default 256 random bits. */
  readonly text?: string;
}

/** Longest overlap of a rotation: a quarter, by when every copy of the old secret should be gone. */
const MAX_OVERLAP_SECONDS = 86_400 * 90;
const MAX_EXPIRY_SECONDS = 31_536_000 * 10;
/** Printable ASCII: what HTTP Basic and forms carry unharmed (RFC 6749 appendix A.2). */
const SECRET_TEXT = /^[\x20-\x7e]{1,1024}$/;

/** Where a sealed copy belongs: it does not open in another row. */
const contextOf = ({ tenantId, id }: Pick<ClientSecret, 'tenantId' | 'id'>): string =>
  `client_secrets/${tenantId}/${id}`;

function within(path: string, value: number, max: number, min: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidField(path, 'SECONDS_RANGE', `Give ${min} to ${max} seconds.`);
}

/** Makes, replaces and shows the secrets of clients; who may do so is the service's to decide. */
export class ClientSecrets {
  readonly #deps: ClientSecretsDeps;

  constructor(deps: ClientSecretsDeps) {
    this.#deps = deps;
  }

  /** @returns The secret, which nobody can see again unless it is readable. */
  add({ tenantId, id: clientUuid }: Client, { kind, isReadable, expiresInSeconds, text }: NewSecret): string {
    const { clock, hasher, sealer, store } = this.#deps;
    if (text !== undefined && !SECRET_TEXT.test(text))
      throw invalidField('input.secret', 'SECRET_INVALID', 'A secret has 1 to 1024 printable ASCII characters.');
    const secret = text ?? hasher.mint();
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
   * Puts a new secret in the place of those of its kind.
   * @param overlapSeconds How long the newest of them still counts; 0 ends all at once. Only `oauth` secrets overlap.
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

  /** The newest live secret of a kind, if a copy was kept. */
  async read(client: Client, kind: SecretKind): Promise<string | null> {
    const { clock, sealer, store } = this.#deps;
    const [newest] = liveSecrets(await store.secretsOf(client.tenantId, client.id), kind, clock.now());
    return newest?.sealed == null ? null : sealer.open(newest.sealed, contextOf(newest)).toString();
  }
}
