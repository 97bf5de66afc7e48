import type { Attempt, CredentialType, LockoutService, Verdict } from '../../auth-modes/index.ts';
import type { EventActor, EventLog } from '../../events/index.ts';
import { type Clock, type IdentityError, kernelErrors } from '../../kernel/index.ts';
import type { User } from '../../users/index.ts';
import { accountRefusal, isRevealable } from '../account-refusals.ts';
import { type AttemptOrigin, toActor } from '../attempt-actor.ts';
import { signInErrors } from '../sign-in.errors.ts';
import { signInFailed } from '../sign-in.events.ts';

/** What somebody who is signed in proves once more. */
export type ProofPurpose = 'change' | 'update-email';

/** How a wrong proof is recorded. */
interface RefusalNote {
  readonly reason: string;
  /** Whose proof it was to be. */
  readonly userId: string | null;
  /** Absent: a sign-in. */
  readonly purpose?: ProofPurpose;
}

const WRONG_PROOF = 'wrong_proof';

export interface ProofGuardDeps {
  readonly lockouts: Pick<LockoutService, 'serially' | 'check' | 'fail' | 'succeed'>;
  /** What is proved, and the error of a wrong proof. */
  readonly method: CredentialType;
  readonly refused: () => IdentityError;
  readonly events: EventLog;
  readonly clock: Clock;
}

/**
 * Counts attempts at proofs that answer a challenge in the lock-out engine, with all other first factors (docs/lock-out.md).
 */
export class ProofGuard {
  readonly #deps: ProofGuardDeps;

  constructor(deps: ProofGuardDeps) {
    this.#deps = deps;
  }

  /**
   * Clients of this method learn of a block, unlike those of passwords: an attempt would use up their challenge.
   * @returns What the engine found, for `succeed`.
   * @throws TOO_MANY_REQUESTS With the seconds until the end of the block.
   */
  async assertFree(attempt: Attempt): Promise<Verdict> {
    const { lockouts, clock } = this.#deps;
    const verdict = await lockouts.check(attempt);
    const { until } = verdict;
    if (until === null) return verdict;
    const retryAfterSeconds = Math.max(1, Math.ceil((until.getTime() - clock.now().getTime()) / 1000));
    throw kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds });
  }

  /**
   * Runs an attempt of a user who is signed in, one after the other for each account, and counts it.
   * @param prove Returns what was proved, null if it was wrong.
   * @throws TOO_MANY_REQUESTS Before the proof is looked at.
   * @throws The error of a wrong proof. Records `sign_in.failed`.
   */
  run<Proof>(
    attempt: Attempt,
    actor: EventActor,
    purpose: ProofPurpose,
    prove: () => Promise<Proof | null>,
  ): Promise<Proof> {
    return this.#run(attempt, actor, { reason: WRONG_PROOF, userId: attempt.userId, purpose }, prove);
  }

  /**
   * Runs an attempt to sign in as `run` does. Where the account may not sign in, a right proof is refused like a wrong one, unless the
   * user may learn that the account is disabled.
   * @param user Null: there is no such account.
   * @throws SIGN_IN_ACCOUNT_DISABLED The proof is right, and the account is disabled.
   * @throws TOO_MANY_REQUESTS, and the error of a wrong proof, as `run`.
   */
  async signIn<Proof>(
    attempt: Attempt,
    origin: AttemptOrigin,
    user: User | null,
    prove: () => Promise<Proof | null>,
  ): Promise<Proof> {
    const { clock, method } = this.#deps;
    const refusal = accountRefusal(user, method, clock.now());
    const isRevealed = isRevealable(refusal, user);
    const note = { reason: refusal ?? WRONG_PROOF, userId: user?.id ?? null };
    const proved = await this.#run(attempt, toActor(origin), note, async () => {
      const found = await prove();
      return refusal === null || isRevealed ? found : null;
    });
    if (isRevealed) throw signInErrors.SIGN_IN_ACCOUNT_DISABLED();
    return proved;
  }

  #run<Proof>(
    attempt: Attempt,
    actor: EventActor,
    note: RefusalNote,
    prove: () => Promise<Proof | null>,
  ): Promise<Proof> {
    const { lockouts, refused } = this.#deps;
    return lockouts.serially(attempt, async () => {
      const verdict = await this.assertFree(attempt);
      const proved = await prove();
      if (proved === null) {
        await lockouts.fail(attempt, actor);
        await this.#recordRefusal(attempt.tenant, actor, note);
        throw refused();
      }
      await lockouts.succeed(attempt, verdict);
      return proved;
    });
  }

  async #recordRefusal(
    tenant: Attempt['tenant'],
    actor: EventActor,
    { reason, userId, purpose }: RefusalNote,
  ): Promise<void> {
    const { events, method } = this.#deps;
    const params = { method, ...(purpose === undefined ? {} : { purpose }) };
    await events.append(actor, tenant, signInFailed(userId, reason, params));
  }
}
