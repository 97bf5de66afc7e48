import {
  CHALLENGE_SECONDS,
  type ChallengeOwner,
  type ChallengeRecord,
  type CipherKey,
  challengeText,
  type ImageProofMode,
  isChallengeOf,
  type MessagePurpose,
  newChallenge,
  openEnvelope,
  type ProofChallenge,
  type ProofMessage,
  provedChallenge,
  readMessage,
  type ServiceKey,
  sealEnvelope,
} from '../../auth-modes/index.ts';
import { constantTimeEqual, type Decrypter } from '../../crypto/index.ts';
import { addSeconds, type Clock, type TenantRef } from '../../kernel/index.ts';
import type { OneTimeCodeStore } from '../../sessions/index.ts';
import { storeChallenge } from '../stored-challenges.ts';

/** The key with which clients encrypt messages for a tenant, and what decrypts them. */
export interface MessageKey {
  readonly publicJwk: Readonly<Record<string, unknown>>;
  readonly decrypter: Decrypter;
  /** What decrypts messages for other keys of the tenant that are taken too. */
  readonly others: readonly Decrypter[];
}

export interface ProofExchangeDeps {
  readonly codes: Pick<OneTimeCodeStore, 'putNewest' | 'take'>;
  readonly mode: Pick<ImageProofMode, 'saltOf'>;
  readonly clock: Clock;
}

const KIND = 'image-proof-challenge';

/** Gives out challenges, and reads what clients answer to them. */
export class ProofExchange {
  readonly #deps: ProofExchangeDeps;
  #messageKey: ((tenant: TenantRef) => Promise<MessageKey>) | undefined;

  constructor(deps: ProofExchangeDeps) {
    this.#deps = deps;
  }

  /** Registers where the keys of tenants come from: a later module keeps them. */
  readMessageKeysBy(read: (tenant: TenantRef) => Promise<MessageKey>): void {
    this.#messageKey = read;
  }

  /**
   * A new challenge, encrypted for the key of a client. It lives for two minutes. Where too many live that were made for the same address,
   * the oldest of that address are withdrawn.
   */
  async challenge(
    tenant: TenantRef,
    { owner, key, peerIp }: { readonly owner: ChallengeOwner; readonly key: CipherKey; readonly peerIp: string | null },
  ): Promise<string> {
    const { codes, mode, clock } = this.#deps;
    const salt = await mode.saltOf(tenant, owner.username);
    const { publicJwk } = await this.#keyOf(tenant);
    const made = newChallenge(owner, key);
    const issuedAt = new Date(Math.floor(clock.now().getTime() / 1000) * 1000);
    const expiresAt = addSeconds(issuedAt, CHALLENGE_SECONDS);
    await storeChallenge(codes, tenant, { kind: KIND, code: made.id, payload: made.record, expiresAt }, { peerIp });
    const text = challengeText(made, { salt, issuedAt, key: publicJwk as unknown as ServiceKey });
    return sealEnvelope('sv-zkp-challenge', text, key);
  }

  /** What a client encrypted for the tenant; null when it is not such a message. */
  async read(tenant: TenantRef, purpose: MessagePurpose, envelope: string): Promise<ProofMessage | null> {
    const { decrypter, others } = await this.#keyOf(tenant);
    const plaintext = await openEnvelope(decrypter, ENVELOPES[purpose], envelope, others);
    return plaintext === null ? null : readMessage(plaintext, purpose);
  }

  /**
   * Uses a challenge up, whether or not what follows is right: of two simultaneous calls one gets it.
   * @param key The key that the client shows again; null where it shows none.
   * @returns Null when there is no such challenge, or it was made for another owner or key.
   */
  async redeem(
    tenant: TenantRef,
    id: string,
    owner: ChallengeOwner,
    key: CipherKey | null = null,
  ): Promise<ProofChallenge | null> {
    const row = await this.#deps.codes.take(tenant.id, KIND, id);
    if (row === null) return null;
    const record = row.payload as unknown as ChallengeRecord;
    const challenge = provedChallenge(id, record);
    const isOfKey = key === null || constantTimeEqual(key.thumbprint, challenge.thumbprint);
    return isOfKey && isChallengeOf(record, owner) ? challenge : null;
  }

  #keyOf(tenant: TenantRef): Promise<MessageKey> {
    if (this.#messageKey === undefined)
      throw new Error('Nothing reads the keys of messages: call readMessageKeysBy() while the service starts.');
    return this.#messageKey(tenant);
  }
}

/** How messages are marked. */
const ENVELOPES = {
  register: 'sv-zkp-commitment',
  authenticate: 'sv-zkp-response',
  reset: 'sv-zkp-commitment',
  change: 'sv-zkp-commitment',
  'update-email': 'sv-zkp-response',
} as const satisfies Record<MessagePurpose, string>;
