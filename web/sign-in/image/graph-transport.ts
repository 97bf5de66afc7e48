import type { ChallengeAnswer } from '../../zero-knowledge/challenge.ts';
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
} from '../../zero-knowledge/transport.ts';
import type { PageDocument, Send } from '../graph.ts';
import {
  ChangeOwnImage,
  RegisterWithImage,
  RequestEmailChange,
  RequestImageChallenge,
  RequestImageReset,
  RequestOwnImageChallenge,
  ResetImage,
  SignInWithImage,
} from '../operations.generated.ts';
import { RefusedRequest } from './refusal.ts';

/**
 * Sends messages about images to the graph, for the native issuer.
 * Each method throws `RefusedRequest`.
 */
export class GraphTransport implements ProofTransport {
  readonly #tenant: string;
  readonly #send: Send;

  /** @param tenant Its name. */
  constructor(tenant: string, send: Send) {
    this.#tenant = tenant;
    this.#send = send;
  }

  async askChallenge({ username, cipherKey, requestId }: ChallengeRequest): Promise<ChallengeAnswer> {
    return (await this.#ask(RequestImageChallenge, { username, cipherKey, requestId })).requestImageChallenge;
  }

  async askOwnChallenge(cipherKey: string): Promise<ChallengeAnswer> {
    return (await this.#ask(RequestOwnImageChallenge, { cipherKey })).requestOwnImageChallenge;
  }

  async register({ username, email, requestId, version, encryptedCommitment }: RegistrationMessage): Promise<void> {
    await this.#ask(RegisterWithImage, { username, email, requestId, version, encryptedCommitment });
  }

  async authenticate(message: AuthenticationMessage): Promise<SignInTicket> {
    const { username, cipherKey, requestId, challengeId, challengeData } = message;
    const proof = { username, cipherKey, requestId, challengeId, challengeData };
    const { ticket, isEmailConfirmationNeeded } = (await this.#ask(SignInWithImage, proof)).signInWithImage;
    return { nonce: ticket, mustVerifyEmail: isEmailConfirmationNeeded };
  }

  async requestReset({ clientId, username, email }: ResetRequest): Promise<void> {
    await this.#ask(RequestImageReset, { clientId, username, email });
  }

  async reset({ username, code, version, encryptedCommitment }: ResetMessage): Promise<void> {
    await this.#ask(ResetImage, { username, code, version, encryptedCommitment });
  }

  async change({ version, encryptedCommitment }: CommitmentMessage): Promise<void> {
    await this.#ask(ChangeOwnImage, { version, encryptedCommitment });
  }

  async updateEmail({ userId, email, challengeId, challengeData }: EmailMessage): Promise<void> {
    await this.#ask(RequestEmailChange, { userId, email, challengeId, challengeData });
  }

  async #ask<Data, Input>(
    document: PageDocument<Data, { input: Input }>,
    members: Omit<Input, 'tenant'>,
  ): Promise<Data> {
    // The compiler does not know that an input without a member is whole again with it.
    const input = { ...members, tenant: this.#tenant } as unknown as Input;
    const answer = await this.#send(document, { input });
    if ('refusal' in answer) throw new RefusedRequest(answer.refusal);
    return answer.data;
  }
}
