import type { EventActor, EventLog } from '../../events/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import { runGuardedTry } from '../lockout/guarded-try.ts';
import type { LockoutService } from '../lockout/lockout.service.ts';
import type { Attempt } from '../lockout/lockout.subject.ts';
import type { OneTimeCodeMode } from '../mode.ts';
import { secondFactorEvents } from './second-factor.events.ts';

/** A code entered at a sign-in. */
export interface SecondFactorTry {
  readonly userId: string;
  readonly code: string;
  /** Device on which the user signed in before; null for other devices. */
  readonly knownDeviceId: string | null;
}

export interface SecondFactorDeps {
  readonly lockouts: LockoutService;
  readonly events: EventLog;
}

/**
 * Whether the code of a sign-in is right; if so, it is used up. A wrong code, and any code while the second factor is
 * blocked, records a failure event (checks 45 and 46). All second factors of an account share one count, so that a second
 * kind of code gives no further guesses.
 * @throws TOO_MANY_REQUESTS
 */
export async function checkSecondFactor<Match>(
  { lockouts, events }: SecondFactorDeps,
  actor: EventActor,
  tenant: Pick<TenantRef, 'id'>,
  { userId, code, knownDeviceId }: SecondFactorTry,
  mode: Pick<OneTimeCodeMode<Match>, 'type' | 'match' | 'spend'>,
): Promise<boolean> {
  const attempt = secondFactorAttempt(tenant, userId, actor, knownDeviceId);
  const result = await runGuardedTry(lockouts, attempt, actor, () => mode.match(tenant.id, userId, code));
  if (result.kind === 'right' && (await mode.spend(tenant.id, result.proof))) return true;
  await events.append(actor, tenant, {
    type: secondFactorEvents['sign_in.factor_failed'],
    subjectId: userId,
    outcome: 'failure',
    reason: result.kind === 'blocked' ? 'locked_out' : 'wrong_code',
    params: { method: mode.type },
  });
  return false;
}

/** An attempt at the second factor of an account. */
export function secondFactorAttempt(
  tenant: Pick<TenantRef, 'id'>,
  userId: string,
  { origin }: EventActor,
  knownDeviceId: string | null,
): Attempt {
  return { tenant, factor: 'second', userId, name: userId, peerIp: origin.peerIp, knownDeviceId };
}
