import { wipe } from './bytes.ts';
import { CHALLENGE_SECONDS, type ChallengeAnswer, type OpenedChallenge, openChallenge } from './challenge.ts';
import { type ClientKey, createClientKey } from './client-key.ts';
import { type EnvelopeType, sealEnvelope } from './envelope.ts';
import { ProofError } from './errors.ts';
import { encodeMessage, type MessagePurpose, type ProofMessage } from './message.ts';
import { prove, type SchnorrProof } from './proof.ts';
import type { DeriveSecret, ImageChoice, ProofSecret } from './secret.ts';
import type { ProofAct, ProofIdentity } from './transcript.ts';

/** Between whom an exchange is. */
export interface ExchangeParties {
  readonly identity: ProofIdentity;
  /** Issuer of the service, as this client is configured. */
  readonly audience: string;
  /** Thumbprint of the key that the service must have; null: any. */
  readonly serviceKeyId: string | null;
}

const TYPES: Readonly<Record<MessagePurpose, EnvelopeType>> = {
  register: 'sv-zkp-commitment',
  reset: 'sv-zkp-commitment',
  change: 'sv-zkp-commitment',
  authenticate: 'sv-zkp-response',
  'update-email': 'sv-zkp-response',
};

/** One challenge, from the key that is made for it to the message that uses it up. */
export class Exchange {
  readonly #parties: ExchangeParties;
  readonly #key: ClientKey;
  readonly #challenge: OpenedChallenge;
  readonly #endsAt: number;

  private constructor(parties: ExchangeParties, key: ClientKey, challenge: OpenedChallenge, endsAt: number) {
    this.#parties = parties;
    this.#key = key;
    this.#challenge = challenge;
    this.#endsAt = endsAt;
  }

  /**
   * Asks for a challenge and opens it.
   * @throws VERSION_UNSUPPORTED, CHALLENGE_INVALID As `openChallenge`.
   */
  static async open(parties: ExchangeParties, ask: (cipherKey: string) => Promise<ChallengeAnswer>): Promise<Exchange> {
    const key = await createClientKey();
    // The challenge cannot be older than this moment, on a clock that nobody sets.
    const endsAt = performance.now() + CHALLENGE_SECONDS * 1000;
    const challenge = await openChallenge(await ask(key.cipherKey), { key, serviceKeyId: parties.serviceKeyId });
    return new Exchange(parties, key, challenge, endsAt);
  }

  get cipherKey(): string {
    return this.#key.cipherKey;
  }

  get challengeId(): string {
    return this.#challenge.id;
  }

  /** Derives a secret, and overwrites it after its use. */
  async withSecret<Result>(
    derive: DeriveSecret,
    choice: ImageChoice,
    use: (secret: ProofSecret) => Promise<Result>,
  ): Promise<Result> {
    const { identity } = this.#parties;
    const secret = await derive({ ...choice, identity, salt: this.#challenge.salt });
    try {
      return await use(secret);
    } finally {
      wipe(secret.x);
    }
  }

  prove(secret: ProofSecret, act: ProofAct): SchnorrProof {
    const { identity, audience } = this.#parties;
    return prove(secret, { identity, audience, act, challenge: this.#challenge.proved });
  }

  /**
   * Encrypts the message that answers the challenge.
   * @throws CHALLENGE_EXPIRED The challenge was asked for two minutes ago or more.
   */
  seal(message: Omit<ProofMessage, 'challengeId'>): Promise<string> {
    if (performance.now() >= this.#endsAt)
      throw new ProofError('CHALLENGE_EXPIRED', 'The challenge has expired: ask for another one.');
    const text = encodeMessage({ ...message, challengeId: this.#challenge.id });
    return sealEnvelope(TYPES[message.purpose], text, this.#challenge.serviceKey);
  }
}
