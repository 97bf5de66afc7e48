import { Exchange, type ExchangeParties } from './exchange.ts';
import { assertFollowsRules, type FactorRules } from './factor.ts';
import { assertImage } from './image.ts';
import type { MessagePurpose } from './message.ts';
import type { DeriveSecret, ImageChoice, ProofSecret } from './secret.ts';
import { PROOF_VERSION, type ProofAct, proofActs } from './transcript.ts';
import type { BitErrorReport, LogData, ProofTransport, SignInTicket } from './transport.ts';

export interface ImageProofClientOptions {
  readonly transport: ProofTransport;
  /** Name of the tenant. */
  readonly tenant: string;
  /** Issuer of the service for this tenant, as the client is configured: `audienceOf` makes it. It must not be taken from a message. */
  readonly audience: string;
  /** `deriveInWorker` in browsers, `deriveSecret` elsewhere. */
  readonly derive: DeriveSecret;
  /** Thumbprint of the key of the service, for a client that knows it from a signed source. Default: any. */
  readonly serviceKeyId?: string | null;
}

/** Who acts, outside of a session. */
interface NamedAct {
  readonly username: string;
  /** The request for a sign-in to which it belongs. Default: none. */
  readonly requestId?: string | null;
  readonly logData?: LogData | null;
}

export interface SignIn extends NamedAct {
  readonly choice: ImageChoice;
  /** Of a client that decodes images. Default: none. */
  readonly bitErrors?: BitErrorReport | null;
}

/** A choice of a new image, which has to follow the rules of the tenant. */
interface NewChoice {
  readonly choice: ImageChoice;
  readonly rules: FactorRules;
}

export interface Registration extends NamedAct, NewChoice {
  readonly email: string;
}

export interface Reset extends NamedAct, NewChoice {
  /** The code of the mail. */
  readonly code: string;
}

/** The user who is signed in. */
interface OwnAct {
  readonly username: string;
  readonly userId: string;
}

export interface Change extends OwnAct, NewChoice {
  /** The present image; null for an account without one, which has to have signed in within five minutes. */
  readonly former: ImageChoice | null;
  readonly logData?: LogData | null;
}

export interface EmailChange extends OwnAct {
  readonly email: string;
  readonly choice: ImageChoice;
}

/** Issuer of a service for a tenant, to which proofs are bound. @param baseUrl Origin of the service. */
export const audienceOf = (baseUrl: string, tenant: string): string => `${new URL(baseUrl).origin}/api/oidc/${tenant}`;

/**
 * Signs in with an image and does what belongs to it. Neither image, PIN, pattern nor secret leaves the device. Each act
 * asks for another challenge; after an error it is done again from the beginning.
 * Each method throws `ProofError` when the proof cannot be made, and what the transport throws.
 */
export class ImageProofClient {
  readonly #options: ImageProofClientOptions;

  constructor(options: ImageProofClientOptions) {
    this.#options = options;
  }

  /** @returns A ticket with which the browser goes on. */
  async signIn(signIn: SignIn): Promise<SignInTicket> {
    const { username, requestId = null, choice, logData = null, bitErrors = null } = signIn;
    const exchange = await this.#begin(username, requestId, choice);
    const act = proofActs.authenticate(requestId);
    const challengeData = await this.#answer(exchange, 'authenticate', act, choice);
    const { cipherKey, challengeId } = exchange;
    const proof = { username, cipherKey, requestId, challengeId, challengeData };
    return this.#options.transport.authenticate({ ...proof, logData, bitErrors });
  }

  async register({ username, email, requestId = null, choice, rules, logData = null }: Registration): Promise<void> {
    assertFollowsRules(choice.factor, rules);
    const exchange = await this.#begin(username, requestId, choice);
    const act = proofActs.register(email, requestId);
    const encryptedCommitment = await this.#commit(exchange, 'register', act, choice);
    const message = { version: PROOF_VERSION, encryptedCommitment, logData };
    await this.#options.transport.register({ username, email, requestId, ...message });
  }

  /** Replaces a forgotten image, with the code of a mail. */
  async reset({ username, code, requestId = null, choice, rules, logData = null }: Reset): Promise<void> {
    assertFollowsRules(choice.factor, rules);
    const exchange = await this.#begin(username, requestId, choice);
    const encryptedCommitment = await this.#commit(exchange, 'reset', proofActs.reset(code), choice);
    await this.#options.transport.reset({ username, code, version: PROOF_VERSION, encryptedCommitment, logData });
  }

  /** Replaces the image of the user who is signed in. */
  async change({ username, userId, choice, rules, former, logData = null }: Change): Promise<void> {
    const { derive, transport } = this.#options;
    assertFollowsRules(choice.factor, rules);
    const exchange = await this.#beginOwn(username, choice);
    const encryptedCommitment = await exchange.withSecret(derive, choice, async (secret) => {
      const proof = exchange.prove(secret, proofActs.change(userId));
      const { commitment } = secret;
      const old = former === null ? null : await this.#proveFormer(exchange, former, userId, commitment);
      return exchange.seal({ purpose: 'change', commitment, proof, former: old });
    });
    await transport.change({ version: PROOF_VERSION, encryptedCommitment, logData });
  }

  /** Changes the address of the user who is signed in. It counts once it is confirmed. */
  async updateEmail({ username, userId, email, choice }: EmailChange): Promise<void> {
    const exchange = await this.#beginOwn(username, choice);
    const challengeData = await this.#answer(exchange, 'update-email', proofActs.updateEmail(userId, email), choice);
    const { challengeId } = exchange;
    await this.#options.transport.updateEmail({ userId, email, challengeId, challengeData });
  }

  #begin(username: string, requestId: string | null, choice: ImageChoice): Promise<Exchange> {
    const { transport } = this.#options;
    return this.#open(username, choice, (cipherKey) => transport.askChallenge({ username, cipherKey, requestId }));
  }

  #beginOwn(username: string, choice: ImageChoice): Promise<Exchange> {
    return this.#open(username, choice, (cipherKey) => this.#options.transport.askOwnChallenge(cipherKey));
  }

  /** Asks for no challenge where the image cannot be used anyway. */
  async #open(username: string, { image }: ImageChoice, ask: Parameters<typeof Exchange.open>[1]): Promise<Exchange> {
    assertImage(image);
    const { tenant, audience, serviceKeyId = null } = this.#options;
    const parties: ExchangeParties = { identity: { tenant, username }, audience, serviceKeyId };
    return Exchange.open(parties, ask);
  }

  /** Proves the secret that the service knows. */
  #answer(exchange: Exchange, purpose: MessagePurpose, act: ProofAct, choice: ImageChoice): Promise<string> {
    return exchange.withSecret(this.#options.derive, choice, async (secret) =>
      exchange.seal({ purpose, proof: exchange.prove(secret, act) }),
    );
  }

  /** Proves a secret of which the service gets the public key. */
  #commit(exchange: Exchange, purpose: MessagePurpose, act: ProofAct, choice: ImageChoice): Promise<string> {
    return exchange.withSecret(this.#options.derive, choice, async (secret: ProofSecret) =>
      exchange.seal({ purpose, commitment: secret.commitment, proof: exchange.prove(secret, act) }),
    );
  }

  #proveFormer(exchange: Exchange, former: ImageChoice, userId: string, commitment: Uint8Array) {
    return exchange.withSecret(this.#options.derive, former, async (secret) =>
      exchange.prove(secret, proofActs.changeFrom(userId, commitment)),
    );
  }
}
