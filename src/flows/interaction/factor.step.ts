import { amrAfter, type RecoveryCodeService, type TotpService } from '../../auth-modes/index.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { interactionErrors } from './interaction.errors.ts';
import type { FactorMethod } from './interaction.view.ts';

/** What checks the codes of each method, and how a right one shows in `amr` (RFC 8176). */
export interface FactorChecks {
  readonly totp: Pick<TotpService, 'verify'>;
  readonly 'recovery-code': Pick<RecoveryCodeService, 'verify'>;
}

const AMR = ['otp'];

/** A code as typed. */
export interface TypedFactor {
  readonly method: FactorMethod;
  readonly code: string;
}

/**
 * Proves the second factor by a code, which is used up.
 * @param knownDeviceId The device, if the account was used on it before.
 * @throws FACTOR_CODE_WRONG Also while the second factor of the account is blocked. Records `sign_in.factor_failed`.
 * @throws TOO_MANY_REQUESTS
 */
export async function proveFactor(
  checks: FactorChecks,
  { tenant, actor, user }: OpenInteraction,
  { method, code }: TypedFactor,
  knownDeviceId: string | null,
): Promise<Advance> {
  const { id: userId } = user!;
  if (!(await checks[method].verify(actor, tenant, { userId, code, knownDeviceId })))
    throw interactionErrors.FACTOR_CODE_WRONG();
  return (state) => {
    const account = state.account!;
    return { ...state, account: { ...account, amr: amrAfter(account.amr, AMR), isProvedNow: true } };
  };
}
