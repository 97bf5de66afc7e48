import { createPrivateKey } from 'node:crypto';
import {
  type ChallengeOwner,
  type ChallengeRecord,
  challengeText,
  isChallengeOf,
  newChallenge,
  provedChallenge,
} from '../../../src/auth-modes/image-proof/challenge.ts';
import { readCipherKey } from '../../../src/auth-modes/image-proof/cipher-key.ts';
import { saltOf } from '../../../src/auth-modes/image-proof/derivations.ts';
import { foldedName } from '../../../src/auth-modes/image-proof/encoding.ts';
import { type EnvelopeType, openEnvelope, sealEnvelope } from '../../../src/auth-modes/image-proof/envelope.ts';
import { type MessagePurpose, readMessage } from '../../../src/auth-modes/image-proof/payload.ts';
import { type SchnorrProof, verifyProof } from '../../../src/auth-modes/image-proof/proof.ts';
import { loadRistretto255 } from '../../../src/auth-modes/image-proof/ristretto.ts';
import {
  PROOF_VERSION,
  type ProofAct,
  type ProofChallenge,
  proofActs,
} from '../../../src/auth-modes/image-proof/transcript.ts';
import { Decrypter } from '../../../src/crypto/signing/decrypter.ts';
import type { ChallengeAnswer } from '../../../web/zero-knowledge/challenge.ts';
import type {
  AuthenticationMessage,
  ChallengeRequest,
  CommitmentMessage,
  EmailMessage,
  ProofTransport,
  RegistrationMessage,
  ResetMessage,
  ResetRequest,
  SignInTicket,
} from '../../../web/zero-knowledge/transport.ts';
import { TransportError } from '../../../web/zero-knowledge/transport-error.ts';
import { AUDIENCE, SALT_KEY, SERVER_KEY, SERVER_KID } from '../../src/auth-modes/image-proof/vectors.ts';

const group = await loadRistretto255();
const decrypter = new Decrypter(SERVER_KID, createPrivateKey({ key: { ...SERVER_KEY }, format: 'jwk' }));

/** A user as the service knows one. */
export interface KnownUser {
  readonly userId: string;
  commitment: Uint8Array;
  email: string;
}

/** The part of the service that has no state, with as little of it around as the library needs to speak to it. */
export class PureService implements ProofTransport {
  static readonly RESET_CODE = 'code-1';
  readonly tenant = 'acme';
  readonly users = new Map<string, KnownUser>();
  /** All that clients sent, as text. */
  readonly sent: string[] = [];
  /** Who is signed in. */
  session: { readonly username: string; readonly userId: string; readonly sessionId: string } | null = null;
  readonly #challenges = new Map<string, ChallengeRecord>();
  readonly #audience: string;

  /** @param audience Issuer to which proofs are bound. */
  constructor(audience = AUDIENCE) {
    this.#audience = audience;
  }

  askChallenge({ username, cipherKey, requestId }: ChallengeRequest): Promise<ChallengeAnswer> {
    return this.#challenge({ username: foldedName(username), requestId, session: null }, cipherKey);
  }

  askOwnChallenge(cipherKey: string): Promise<ChallengeAnswer> {
    return this.#challenge(this.#own(), cipherKey);
  }

  async register(message: RegistrationMessage): Promise<void> {
    const { username, email, requestId } = message;
    const act = proofActs.register(email, requestId);
    const owner = { username: foldedName(username), requestId, session: null };
    const commitment = await this.#readCommitment(message, 'register', owner, act);
    this.users.set(owner.username, { userId: `user-${owner.username}`, commitment, email });
  }

