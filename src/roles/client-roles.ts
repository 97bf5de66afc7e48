import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import type { GuardedAccounts } from './guarded-accounts.ts';
import { roleEvents } from './role.events.ts';
import type { RoleStore } from './role.store.ts';

export interface ClientRolesDeps {
  readonly store: Pick<RoleStore, 'deleteGrantsOf' | 'deleteOfClient'>;
  readonly guarded: Pick<GuardedAccounts, 'assertMayTouchRolesOf' | 'keepingAdministrators'>;
  readonly events: EventLog;
}

/** The roles of clients that are deleted. */
export class ClientRoles {
  readonly #deps: ClientRolesDeps;

  constructor(deps: ClientRolesDeps) {
    this.#deps = deps;
  }

  /**
   * Takes the roles that a client holds and deletes those that belong to it, inside the unit of work that deletes the client. Each
   * deleted role has an event, so that its holders lose at once what it gave.
   * @throws ACCOUNT_GUARDED A role has reach `all`, and the caller does not.
   * @throws ADMINISTRATOR_LAST
   */
  async end(authority: Authority, clientUuid: string): Promise<void> {
    const { store, guarded, events } = this.#deps;
    const { caller, tenant } = authority;
    await guarded.assertMayTouchRolesOf(authority, clientUuid);
    await store.deleteGrantsOf(tenant.id, 'client', [clientUuid]);
    const deleted = await guarded.keepingAdministrators(authority, () => store.deleteOfClient(tenant.id, clientUuid));
    for (const { id: roleId, name } of deleted)
      events.record(caller, tenant, { type: roleEvents['role.deleted'], params: { roleId, name } });
  }
}
