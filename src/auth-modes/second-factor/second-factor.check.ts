import type { EventActor, EventLog } from '../../events/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import { runGuardedTry } from '../lockout/guarded-try.ts';
import type { LockoutService } from '../lockout/lockout.service.ts';
import type { Attempt } from '../lockout/lockout.subject.ts';
import type { CredentialType, OneTimeCodeMode } from '../mode.ts';
import { secondFactorEvents } from './second-factor.events.ts';

/** A second factor that is shown at a sign-in. */
interface ShownFactor {
  readonly userId: string;
  /** Device on which the user signed in before; null for other devices. */
  readonly knownDeviceId: string | null;
}

/** A code entered at a sign-in. */
export interface SecondFactorTry extends ShownFactor {
  readonly code: string;
}

/** A factor, and how a wrong one is recorded. */
export interface GuardedFactor extends ShownFactor {
  readonly method: CredentialType;
  readonly fault: string;
}

/** How a factor is checked in two steps, because one that is shown during a block is not used up. */
export interface FactorCheck<Proof> {
  /** What was shown; null: it is wrong. Changes nothing. */
  readonly match: () => Promise<Proof | null>;
  /** Uses it up. @returns False when a concurrent attempt did. */
  readonly spend: (proof: Proof) => Promise<boolean>;
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
  deps: SecondFactorDeps,
  actor: EventActor,
  tenant: Pick<TenantRef, 'id'>,
  { code, ...shown }: SecondFactorTry,
  mode: Pick<OneTimeCodeMode<Match>, 'type' | 'match' | 'spend'>,
): Promise<boolean> {
  const factor = { ...shown, method: mode.type, fault: 'wrong_code' };
  const proof = await proveSecondFactor(deps, actor, tenant, factor, {
    match: () => mode.match(tenant.id, shown.userId, code),
    spend: (matched) => mode.spend(tenant.id, matched),
  });
  return proof !== null;
}

/**
 * As `checkSecondFactor`, for what is no code.
 * @returns What was shown; null: it is wrong, or the second factor is blocked.
 * @throws TOO_MANY_REQUESTS
 */
export async function proveSecondFactor<Proof>(
  { lockouts, events }: SecondFactorDeps,
  actor: EventActor,
  tenant: Pick<TenantRef, 'id'>,
  { userId, knownDeviceId, method, fault }: GuardedFactor,
  { match, spend }: FactorCheck<Proof>,
): Promise<Proof | null> {
  const attempt = secondFactorAttempt(tenant, userId, actor, knownDeviceId);
  const result = await runGuardedTry(lockouts, attempt, actor, match);
  if (result.kind === 'right' && (await spend(result.proof))) return result.proof;
  await events.append(actor, tenant, {
    type: secondFactorEvents['sign_in.factor_failed'],
    subjectId: userId,
    outcome: 'failure',
    reason: result.kind === 'blocked' ? 'locked_out' : fault,
    params: { method },
  });
  return null;
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
