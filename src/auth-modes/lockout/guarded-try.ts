import type { EventActor } from '../../events/index.ts';
import type { LockoutService } from './lockout.service.ts';
import type { Attempt } from './lockout.subject.ts';

/** What a try came to; `blocked` may have been right. */
export type TryResult = 'right' | 'wrong' | 'blocked';

/**
 * One try at proving something, counted by the lock-out engine. The proof is looked at while a block runs too: the time of
 * the answer must not tell. So `isRight` changes nothing.
 * @throws TOO_MANY_REQUESTS Too many tries wait for this account.
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
