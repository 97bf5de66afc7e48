import { acrOf, factorsOf } from '../../auth-modes/index.ts';
import { isSameEmail, type User, type UserService } from '../../users/index.ts';
import type { PasswordFlow } from '../change-password.ts';
import type { EarlierAccess } from '../earlier-access.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { askAgain, closedReset, resetProvedBy } from './interaction.state.ts';
import { askAgainIfOld, authorityOfProved, languagesOf } from './proved-account.ts';

export interface NewPasswordStepDeps {
  readonly passwordFlow: Pick<
    PasswordFlow,
    'prepareDemanded' | 'writeDemanded' | 'prepareForgotten' | 'writeForgotten'
  >;
  readonly accounts: Pick<UserService, 'findIn' | 'update' | 'acceptTerms'>;
  readonly earlierAccess: Pick<EarlierAccess, 'end'>;
}

/**
 * Replaces a password that must be changed or was forgotten, after every factor of the account was proved. A demand for a change ends,
 * and so do the sessions of the account; one that goes on in this browser stays, unless the password was forgotten. Records
 * `password.changed`, or `password.reset`.
 * @throws PASSWORD_POLICY, PASSWORD_TOO_LONG, INVALID_INPUT, SERVICE_UNAVAILABLE
 */
export async function replacePassword(
  deps: NewPasswordStepDeps,
  open: OpenInteraction,
  newPassword: string,
  now: Date,
): Promise<Advance> {
  const again = askAgainIfOld(open, now);
  if (again !== null) return again;
  const provedEmail = resetProvedBy(open.state);
  return provedEmail === null
    ? replaceDemanded(deps, open, newPassword)
    : replaceForgotten(deps, open, newPassword, provedEmail);
}

async function replaceDemanded(
  { passwordFlow }: NewPasswordStepDeps,
  open: OpenInteraction,
  newPassword: string,
): Promise<Advance> {
  const authority = authorityOfProved(open);
  const prepared = await passwordFlow.prepareDemanded(authority, open.user!.id, newPassword);
  return async (state) => {
    await passwordFlow.writeDemanded(authority, prepared, { languages: languagesOf(open) });
    return state;
  };
}

/** @param provedEmail The address to which the code was mailed. It proves nothing when it is no longer that of the account. */
async function replaceForgotten(
  deps: NewPasswordStepDeps,
  open: OpenInteraction,
  newPassword: string,
  provedEmail: string,
): Promise<Advance> {
  const { passwordFlow, accounts } = deps;
  const authority = authorityOfProved(open);
  const prepared = await passwordFlow.prepareForgotten(authority, open.user!.id, newPassword);
  return async (state) => {
    const user = (await accounts.findIn(open.tenant.id, open.user!.id))!;
    if (!isSameEmail(user.email ?? '', provedEmail)) return askAgain(state);
    const confirmed = await confirmAddress(deps, open, user);
    await passwordFlow.writeForgotten(authority, { ...prepared, user: confirmed }, { languages: languagesOf(open) });
    return { ...state, passwordReset: closedReset(state) };
  };
}

/**
 * Confirms the address that the code proved. Another person may have made the account with this address before anybody had confirmed
 * it, and signs in no more; who showed a second factor of the account is that person. One that was attached in this reset
 * shows nothing of that: the step that attached it has ended what was before.
 * @returns The account afterwards.
 */
async function confirmAddress(
  { accounts, earlierAccess }: NewPasswordStepDeps,
  open: OpenInteraction,
  user: User,
): Promise<User> {
  if (user.emailVerified) return user;
  const authority = authorityOfProved(open);
  if (factorsOf(acrOf(open.state.account!.amr)) === 1) await earlierAccess.end(authority, user.id);
  // The code replaces the permission for this one value.
  return accounts.update(authority.withReach('tenant'), user.id, { emailVerified: true });
}
