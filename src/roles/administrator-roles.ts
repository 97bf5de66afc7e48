import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import { administratorRoles, type BuiltinRole, REALM_ADMINISTRATOR_ROLE } from './realm-roles.ts';
import { TENANT_ROLE_CLIENT } from './role.entity.ts';
import { roleErrors } from './role.errors.ts';
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

  /** Ids of those that the tenant has. Roles that the tenant made itself under their names are not among them. */
  async find({ tenant }: Authority): Promise<string[]> {
    const names = [...administratorRoles(tenant.name), REALM_ADMINISTRATOR_ROLE].map(({ name }) => name);
    return (await this.#deps.store.findBuiltin(tenant.id, names)).map(({ id }) => id);
  }

  /**
   * The same, after the missing ones were added, inside a unit of work, with an event for each. One whose name is taken by a
   * role that the tenant made itself stays missing.
   * @param clientUuid Builtin client to which `realm-admin` is added; null: it is not added.
   * @throws ROLE_NAME_TAKEN All the names are taken, so that no role is left that makes administrators.
   */
  async require(authority: Authority, clientUuid: string | null): Promise<string[]> {
    const { clock, events, store } = this.#deps;
    const { caller, tenant } = authority;
    const added = await store.addBuiltin(tenant.id, rolesOf(tenant.name, clientUuid), clock.now());
    for (const { id: roleId, name } of added)
      events.record(caller, tenant, { type: roleEvents['role.created'], params: { roleId, name } });
    const ids = await this.find(authority);
    if (ids.length === 0) throw roleErrors.ROLE_NAME_TAKEN({ message: NO_NAME_LEFT });
    return ids;
  }
}

const NO_NAME_LEFT = 'The tenant made roles itself under every name that a role of administrators can have.';

const rolesOf = (tenantName: string, clientUuid: string | null): (RoleName & BuiltinRole)[] => [
  ...administratorRoles(tenantName).map((role) => ({ ...role, clientUuid: TENANT_ROLE_CLIENT })),
  ...(clientUuid === null ? [] : [{ ...REALM_ADMINISTRATOR_ROLE, clientUuid }]),
];
