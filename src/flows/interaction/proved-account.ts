import { Authority, isRecentSignIn } from '../../access/index.ts';
import { acrOf, type CredentialStore, factorsOf } from '../../auth-modes/index.ts';
import type { SessionRow } from '../../sessions/index.ts';
import type { User } from '../../users/index.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { interactionErrors } from './interaction.errors.ts';
import { askAgain, type ProvedAccount } from './interaction.state.ts';

/** A user who has proved an account, by whatever means. */
export interface ProvedUser {
  readonly user: Pick<User, 'id' | 'proofVersion'>;
  /** How it was proved (RFC 8176). */
  readonly amr: readonly string[];
}

/** What somebody chose beside the proof of the first factor. */
export interface FirstFactorChoices {
  /** The name for the event and for the next try. */
  readonly identifier: string;
  /** Whether the browser stays signed in after it is closed, where the tenant offers that. */
  readonly isRemembered?: boolean | null | undefined;
}

/** Longest name that is kept for the next try. No account has a longer one. */
const MAX_KEPT = 320;

/** The account of a user, as the steps know it. It renews the session of the browser where that is one of the same user. */
export const accountProved = (
  { user, amr }: ProvedUser,
  session: SessionRow | null,
  provedAt: Date,
): ProvedAccount => ({
  userId: user.id,
  proofVersion: user.proofVersion,
  amr,
  provedAt: provedAt.toISOString(),
  sessionId: session?.userId === user.id ? session.id : null,
  isProvedNow: true,
});

/** Goes on with an account whose first factor was proved. */
export function goOnWith(
  { tenant, session }: OpenInteraction,
  proved: ProvedUser,
  provedAt: Date,
  { identifier, isRemembered }: FirstFactorChoices,
): Advance {
  return (state) => ({
    ...state,
    account: accountProved(proved, session, provedAt),
    identifier: identifier.slice(0, MAX_KEPT),
    isRemembered: tenant.settings.rememberMe && isRemembered === true,
  });
}

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

/** Whether the user has shown a second factor in this sign-in, or the session did on which it rests. */
export const isFactorShown = ({ state }: OpenInteraction): boolean => factorsOf(acrOf(state.account!.amr)) === 2;

/**
 * Has a second factor added only where the account has none or one was shown: with a stolen password alone, an attacker could add a
 * factor of theirs. Inside the unit of work of the step, in which the account is locked, because another sign-in may add one meanwhile.
 * @throws INTERACTION_STEP_OTHER
 */
export async function assertFactorShown(
  { credentials }: { readonly credentials: Pick<CredentialStore, 'acceptedAsSecond'> },
  open: OpenInteraction,
): Promise<void> {
  if (isFactorShown(open)) return;
  const accepted = await credentials.acceptedAsSecond(open.tenant.id, open.user!.id);
  if (accepted.length > 0) throw interactionErrors.INTERACTION_STEP_OTHER();
}
