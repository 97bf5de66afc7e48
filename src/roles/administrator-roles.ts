import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import { administratorRoles, REALM_ADMINISTRATOR_ROLE } from './realm-roles.ts';
import { TENANT_ROLE_CLIENT } from './role.entity.ts';
import { roleEvents } from './role.events.ts';
import type { RoleName, RoleStore } from './role.store.ts';

export interface AdministratorRolesDeps {
  readonly store: RoleStore;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** The roles that make a user an administrator of its tenant, under the names that tenants of the template `realm` have. */
export class AdministratorRoles {
  readonly #deps: AdministratorRolesDeps;

  constructor(deps: AdministratorRolesDeps) {
    this.#deps = deps;
  }

  /** Ids of those that the tenant has. @param clientUuid Client of the role `realm-admin`; null: without it. */
  async find({ tenant }: Authority, clientUuid: string | null): Promise<string[]> {
    const roles = await this.#deps.store.findNamed(tenant.id, namesIn(tenant.name, clientUuid));
    return roles.map(({ id }) => id);
  }

  /** The same, of a tenant that has them all: adds the missing ones, inside a unit of work, with an event for each. */
  async require(authority: Authority, clientUuid: string | null): Promise<string[]> {
    const { clock, events, store } = this.#deps;
    const { caller, tenant } = authority;
    const added = await store.addBuiltin(tenant.id, namesIn(tenant.name, clientUuid), clock.now());
    for (const { id: roleId, name } of added)
      events.record(caller, tenant, { type: roleEvents['role.created'], params: { roleId, name } });
    return this.find(authority, clientUuid);
  }
}

const namesIn = (tenantName: string, clientUuid: string | null): (RoleName & { permissions: readonly string[] })[] => [
  ...administratorRoles(tenantName).map((role) => ({ ...role, clientUuid: TENANT_ROLE_CLIENT })),
  ...(clientUuid === null ? [] : [{ ...REALM_ADMINISTRATOR_ROLE, clientUuid }]),
];
