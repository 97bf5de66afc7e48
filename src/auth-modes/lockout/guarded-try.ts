import type { EventActor } from '../../events/index.ts';
import type { LockoutService } from './lockout.service.ts';
import type { Attempt } from './lockout.subject.ts';

/** Result of an attempt; one that is `blocked` may have been right. */
export type TryResult = 'right' | 'wrong' | 'blocked';

/**
 * Checks a proof and counts the attempt in the lock-out engine. Also checks it during a block, so that the response time
 * does not reveal the block; therefore `isRight` must not change anything.
 * @throws TOO_MANY_REQUESTS Too many attempts wait for this account.
 */
export function guardedTry(
  lockouts: LockoutService,
  attempt: Attempt,
  actor: EventActor,
  isRight: () => Promise<boolean>,
): Promise<TryResult> {
  return lockouts.serially(attempt, async () => {
    const { isBlocked } = await lockouts.check(attempt);
    const right = await isRight();
    if (isBlocked) return 'blocked';
    if (right) await lockouts.succeed(attempt);
    else await lockouts.fail(attempt, actor);
    return right ? 'right' : 'wrong';
  });
}
