import type { Authority } from '../../access/index.ts';
import {
  type Attempt,
  type BlockLiftService,
  type CredentialStore,
  foldedName,
  type ImageProofMode,
  type LockoutService,
  PROOF_VERSION,
  type ProofAct,
  type ProofMessage,
  proofActs,
} from '../../auth-modes/index.ts';
import { addSeconds, type Clock, type TenantRef } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { OneTimeCodeRow, OneTimeCodeStore } from '../../sessions/index.ts';
import type { KnownTenant, TenantDirectory } from '../../tenants/index.ts';
import { isSameEmail, type PreparedUser, type User, type UserService, type UserStore } from '../../users/index.ts';
import { accountRefusal } from '../account-refusals.ts';
import { countTryOfAddress, REGISTRATION_TRY } from '../address-tries.ts';
import type { EarlierAccess } from '../earlier-access.ts';
import type { EmailConfirmationFlow } from '../email-confirmation.ts';
import type { EndAccessFlow } from '../end-access/index.ts';
import { authorityByMail } from '../mail-owner.ts';
import type { MailWording } from '../mail-wording.ts';
import { mayRegister, takenAsTyped } from '../new-account.ts';
import { RESERVED_ID } from '../unknown-name.ts';
import { imageProofErrors } from './image-proof.errors.ts';
import type { ProofExchange } from './proof-exchange.ts';
import type { ProofGuard } from './proof-guard.ts';
import { newReset, RESET_KIND, type StoredReset, storedResetOf } from './reset-code.ts';
import { countLiveness, type LivenessCounter, type WithLiveness } from './told-liveness.ts';

/** A new commitment with its proof, as a client sends it. */
export interface SentCommitment extends WithLiveness {
  /** The version of the protocol that the client follows. */
  readonly version: string;
  /** Encrypted for the key of the tenant. */
  readonly encryptedCommitment: string;
  /** Issuer at the host of the request, in the configuration of the service. */
  readonly audience: string;
}

export interface RegisterWithImage extends SentCommitment {
  readonly username: string;
  readonly email: string;
  /** The request for a sign-in in which somebody registers; null: none. */
  readonly requestId: string | null;
  /** Whether the application of the request lets people register. */
  readonly isOpenAtClient: boolean;
  /** The address of the page on which the e-mail address is confirmed. */
  readonly toConfirmation: (code: string) => string;
}

export interface ResetImage extends SentCommitment {
  readonly username: string;
  readonly code: string;
}

export interface ImageProofEnrolmentDeps {
  readonly db: Database;
  readonly exchange: ProofExchange;
  readonly guard: ProofGuard;
  readonly mode: ImageProofMode;
  readonly codes: Pick<OneTimeCodeStore, 'put' | 'putWithin' | 'find' | 'take' | 'deleteOfUser'>;
  readonly credentials: Pick<CredentialStore, 'acceptedAsSecond'>;
  readonly directory: Pick<TenantDirectory, 'byId' | 'holdSettings'>;
  readonly users: Pick<UserService, 'prepare' | 'insert' | 'update'>;
  readonly userStore: Pick<UserStore, 'findByUsername' | 'lockToSignIn'>;
  readonly endAccess: Pick<EndAccessFlow, 'resetSessions'>;
  readonly earlierAccess: Pick<EarlierAccess, 'end'>;
  readonly lockouts: Pick<LockoutService, 'fail'>;
  readonly blockLifts: Pick<BlockLiftService, 'liftForNewPassword'>;
  readonly confirmations: Pick<EmailConfirmationFlow, 'send' | 'wordingFor'>;
  readonly liveness: LivenessCounter;
  readonly clock: Clock;
}

/** How long a code for a reset lives that somebody asked for. */
export const RESET_SECONDS = 900;

/** An account that is about to be made. */
interface Registration {
  readonly input: RegisterWithImage;
  readonly prepared: PreparedUser;
  readonly sealed: string;
  readonly wording: MailWording;
}

/** Gives accounts their commitment: when somebody registers, and when the image is lost. */
export class ImageProofEnrolment {
  readonly #deps: ImageProofEnrolmentDeps;

