import type { Authority } from '../../access/index.ts';
import type { ClientDirectory } from '../../clients/index.ts';
import type { EventDraft, EventLog } from '../../events/index.ts';
import { IdentityError } from '../../kernel/index.ts';
import { oauthEvents } from '../oauth.events.ts';

/** A request, as far as an event about it tells. */
export interface AskedRequest {
  readonly issuerKind: string;
  /** The `client_id` that was sent, of which nothing is known; null: none. */
  readonly clientId: string | null;
}

export interface InvalidRequestsDeps {
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly events: EventLog;
}

/** Records requests whose refusal goes to no application, because it could go to an attacker. */
export class InvalidRequests {
  readonly #deps: InvalidRequestsDeps;

  constructor(deps: InvalidRequestsDeps) {
    this.#deps = deps;
  }

  /** Runs a check, and records its refusal before it is thrown. */
  recorded<T>(authority: Authority, asked: AskedRequest, check: () => Promise<T>): Promise<T> {
    return onInvalid(check, ({ code }) => this.record(authority, asked, code));
  }

  /** As `recorded`, inside a unit of work, which a refusal rolls back. */
  recordedAfterRollback<T>(authority: Authority, asked: AskedRequest, check: () => Promise<T>): Promise<T> {
    return onInvalid(check, async ({ code }) => {
      const { caller, tenant } = authority;
      this.#deps.events.appendAfterRollback(caller, tenant, await this.#refusalOf(authority, asked, code));
    });
  }

  /** Records a refusal. @param reason The code of its error. */
  async record(authority: Authority, asked: AskedRequest, reason: string): Promise<void> {
    const { caller, tenant } = authority;
    await this.#deps.events.append(caller, tenant, await this.#refusalOf(authority, asked, reason));
  }

  async #refusalOf({ tenant }: Authority, { issuerKind, clientId }: AskedRequest, reason: string): Promise<EventDraft> {
    const known = clientId === null ? null : await this.#deps.clients.byClientId(tenant.id, clientId);
    return {
      type: oauthEvents['authorization.refused'],
      clientId: known?.client.clientId ?? null,
      outcome: 'failure',
      reason,
      params: { issuerKind },
    };
  }
}

/** Runs a check, and something before the error of a request that cannot be used is thrown. */
async function onInvalid<T>(check: () => Promise<T>, inform: (error: IdentityError) => Promise<void>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof IdentityError && error.kind === 'invalid') await inform(error);
    throw error;
  }
}
