import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import { CLIENT_ID } from './client.directory.ts';
import { clientErrors } from './client.errors.ts';
import { clientEvents } from './client.events.ts';
import type { ClientStore } from './client.store.ts';

export interface LinkedAppBindingDeps {
  readonly store: Pick<ClientStore, 'lockByClientId'>;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Assigns app instances that registered themselves to the user who works with them (docs/data-model.md). */
export class LinkedAppBinding {
  readonly #deps: LinkedAppBindingDeps;

  constructor(deps: LinkedAppBindingDeps) {
    this.#deps = deps;
  }

  /**
   * Makes a user the owner of an app instance, inside a unit of work that has read or created the user.
   * @param path GraphQL input path of the client_id.
   * @throws LINKED_APP_NOT_FREE The instance does not exist, may not be used, or has an owner: the same answer for all
   *   three.
   * @throws ACCOUNT_GUARDED
   */
  async bind(authority: Authority, clientId: string, userId: string, path: string): Promise<void> {
    const { store, guard, events, clock } = this.#deps;
    const { caller, tenant } = authority;
    const client = CLIENT_ID.test(clientId) ? await store.lockByClientId(tenant.id, clientId) : null;
    const isFree = client?.kind === 'instance' && client.ownerUserId == null;
    if (client === null || !isFree || !client.enabled || client.lockedAt != null) {
      const { code, message } = clientErrors.LINKED_APP_NOT_FREE();
      throw clientErrors.LINKED_APP_NOT_FREE({ fields: [{ path, code, message }] });
    }
    await guard.assertMayChange(authority, 'client', client.id);
    client.ownerUserId = userId;
    client.updatedAt = clock.now();
    events.record(caller, tenant, {
      type: clientEvents['linked_app.bound'],
      subjectId: userId,
      clientId: client.clientId,
    });
  }
}
