import { type Authority, isRecentSignIn } from '../../access/index.ts';
import {
  type Attempt,
  acrOf,
  type CredentialStore,
  factorsOf,
  foldedName,
  type ImageProofMode,
  PROOF_VERSION,
  type ProofAct,
  type ProofContext,
  type ProofMessage,
  type ProvedCommitment,
  proofActs,
} from '../../auth-modes/index.ts';
import { type Clock, kernelErrors } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { OneTimeCodeStore, SessionService } from '../../sessions/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import { type AccountSource, emailFault, getAccount, type User, userErrors } from '../../users/index.ts';
import type { EmailConfirmationFlow } from '../email-confirmation.ts';
import { countMail, isMailedEnough, MAIL_PAUSE_SECONDS } from '../mail-pace.ts';
import { requireSignedIn } from '../signed-in.ts';
import { commitmentOf, requireVersion, type SentCommitment } from './image-proof.enrolment.ts';
import { imageProofErrors } from './image-proof.errors.ts';
import { type GivenChallenge, requireKey } from './image-proof.sign-in.ts';
import type { ProofExchange } from './proof-exchange.ts';
import type { ProofGuard, ProofPurpose } from './proof-guard.ts';
import { countLiveness, type LivenessCounter } from './told-liveness.ts';

/** A new address, with a proof for this change. */
export interface AskEmailChange {
  /** As sent. */
  readonly email: string;
  readonly challengeId: string;
  /** Encrypted for the key of the tenant. */
  readonly challengeData: string;
  /** Issuer at the host of the request, in the configuration of the service. */
  readonly audience: string;
  /** The address of the page on which the new address is confirmed. */
  readonly toConfirmation: (code: string) => string;
}

export interface ImageProofChangeDeps {
  readonly db: Database;
  readonly exchange: ProofExchange;
  readonly guard: ProofGuard;
  readonly mode: ImageProofMode;
  readonly users: AccountSource;
  readonly codes: Pick<OneTimeCodeStore, 'put' | 'countSince'>;
  readonly credentials: Pick<CredentialStore, 'acceptedAsSecond'>;
  readonly confirmations: Pick<EmailConfirmationFlow, 'send' | 'wordingFor'>;
  readonly sessions: Pick<SessionService, 'revokeAllOf'>;
  readonly liveness: LivenessCounter;
  readonly clock: Clock;
}

/** What counts mails to addresses that accounts want to have. */
const CHANGE_MAIL = 'email-change-mail';

/** How old the sign-in may be by which an account without an image gets its first one. */
const FIRST_IMAGE_SECONDS = 300;

/** A user in a session of the tenant. */
interface SignedIn {
  readonly user: User;
  readonly sessionId: string;
}

/** A new commitment, and the one that it replaces. */
interface Replacement {
  readonly commitment: Uint8Array;
  /** Null: the account has none. */
  readonly former: ProvedCommitment | null;
}

/** Lets users prove their image once more, to change what a stolen access token must not change. */
export class ImageProofChange {
  readonly #deps: ImageProofChangeDeps;

  constructor(deps: ImageProofChangeDeps) {
    this.#deps = deps;
  }

  /**
   * A challenge for the user of a session. It works in that session alone.
   * @throws FORBIDDEN The caller is no user in a session of the tenant.
   * @throws TOO_MANY_REQUESTS The account or the address is blocked.
   * @throws IMAGE_PROOF_KEY_INVALID
   */
  async challenge(authority: Authority, cipherKey: string): Promise<GivenChallenge> {
    const { exchange, guard } = this.#deps;
    const signedIn = await this.#signedIn(authority);
    await guard.assertFree(attemptOf(authority, signedIn));
    const key = requireKey(cipherKey);
    const { peerIp } = authority.caller.origin;
    const challengeData = await exchange.challenge(authority.tenant, { owner: ownerOf(signedIn), key, peerIp });
    return { challengeData, version: PROOF_VERSION };
  }