  async authenticate(message: AuthenticationMessage): Promise<SignInTicket> {
    this.#keep(message);
    const { username, requestId, challengeData } = message;
    const owner = { username: foldedName(username), requestId, session: null };
    const opened = await this.#open('sv-zkp-response', challengeData, 'authenticate', owner);
    if (opened.message.challengeId !== message.challengeId) refuse();
    this.#verify(this.#stored(owner.username), opened.message.proof, {
      owner,
      act: proofActs.authenticate(requestId),
      challenge: opened.challenge,
    });
    return { nonce: 'ticket-1', mustVerifyEmail: false };
  }

  async requestReset(request: ResetRequest): Promise<void> {
    this.#keep(request);
  }

  async reset(message: ResetMessage): Promise<void> {
    const owner = { username: foldedName(message.username), requestId: 'reset-1', session: null };
    const act = proofActs.reset(PureService.RESET_CODE);
    this.#user(owner.username).commitment = await this.#readCommitment(message, 'reset', owner, act);
  }

  async change(sent: CommitmentMessage): Promise<void> {
    this.#keep(sent);
    const owner = this.#own();
    const { userId } = owner.session!;
    const user = this.#user(owner.username);
    const { message, challenge } = await this.#open('sv-zkp-commitment', sent.encryptedCommitment, 'change', owner);
    const commitment = message.commitment!;
    if (message.former === null) refuse();
    const from = proofActs.changeFrom(userId, commitment);
    this.#verify(user.commitment, message.former!, { owner, act: from, challenge });
    this.#verify(commitment, message.proof, { owner, act: proofActs.change(userId), challenge });
    user.commitment = commitment;
  }

  async updateEmail(sent: EmailMessage): Promise<void> {
    this.#keep(sent);
    const owner = this.#own();
    const user = this.#user(owner.username);
    const { message, challenge } = await this.#open('sv-zkp-response', sent.challengeData, 'update-email', owner);
    const act = proofActs.updateEmail(owner.session!.userId, sent.email);
    this.#verify(user.commitment, message.proof, { owner, act, challenge });
    user.email = sent.email;
  }

  async #challenge(owner: ChallengeOwner, cipherKey: string): Promise<ChallengeAnswer> {
    this.#keep({ cipherKey });
    const key = readCipherKey(cipherKey)!;
    const made = newChallenge(owner, key);
    this.#challenges.set(made.id, made.record);
    const { x, y } = SERVER_KEY;
    const salt = saltOf(SALT_KEY, { tenant: this.tenant, username: owner.username });
    const text = challengeText(made, { salt, issuedAt: new Date(), key: { kid: SERVER_KID, x, y } });
    return { challengeData: await sealEnvelope('sv-zkp-challenge', text, key), version: PROOF_VERSION };
  }

  async #readCommitment(
    sent: CommitmentMessage,
    purpose: MessagePurpose,
    owner: ChallengeOwner,
    act: ProofAct,
  ): Promise<Uint8Array> {
    this.#keep(sent);
    const { message, challenge } = await this.#open('sv-zkp-commitment', sent.encryptedCommitment, purpose, owner);
    this.#verify(message.commitment!, message.proof, { owner, act, challenge });
    return message.commitment!;
  }

  async #open(type: EnvelopeType, jwe: string, purpose: MessagePurpose, owner: ChallengeOwner) {
    const plaintext = await openEnvelope(decrypter, type, jwe);
    const message = plaintext === null ? null : readMessage(plaintext, purpose);
    const record = message === null ? undefined : this.#challenges.get(message.challengeId);
    if (message === null || record === undefined) return refuse();
    this.#challenges.delete(message.challengeId);
    if (!isChallengeOf(record, owner)) refuse();
    return { message, challenge: provedChallenge(message.challengeId, record) };
  }

  #verify(
    commitment: Uint8Array,
    proof: SchnorrProof,
    { owner, act, challenge }: { owner: ChallengeOwner; act: ProofAct; challenge: ProofChallenge },
  ): void {
    const identity = { tenant: this.tenant, username: owner.username };
    if (!group.isElement(commitment)) refuse();
    if (!verifyProof(group, commitment, proof, { identity, act, audience: this.#audience, challenge })) refuse();
  }

  #own(): ChallengeOwner {
    const { username, ...session } = this.session ?? refuse();
    return { username: foldedName(username), requestId: null, session };
  }

  #user(username: string): KnownUser {
    return this.users.get(username) ?? refuse();
  }

  #stored(username: string): Uint8Array {
    return this.#user(username).commitment;
  }

  #keep(message: object): void {
    this.sent.push(JSON.stringify(message));
  }
}

function refuse(): never {
  throw new TransportError('AUTHENTICATION_FAILED');
}
