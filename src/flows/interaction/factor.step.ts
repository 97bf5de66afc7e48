import {
  amrAfter,
  type PasskeyAssertion,
  type RecoveryCodeService,
  type TotpService,
  type WebauthnKind,
} from '../../auth-modes/index.ts';
import { invalidField } from '../../kernel/index.ts';
import type { PasskeyFactor } from '../passkey/index.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { interactionErrors } from './interaction.errors.ts';
import type { InteractionState } from './interaction.state.ts';
import { type FactorMethod, hasCodes } from './interaction.view.ts';

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
  if (!hasCodes(method))
    throw invalidField('input.method', 'FACTOR_WITHOUT_CODE', 'It has no code: submitFactorPasskey takes it.');
  if (!(await checks[method].verify(actor, tenant, { userId, code, knownDeviceId })))
    throw interactionErrors.FACTOR_CODE_WRONG();
  return goOnAfter(AMR);
}

/** A passkey or security key as it was used. */
export interface UsedKey {
  readonly method: FactorMethod;
  readonly assertion: PasskeyAssertion;
}

/** @throws INVALID_INPUT The method has codes. */
export function requireKey(method: FactorMethod): WebauthnKind {
  if (hasCodes(method)) throw invalidField('input.method', 'FACTOR_WITH_CODE', 'It has a code: submitFactor takes it.');
  return method;
}

/**
 * Proves the second factor by a passkey or security key, for a challenge of this sign-in.
 * @param knownDeviceId The device, if the account was used on it before.
 * @throws INVALID_INPUT The method has codes.
 * @throws PASSKEY_REFUSED Also while the second factor of the account is blocked. Records `sign_in.factor_failed`.
 * @throws PASSKEYS_DISABLED, TOO_MANY_REQUESTS
 */
export async function provePasskey(
  passkeys: Pick<PasskeyFactor, 'prove'>,
  { tenant, handle, actor, user }: OpenInteraction,
  { method, assertion }: UsedKey,
  knownDeviceId: string | null,
): Promise<Advance> {
  const shown = { kind: requireKey(method), user: user!, handle, assertion, knownDeviceId };
  return goOnAfter(await passkeys.prove(actor, tenant, shown));
}

/** Goes on with an account whose second factor was proved. @param amr How it shows (RFC 8176). */
export const goOnAfter =
  (amr: readonly string[]) =>
  (state: InteractionState): InteractionState => {
    const account = state.account!;
    return { ...state, account: { ...account, amr: amrAfter(account.amr, amr), isProvedNow: true } };
  };