  /**
   * Replaces the commitment of the caller. The former secret is proved too; without one only an account that has none gets its first,
   * shortly after a sign-in, which showed a second factor where the account has one. Ends the other sessions of the account.
   * @throws IMAGE_PROOF_REFUSED A proof or the challenge is not right. Counts as a failed attempt.
   * @throws IMAGE_PROOF_VERSION_UNSUPPORTED, TOO_MANY_REQUESTS, FORBIDDEN
   */
  async change(authority: Authority, input: SentCommitment): Promise<void> {
    const { db, mode, sessions } = this.#deps;
    requireVersion(input);
    const signedIn = await this.#signedIn(authority);
    const { user, sessionId } = signedIn;
    const proved = await this.#guarded(authority, signedIn, 'change', () => this.#prove(authority, signedIn, input));
    const sealed = await mode.seal(authority.tenant, user.id, proved.commitment);
    await db.transaction(async () => {
      const isWritten = await mode.write(authority, user, sealed, {
        event: 'image_proof.changed',
        former: proved.former,
      });
      // Another request has replaced what was proved.
      if (!isWritten) throw imageProofErrors.IMAGE_PROOF_REFUSED();
      await sessions.revokeAllOf(authority, user.id, { exceptSessionId: sessionId });
    });
    await countLiveness(this.#deps.liveness, authority.tenant, input);
  }

  /**
   * Mails a code to another e-mail address, which the account has once the code is used: one a minute, five an hour. The caller proves the image for this change.
   * @throws USER_EMAIL_INVALID The challenge is not used up.
   * @throws IMAGE_PROOF_REFUSED Counts as a failed attempt.
   * @throws TOO_MANY_REQUESTS, FORBIDDEN
   */
  async requestEmailChange(authority: Authority, tenant: KnownTenant, input: AskEmailChange): Promise<void> {
    const { confirmations, db } = this.#deps;
    const { email: newEmail, toConfirmation: toAddress } = input;
    assertEmail(newEmail);
    const signedIn = await this.#signedIn(authority);
    const paced = { kind: CHANGE_MAIL, userId: signedIn.user.id };
    if (await isMailedEnough(this.#deps, tenant, paced))
      throw kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: MAIL_PAUSE_SECONDS });
    await this.#proveEmailChange(authority, signedIn, input);
    const wording = await confirmations.wordingFor(tenant);
    await db.transaction(async () => {
      await countMail(this.#deps, tenant, paced);
      await confirmations.send(authority, { user: signedIn.user, newEmail, wording, toAddress });
    });
  }

  async #proveEmailChange(authority: Authority, signedIn: SignedIn, input: AskEmailChange): Promise<void> {
    const { exchange, mode } = this.#deps;
    const { tenant } = authority;
    const { id } = signedIn.user;
    await this.#guarded(authority, signedIn, 'update-email', async () => {
      const challenge = await exchange.redeem(tenant, input.challengeId, ownerOf(signedIn));
      const message = await exchange.read(tenant, 'update-email', input.challengeData);
      if (challenge === null || message?.challengeId !== input.challengeId) return null;
      const act = proofActs.updateEmail(id, input.email);
      const context = { identity: identityOf(authority, signedIn), act, audience: input.audience, challenge };
      return mode.prove(tenant.id, id, { proof: message.proof, context });
    });
  }

  async #prove(authority: Authority, signedIn: SignedIn, input: SentCommitment): Promise<Replacement | null> {
    const { exchange, mode } = this.#deps;
    const { tenant } = authority;
    const { id } = signedIn.user;
    const message = await exchange.read(tenant, 'change', input.encryptedCommitment);
    if (message === null) return null;
    const challenge = await exchange.redeem(tenant, message.challengeId, ownerOf(signedIn));
    if (challenge === null) return null;
    const commitment = commitmentOf(message);
    const identity = identityOf(authority, signedIn);
    const contextOf = (act: ProofAct): ProofContext => ({ identity, act, audience: input.audience, challenge });
    const given = { proof: message.proof, context: contextOf(proofActs.change(id)) };
    const isOwned = await mode.verifyNew(commitment, given);
    if (!isOwned) return null;
    const former = await this.#formerOf(authority, id, message, contextOf(proofActs.changeFrom(id, commitment)));
    return former === 'wrong' ? null : { commitment, former };
  }

  /** The commitment that was proved; null: the account has none, and gets its first. */
  async #formerOf(
    { tenant, caller }: Authority,
    userId: string,
    { former: proof }: ProofMessage,
    context: ProofContext,
  ): Promise<ProvedCommitment | null | 'wrong'> {
    const { clock, credentials, mode } = this.#deps;
    if (proof !== null) return (await mode.prove(tenant.id, userId, { proof, context })) ?? 'wrong';
    const isRecent = isRecentSignIn(caller.authTime, FIRST_IMAGE_SECONDS, clock.now());
    if (!isRecent || (await mode.isSetUp(tenant.id, userId))) return 'wrong';
    // A stolen password alone gives nobody an image.
    const isStrong = factorsOf(acrOf(caller.amr)) === 2;
    return isStrong || (await credentials.acceptedAsSecond(tenant.id, userId)).length === 0 ? null : 'wrong';
  }

  #guarded<Proof>(
    authority: Authority,
    signedIn: SignedIn,
    purpose: ProofPurpose,
    prove: () => Promise<Proof | null>,
  ): Promise<Proof> {
    return this.#deps.guard.run(attemptOf(authority, signedIn), authority.caller, purpose, prove);
  }

  /** @throws FORBIDDEN The caller is no user in a session of the tenant. @throws USER_NOT_FOUND */
  async #signedIn(authority: Authority): Promise<SignedIn> {
    const { userId, sessionId } = requireSignedIn(authority);
    return { user: await getAccount(this.#deps.users, authority.tenant.id, userId), sessionId };
  }
}

/** @throws USER_EMAIL_INVALID */
function assertEmail(email: string): void {
  const message = emailFault(email);
  if (message === null) return;
  const { code } = userErrors.USER_EMAIL_INVALID();
  throw userErrors.USER_EMAIL_INVALID({ message, fields: [{ path: 'input.email', code, message }] });
}

const identityOf = ({ tenant }: Authority, { user }: SignedIn) => ({
  tenant: tenant.name,
  username: foldedName(user.username),
});

const ownerOf = ({ user, sessionId }: SignedIn) => ({
  username: foldedName(user.username),
  requestId: null,
  session: { userId: user.id, sessionId },
});

const attemptOf = ({ tenant, caller }: Authority, { user, sessionId }: SignedIn): Attempt => ({
  tenant,
  factor: 'first',
  userId: user.id,
  name: user.username,
  peerIp: caller.origin.peerIp,
  // The session counts as a known device, so that failures of attackers do not block a user who is already signed in.
  knownDeviceId: sessionId,
});
