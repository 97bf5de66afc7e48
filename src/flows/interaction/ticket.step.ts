import type { EventLog } from '../../events/index.ts';
import type { Clock, IdentityError } from '../../kernel/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import { accountRefusal } from '../account-refusals.ts';
import { imageProofErrors, type SignInTicket, type SignInTickets } from '../image-proof/index.ts';
import { signInErrors } from '../sign-in.errors.ts';
import { signInFailed } from '../sign-in.events.ts';
import { lacksConfirmedEmail } from '../sign-in.steps.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { type FirstFactorChoices, goOnWith } from './proved-account.ts';

/** A ticket as a page got it. */
export interface GivenTicket extends Pick<FirstFactorChoices, 'isRemembered'> {
  readonly ticket: string;
}

export interface TicketStepDeps {
  readonly signInTickets: Pick<SignInTickets, 'redeem'>;
  readonly users: Pick<UserStore, 'findById'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Why nobody signs in by a ticket: the reason in the event, and the error. */
interface Refusal {
  readonly reason: string;
  readonly error: () => IdentityError;
}

/**
 * Proves the first factor by a ticket that was issued for this sign-in. Any ticket is used up that gets this far.
 * @param isAddressDemanded Whether a user whose address has to be verified first is refused, where no page can ask for that.
 * @throws SIGN_IN_TICKET_INVALID It is unknown, used, expired or was issued for another sign-in, or its proof does not count any more.
 * @throws SIGN_IN_REFUSED Another account is demanded, or this one may not sign in. Records `sign_in.failed`.
 * @throws SIGN_IN_EMAIL_UNVERIFIED Only with `isAddressDemanded`. Records `sign_in.failed`.
 */
export async function proveTicket(
  { signInTickets, users, events, clock }: TicketStepDeps,
  open: OpenInteraction,
  { ticket: given, isRemembered }: GivenTicket,
  isAddressDemanded = false,
): Promise<Advance> {
  const { tenant, handle: requestId, actor } = open;
  const ticket = await signInTickets.redeem(tenant, given, { requestId, actor });
  const user = await users.findById(tenant.id, ticket.userId);
  const refusal = findRefusal(open, ticket, user, clock.now()) ?? (isAddressDemanded ? findLack(open, user!) : null);
  if (refusal !== null) {
    await events.append(actor, tenant, signInFailed(ticket.userId, refusal.reason, { method: ticket.method }));
    throw refusal.error();
  }
  const { amr, provedAt } = ticket;
  return goOnWith(open, { user: user!, amr }, provedAt, { identifier: user!.username, isRemembered });
}

const findLack = ({ tenant: { settings } }: OpenInteraction, user: User): Refusal | null =>
  lacksConfirmedEmail(settings, user)
    ? { reason: 'email_unverified', error: signInErrors.SIGN_IN_EMAIL_UNVERIFIED }
    : null;

function findRefusal(
  { demands }: OpenInteraction,
  { userId, method, proofVersion }: SignInTicket,
  user: User | null,
  now: Date,
): Refusal | null {
  const isOther = demands.userId !== null && demands.userId !== userId;
  const reason = isOther ? 'other_account' : accountRefusal(user, method, now);
  if (reason !== null) return { reason, error: signInErrors.SIGN_IN_REFUSED };
  if (user!.proofVersion === proofVersion) return null;
  return { reason: 'proof_outdated', error: imageProofErrors.SIGN_IN_TICKET_INVALID };
}
