import { constantTimeEqual, routeOfHandle, sha256Base64Url } from '../../crypto/index.ts';
import { addSeconds, type Clock, type TenantRef } from '../../kernel/index.ts';
import type { OneTimeCodeStore } from '../../sessions/index.ts';
import { imageProofErrors } from './image-proof.errors.ts';

/** What a ticket stands for. */
export interface SignInTicket {
  readonly userId: string;
  /** How the user was proved (RFC 8176). */
  readonly amr: readonly string[];
  /** When. */
  readonly provedAt: Date;
}

export interface SignInTicketsDeps {
  readonly codes: Pick<OneTimeCodeStore, 'put' | 'take'>;
  readonly clock: Clock;
}

const KIND = 'sign-in-ticket';
/** The page that gets a ticket uses it at once. */
const LIFE_SECONDS = 60;

interface Stored {
  /** Hash of the request for the sign-in. */
  readonly request: string;
  readonly amr: readonly string[];
}

/** Tickets by which somebody who was proved in one request begins a session in another one. */
export class SignInTickets {
  readonly #deps: SignInTicketsDeps;

  constructor(deps: SignInTicketsDeps) {
    this.#deps = deps;
  }

  /** A ticket of a user, for one request for a sign-in or for none. It is returned once. */
  issue(
    tenant: TenantRef,
    { userId, requestId, amr }: Omit<SignInTicket, 'provedAt'> & { readonly requestId: string | null },
  ): Promise<string> {
    const { codes, clock } = this.#deps;
    const payload: Stored = { request: hashRequest(requestId), amr };
    const expiresAt = addSeconds(clock.now(), LIFE_SECONDS);
    return codes.put(tenant, { kind: KIND, userId, payload: { ...payload }, expiresAt });
  }

  /**
   * Uses a ticket up, whether or not it is one for this request.
   * @throws SIGN_IN_TICKET_INVALID It is unknown, used, expired, or was issued for another request or tenant.
   */
  async redeem(tenant: TenantRef, ticket: string, requestId: string | null): Promise<SignInTicket> {
    const row = routeOfHandle(ticket) === tenant.route ? await this.#deps.codes.take(tenant.id, KIND, ticket) : null;
    const stored = row === null ? null : (row.payload as unknown as Stored);
    if (row === null || stored === null || !constantTimeEqual(stored.request, hashRequest(requestId)))
      throw imageProofErrors.SIGN_IN_TICKET_INVALID();
    return { userId: row.userId!, amr: stored.amr, provedAt: row.createdAt };
  }
}

const hashRequest = (requestId: string | null): string => sha256Base64Url(JSON.stringify([requestId]));
