import type { Attempt, CredentialType, LockoutService } from '../../auth-modes/index.ts';
import type { EventActor, EventLog } from '../../events/index.ts';
import { type Clock, type IdentityError, kernelErrors } from '../../kernel/index.ts';
import { signInEvents } from '../sign-in.events.ts';

/** What an attempt is for, and why it is refused whatever the proof. */
export interface AttemptNote {
  readonly purpose: 'sign-in' | 'change' | 'update-email';
  /** Null: the proof alone decides. */
  readonly reason: string | null;
}

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
   * @throws TOO_MANY_REQUESTS With the seconds until the end of the block.
   */
  async assertFree(attempt: Attempt): Promise<void> {
    const { lockouts, clock } = this.#deps;
    const { until } = await lockouts.check(attempt);
    if (until === null) return;
    const retryAfterSeconds = Math.max(1, Math.ceil((until.getTime() - clock.now().getTime()) / 1000));
    throw kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds });
  }

  /**
   * Runs an attempt, one after the other for each account, and counts it.
   * @param prove Returns what was proved, null if it was wrong.
   * @throws TOO_MANY_REQUESTS Before the proof is looked at.
   * @throws The error of a wrong proof. Records `sign_in.failed`.
   */
  run<Proof>(
    attempt: Attempt,
    actor: EventActor,
    note: AttemptNote,
    prove: () => Promise<Proof | null>,
  ): Promise<Proof> {
    const { lockouts, refused } = this.#deps;
    return lockouts.serially(attempt, async () => {
      await this.assertFree(attempt);
      const proved = await prove();
      if (proved === null) {
        await lockouts.fail(attempt, actor);
        await this.#recordRefusal(attempt, actor, note);
        throw refused();
      }
      await lockouts.succeed(attempt);
      return proved;
    });
  }

  async #recordRefusal(
    { tenant, userId }: Attempt,
    actor: EventActor,
    { purpose, reason }: AttemptNote,
  ): Promise<void> {
    const { events, method } = this.#deps;
    await events.append(actor, tenant, {
      type: signInEvents['sign_in.failed'],
      subjectId: userId,
      outcome: 'failure',
      reason: reason ?? 'wrong_proof',
      params: { method, ...(purpose === 'sign-in' ? {} : { purpose }) },
    });
  }
}

/** The actor of an attempt, whose user is not known yet. */
export const toActor = ({
  origin,
  clientId,
  clientAuth,
}: Pick<EventActor, 'clientId' | 'clientAuth' | 'origin'>): EventActor => ({
  kind: 'anonymous',
  userId: null,
  clientId,
  clientAuth,
  sessionId: null,
  origin,
});
