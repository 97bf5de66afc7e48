import type { UserStore } from '../../users/index.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { interactionErrors } from './interaction.errors.ts';
import type { ProvedAccount, SignInDemands } from './interaction.state.ts';

type Users = Pick<UserStore, 'findById'>;

/**
 * The account that the session of the browser proves; null when there is no session, when the user has to prove it anew, or
 * when another account is demanded.
 */
export async function accountOfSession(
  users: Users,
  { tenant, demands, session }: Pick<OpenInteraction, 'tenant' | 'demands' | 'session'>,
): Promise<ProvedAccount | null> {
  if (session === null || demands.mustAuthenticate || !isAllowed(demands, session.userId)) return null;
  const user = await users.findById(tenant.id, session.userId);
  if (user === null) return null;
  const { id: userId, proofVersion } = user;
  const { id: sessionId, amr, authTime } = session;
  return { userId, proofVersion, amr, provedAt: authTime.toISOString(), sessionId, isProvedNow: false };
}

const isAllowed = ({ userId }: SignInDemands, id: string): boolean => userId === null || userId === id;

/**
 * Chooses the account that is signed in in the browser, or another one that is to be proved.
 * @param userId Null: another account.
 * @throws INTERACTION_STEP_OTHER The account is no longer the one that is signed in.
 */
export async function chooseAccount(users: Users, open: OpenInteraction, userId: string | null): Promise<Advance> {
  const isPresent = userId !== null && open.session?.userId === userId;
  if (userId !== null && !isPresent) throw interactionErrors.INTERACTION_STEP_OTHER();
  const account = isPresent ? await accountOfSession(users, open) : null;
  const username = isPresent ? ((await users.findById(open.tenant.id, userId))?.username ?? null) : null;
  return (state) => ({ ...state, account, isAccountChosen: true, identifier: username });
}
