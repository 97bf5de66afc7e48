import type { PasswordFlow } from '../change-password.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { askAgainIfOld, authorityOfProved, languagesOf } from './proved-account.ts';

/**
 * Replaces a password that must be changed, after every factor of the account was proved. The demand ends, and so do the sessions of
 * the account, except one that goes on in this browser. Records `password.changed`.
 * @throws PASSWORD_POLICY, PASSWORD_TOO_LONG, INVALID_INPUT, SERVICE_UNAVAILABLE
 */
export async function replacePassword(
  passwordFlow: Pick<PasswordFlow, 'prepareDemanded' | 'writeDemanded'>,
  open: OpenInteraction,
  newPassword: string,
  now: Date,
): Promise<Advance> {
  const again = askAgainIfOld(open, now);
  if (again !== null) return again;
  const authority = authorityOfProved(open);
  const prepared = await passwordFlow.prepareDemanded(authority, open.user!.id, newPassword);
  return async (state) => {
    await passwordFlow.writeDemanded(authority, prepared, { languages: languagesOf(open) });
    return state;
  };
}
