import { Authority, isRecentSignIn } from '../../access/index.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { askAgain } from './interaction.state.ts';

/**
 * The authority of the user whose account was proved in an interaction, for the changes of the account that the sign-in demands.
 * It holds no permission, so nothing but the account is in reach. Its sign-in is the proof, so what needs a recent sign-in needs a
 * recent proof.
 */
export function authorityOfProved({ actor, tenant, state }: OpenInteraction): Authority {
  const { userId, amr, provedAt, sessionId } = state.account!;
  const authTime = new Date(provedAt);
  return new Authority({ ...actor, kind: 'user', tenant, userId, amr, sessionId, authTime }, tenant, 'self');
}

/** The authority by which somebody makes an account in an interaction: anonymous, and with no permission. */
export const authorityOfNew = ({ actor, tenant }: OpenInteraction): Authority => new Authority(actor, tenant, 'tenant');

/** Languages of mails of the sign-in, in the form of `Accept-Language`: those that the application prefers; null: the user's. */
export const languagesOf = ({ demands }: OpenInteraction): string | null =>
  demands.locales?.replaceAll(' ', ',') ?? null;

/**
 * What leads back to the first factor when its proof is too old for a change of credentials (check 54); null when it is not. The
 * user then goes on where the proof is missing, instead of starting again at the application.
 */
export function askAgainIfOld({ tenant, state, user }: OpenInteraction, now: Date): Advance | null {
  if (isRecentSignIn(new Date(state.account!.provedAt), tenant.settings.reauthSeconds, now)) return null;
  return (before) => ({ ...askAgain(before), identifier: before.identifier ?? user!.username });
}
