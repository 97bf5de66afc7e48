import { amrAfter, type PasskeyAssertion, type RecoveryCodeService, type TotpService } from '../../auth-modes/index.ts';
import { invalidField } from '../../kernel/index.ts';
import type { PasskeyFactor } from '../passkey/index.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { interactionErrors } from './interaction.errors.ts';
import type { InteractionState } from './interaction.state.ts';
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
 * @throws INVALID_INPUT The method has no code.
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
  if (method === 'passkey')
    throw invalidField('input.method', 'FACTOR_WITHOUT_CODE', 'A passkey has no code: submitFactorPasskey takes it.');
  if (!(await checks[method].verify(actor, tenant, { userId, code, knownDeviceId })))
    throw interactionErrors.FACTOR_CODE_WRONG();
  return goOnAfter(AMR);
}

/**
 * Proves the second factor by a passkey, for a challenge of this sign-in.
 * @param knownDeviceId The device, if the account was used on it before.
 * @throws PASSKEY_REFUSED Also while the second factor of the account is blocked. Records `sign_in.factor_failed`.
 * @throws PASSKEYS_DISABLED, TOO_MANY_REQUESTS
 */
export async function provePasskey(
  passkeys: Pick<PasskeyFactor, 'prove'>,
  { tenant, handle, actor, user }: OpenInteraction,
  assertion: PasskeyAssertion,
  knownDeviceId: string | null,
): Promise<Advance> {
  return goOnAfter(await passkeys.prove(actor, tenant, { user: user!, handle, assertion, knownDeviceId }));
}

/** Goes on with an account whose second factor was proved. @param amr How it shows (RFC 8176). */
export const goOnAfter =
  (amr: readonly string[]) =>
  (state: InteractionState): InteractionState => {
    const account = state.account!;
    return { ...state, account: { ...account, amr: amrAfter(account.amr, amr), isProvedNow: true } };
  };