  constructor(deps: ImageProofEnrolmentDeps) {
    this.#deps = deps;
  }

  /**
   * Makes an account with an image proof, and mails a code that confirms its address. Whether the name is free shows only after a right
   * proof.
   * @throws IMAGE_PROOF_VERSION_UNSUPPORTED
   * @throws IMAGE_PROOF_REGISTRATION_CLOSED The tenant or the application lets nobody register.
   * @throws TOO_MANY_REQUESTS The address has tried to make too many accounts.
   * @throws IMAGE_PROOF_COMMITMENT_INVALID Also for a challenge that is unknown, used, expired, or of another name or request.
   * @throws The errors of creating an account.
   */
  async register(authority: Authority, input: RegisterWithImage): Promise<User> {
    const { confirmations, directory, mode, users } = this.#deps;
    const { tenant } = authority;
    requireVersion(input);
    const known = await directory.byId(tenant.id);
    if (known === null || !mayRegister(known.settings) || !input.isOpenAtClient) throw closed();
    const { username, email, requestId } = input;
    await countTryOfAddress(this.#deps, { tenant, actor: authority.caller }, REGISTRATION_TRY);
    const act = proofActs.register(email, requestId);
    const commitment = await this.#readNew(tenant, input, { act, requestId });
    if (commitment === null) throw imageProofErrors.IMAGE_PROOF_COMMITMENT_INVALID();
    const prepared = await users.prepare(authority, { username, email, emailVerified: false });
    const sealed = await mode.seal(tenant, prepared.id, commitment);
    const wording = await confirmations.wordingFor(known);
    const registered = await this.#insert(authority, known, { input, prepared, sealed, wording });
    await countLiveness(this.#deps.liveness, tenant, input);
    return registered;
  }

  #insert(authority: Authority, { settings }: KnownTenant, registration: Registration): Promise<User> {
    const { confirmations, db, mode, users } = this.#deps;
    const { input, prepared, sealed, wording } = registration;
    return db.transaction(async () => {
      const user = await users.insert(authority, { ...prepared, profileRole: 'user' }).catch((error: unknown) => {
        throw takenAsTyped(error, settings);
      });
      // The name as typed, because the proof is of that.
      await mode.add(authority, { id: user.id, username: input.username }, sealed);
      await confirmations.send(authority, { user, newEmail: null, wording, toAddress: input.toConfirmation });
      return user;
    });
  }

  /**
   * A code for a user, which the caller of this method mails to the address of the account. It replaces the former one and lives for
   * 15 minutes. Inside a unit of work.
   * @param user Null: nobody can use the code, which took the same statements.
   * @param requestId What challenges for the reset belong to, in the place of a request for a sign-in.
   */
  async issueReset(tenant: TenantRef, user: User | null, requestId: string): Promise<string> {
    const { codes, clock } = this.#deps;
    await codes.deleteOfUser(tenant.id, user?.id ?? RESERVED_ID, RESET_KIND);
    return codes.put(tenant, newReset(user, requestId, addSeconds(clock.now(), RESET_SECONDS)));
  }

  /**
   * Replaces the commitment of an account by one that was proved, with a code from a mail. Ends all sessions of the account and a block
   * for wrong proofs, and confirms the address to which the code was mailed. The code is used up if all is right. An account with a second
   * factor is reset by no mail.
   * @throws IMAGE_PROOF_CODE_INVALID The code, the name, or the proof is not right, all alike. Counts against the address.
   * @throws TOO_MANY_REQUESTS The address is blocked.
   * @throws IMAGE_PROOF_VERSION_UNSUPPORTED
   */
  async reset(authority: Authority, input: ResetImage): Promise<void> {
    const { guard, lockouts } = this.#deps;
    requireVersion(input);
    const attempt = resetAttempt(authority);
    await guard.assertFree(attempt);
    if (await this.#reset(authority, input)) return countLiveness(this.#deps.liveness, authority.tenant, input);
    await lockouts.fail(attempt, authority.caller);
    throw imageProofErrors.IMAGE_PROOF_CODE_INVALID();
  }

  async #reset(authority: Authority, input: ResetImage): Promise<boolean> {
    const { codes, db, mode, userStore } = this.#deps;
    const { tenant } = authority;
    const { code } = input;
    const row = await codes.find(tenant.id, RESET_KIND, code);
    const user = await userStore.findByUsername(tenant.id, input.username);
    const requestId = row === null ? null : storedResetOf(row).requestId;
    const commitment = await this.#readNew(tenant, input, { act: proofActs.reset(code), requestId });
    if (row === null || user === null || row.userId !== user.id || commitment === null) return false;
    // The secret contains the name as the account has it.
    if (foldedName(input.username) !== foldedName(user.username!)) return false;
    const sealed = await mode.seal(tenant, user.id, commitment);
    return db.transaction(() => this.#write(authority, row, code, sealed));
  }

  async #write(authority: Authority, row: OneTimeCodeRow, code: string, sealed: string): Promise<boolean> {
    const { blockLifts, clock, codes, directory, earlierAccess, endAccess, mode, users, userStore } = this.#deps;
    const { tenant } = authority;
    // Settings are held before rows are locked, because a change of settings may wait for the rows of accounts.
    await directory.holdSettings(tenant.id);
    const user = await userStore.lockToSignIn(tenant.id, row.userId!);
    if (user === null || !isUsable(storedResetOf(row), user, clock.now())) return false;
    // A mailbox stands for no second factor.
    if ((await this.#deps.credentials.acceptedAsSecond(tenant.id, user.id)).length > 0) return false;
    if ((await codes.take(tenant.id, RESET_KIND, code)) === null) return false;
    const own = authorityByMail(authority, user.id, clock.now());
    // Another person may have made the account with this address, and signs in no more.
    if (!user.emailVerified) await earlierAccess.end(own, user.id);
    await mode.write(own, user, sealed, { event: 'image_proof.reset' });
    await users.update(own, user.id, { emailVerified: true });
    await endAccess.resetSessions(own, user.id);
    await blockLifts.liftForNewPassword(own, user);
    return true;
  }

  /** The new commitment of a message whose challenge and proof are right, else null. */
  async #readNew(
    tenant: TenantRef,
    { username: typed, encryptedCommitment, audience }: SentCommitment & { readonly username: string },
    { act, requestId }: { readonly act: ProofAct; readonly requestId: string | null },
  ): Promise<Uint8Array | null> {
    const { exchange, mode } = this.#deps;
    const purpose = act.purpose as 'register' | 'reset';
    const message = await exchange.read(tenant, purpose, encryptedCommitment);
    if (message === null) return null;
    const username = foldedName(typed);
    const challenge = await exchange.redeem(tenant, message.challengeId, { username, requestId, session: null });
    if (challenge === null) return null;
    const context = { identity: { tenant: tenant.name, username }, act, audience, challenge };
    const commitment = commitmentOf(message);
    return (await mode.verifyNew(commitment, { proof: message.proof, context })) ? commitment : null;
  }
}

/** Messages of these purposes always have one. */
export const commitmentOf = ({ commitment }: ProofMessage): Uint8Array => commitment!;

/** @throws IMAGE_PROOF_VERSION_UNSUPPORTED */
export function requireVersion({ version }: Pick<SentCommitment, 'version'>): void {
  if (version !== PROOF_VERSION) throw imageProofErrors.IMAGE_PROOF_VERSION_UNSUPPORTED().at('input.version');
}

const closed = () => imageProofErrors.IMAGE_PROOF_REGISTRATION_CLOSED();

const isUsable = ({ to, proofVersion }: StoredReset, user: User, now: Date): boolean =>
  accountRefusal(user, 'image-proof', now) === null &&
  user.email != null &&
  isSameEmail(user.email, to) &&
  user.proofVersion === proofVersion;

/** Codes are guessed without an account, so they are counted by the address alone. */
const resetAttempt = ({ tenant, caller }: Authority): Attempt => ({
  tenant,
  factor: 'reset-code',
  userId: null,
  name: '',
  peerIp: caller.origin.peerIp,
  knownDeviceId: null,
});
