import type { EventActor } from '../../events/index.ts';
import type { LockoutService } from './lockout.service.ts';
import type { Attempt } from './lockout.subject.ts';

/** Result of an attempt; one that is `blocked` may have been right. */
export type TryResult<Proof> =
  | { readonly kind: 'right'; readonly proof: Proof }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'blocked' };

/**
 * Checks a proof and counts the attempt in the lock-out engine (docs/lock-out.md): look for a block, check, then count the
 * failure or clear the count. Attempts at one account run one after the other.
 * @param prove Returns what was proved, or null if it was wrong. Also called during a block, so that the response time does
 *   not reveal the block; therefore it must not use up a code or begin a session.
 * @throws TOO_MANY_REQUESTS Too many attempts wait for this account.
 */
export function runGuardedTry<Proof>(
  lockouts: LockoutService,
  attempt: Attempt,
  actor: EventActor,
  prove: () => Promise<Proof | null>,
): Promise<TryResult<Proof>> {
  return lockouts.serially(attempt, async () => {
    const verdict = await lockouts.check(attempt);
    const proof = await prove();
    // Do not count attempts during a block, so that it ends at its announced time.
    if (verdict.isBlocked) return { kind: 'blocked' };
    if (proof === null) {
      await lockouts.fail(attempt, actor);
      return { kind: 'wrong' };
    }
    await lockouts.succeed(attempt, verdict);
    return { kind: 'right', proof };
  });
}
