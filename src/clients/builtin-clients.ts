import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import { CLIENT_ROLES, MANAGEMENT_CLIENT, type RoleStore } from '../roles/index.ts';
import type { TenantSeed } from '../tenants/index.ts';
import { clientEvents } from './client.events.ts';
import type { BuiltinClient, ClientStore } from './client.store.ts';

/** `client_id` of the page on which users change their accounts. */
export const ACCOUNT_CONSOLE = 'account-console';

/** The client to which the roles of administration belong. */
const MANAGEMENT: BuiltinClient = {
  clientId: MANAGEMENT_CLIENT,
  name: 'Administration',
  type: 'confidential',
  grantTypes: [],
};

/**
 * The clients of a new tenant of the template `realm`. They have no redirect address, so that no browser can be sent back to
 * a page that this service does not have.
 */
const REALM_CLIENTS: readonly BuiltinClient[] = [
  { clientId: 'account', name: 'Account', type: 'public', grantTypes: [] },
  { clientId: ACCOUNT_CONSOLE, name: 'Account console', type: 'public', grantTypes: [] },
  {
    clientId: 'admin-cli',
    name: 'Administration by programs',
    type: 'public',
    grantTypes: ['password', 'refresh_token'],
  },
  { clientId: 'broker', name: 'External providers', type: 'confidential', grantTypes: [] },
  MANAGEMENT,
  { clientId: 'security-admin-console', name: 'Administration console', type: 'public', grantTypes: [] },
];

/** Adds the builtin clients of a new tenant and their roles, with two inserts, in the transaction that creates the tenant. */
export function seedBuiltinClients(store: ClientStore, roles: RoleStore, clock: Clock): TenantSeed {
  return async (_authority, tenant) => {
    if (tenant.template !== 'realm') return;
    const now = clock.now();
    const made = await store.addBuiltin(tenant.id, REALM_CLIENTS, now);
    const owned = made.flatMap(({ id, clientId }) =>
      (CLIENT_ROLES[clientId] ?? []).map((role) => ({ ...role, clientUuid: id })),
    );
    await roles.addBuiltin(tenant.id, owned, now);
  };
}

export interface BuiltinClientsDeps {
  readonly store: ClientStore;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** The builtin clients that other modules need. */
export class BuiltinClients {
  readonly #deps: BuiltinClientsDeps;

  constructor(deps: BuiltinClientsDeps) {
    this.#deps = deps;
  }

  /**
   * UUID of the client with the roles of administration, which is added where the tenant has none, inside a unit of work.
   * Null where the tenant made a client itself under that name: it can delete that client, and its roles with it.
   */
  async requireManagement({ caller, tenant }: Authority): Promise<string | null> {
    const { clock, events, store } = this.#deps;
    const [added] = await store.addBuiltin(tenant.id, [MANAGEMENT], clock.now());
    if (added === undefined) return this.findManagement(tenant.id);
    events.record(caller, tenant, { type: clientEvents['client.created'], clientId: added.clientId });
    return added.id;
  }

  /** UUID of the client with the roles of administration; null where the tenant has none. */
  async findManagement(tenantId: string): Promise<string | null> {
    const client = await this.#deps.store.findByClientId(tenantId, MANAGEMENT_CLIENT);
    return client?.kind === 'builtin' ? client.id : null;
  }
}
