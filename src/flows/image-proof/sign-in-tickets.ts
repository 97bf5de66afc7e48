import type { CredentialType } from '../../auth-modes/index.ts';
import { constantTimeEqual, routeOfHandle, sha256Base64Url } from '../../crypto/index.ts';
import type { EventActor, EventLog } from '../../events/index.ts';
import { addSeconds, type Clock, type TenantRef } from '../../kernel/index.ts';
import type { OneTimeCodeStore } from '../../sessions/index.ts';
import type { User } from '../../users/index.ts';
import { signInFailed } from '../sign-in.events.ts';
import { imageProofErrors } from './image-proof.errors.ts';

/** What a ticket stands for. */
export interface SignInTicket {
  readonly userId: string;
  /** What the user proved. */
  readonly method: CredentialType;
  /** How it shows in `amr` (RFC 8176). */
  readonly amr: readonly string[];
  /** `users.proof_version` before the proof: when it was raised since, the proof does not count any more. */
  readonly proofVersion: number;
  /** When. */
  readonly provedAt: Date;
}

/** A user who was proved. */
export interface NewSignInTicket extends Pick<SignInTicket, 'method' | 'amr'> {
  /** As the account was before the proof. */
  readonly user: Pick<User, 'id' | 'proofVersion'>;
  /** The request for a sign-in; null: none. */
  readonly requestId: string | null;
}

/** Somebody who shows a ticket. */
export interface TicketUse {
  /** The request for a sign-in; null: none. */
  readonly requestId: string | null;
  readonly actor: EventActor;
}

export interface SignInTicketsDeps {
  readonly codes: Pick<OneTimeCodeStore, 'put' | 'take'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

const KIND = 'sign-in-ticket';
/** The page that gets a ticket uses it at once. */
const LIFE_SECONDS = 60;

interface Stored extends Pick<SignInTicket, 'method' | 'amr' | 'proofVersion'> {
  /** Hash of the request for the sign-in. */
  readonly request: string;
}

/** Tickets by which somebody who was proved in one request begins a session in another one. */
export class SignInTickets {
  readonly #deps: SignInTicketsDeps;

  constructor(deps: SignInTicketsDeps) {
    this.#deps = deps;
  }

  /** A ticket of a user, for one request for a sign-in or for none. It is returned once. */
  issue(tenant: TenantRef, { user, requestId, method, amr }: NewSignInTicket): Promise<string> {
    const { codes, clock } = this.#deps;
    const payload: Stored = { request: hashRequest(requestId), method, amr, proofVersion: user.proofVersion };
    const expiresAt = addSeconds(clock.now(), LIFE_SECONDS);
    return codes.put(tenant, { kind: KIND, userId: user.id, payload: { ...payload }, expiresAt });
  }

  /**
   * Uses a ticket up, whether or not it is one for this request. Whether the account may sign in, the caller decides.
   * @throws SIGN_IN_TICKET_INVALID It is unknown, used, expired or of another tenant; or it was issued for another request, which
   *   records `sign_in.failed`.
   */
  async redeem(tenant: TenantRef, ticket: string, { requestId, actor }: TicketUse): Promise<SignInTicket> {
    const { codes, events } = this.#deps;
    const row = routeOfHandle(ticket) === tenant.route ? await codes.take(tenant.id, KIND, ticket) : null;
    if (row === null) throw imageProofErrors.SIGN_IN_TICKET_INVALID();
    const { request, ...proof } = row.payload as unknown as Stored;
    const userId = row.userId!;
    if (constantTimeEqual(request, hashRequest(requestId))) return { userId, ...proof, provedAt: row.createdAt };
    await events.append(actor, tenant, signInFailed(userId, 'other_request', { method: proof.method }));
    throw imageProofErrors.SIGN_IN_TICKET_INVALID();
  }
}

const hashRequest = (requestId: string | null): string => sha256Base64Url(JSON.stringify([requestId]));
