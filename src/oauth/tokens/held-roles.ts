import {
  type ClientStore,
  type TenantClientGrant,
  type TenantClientRoles,
  tenantClientIdOf,
} from '../../clients/index.ts';
import { toColumnSet } from '../../persistence/index.ts';
import { type HolderKind, type RolePermissions, TENANT_ROLE_CLIENT } from '../../roles/index.ts';

/** A role as tokens name it. */
export interface TokenRole {
  readonly id: string;
  readonly name: string;
  /** `client_id` of the client that it belongs to; null for a role of the tenant. */
  readonly clientId: string | null;
}

/** Whose roles a token names. */
export interface TokenHolder {
  readonly kind: HolderKind;
  readonly id: string;
}

export interface HeldRolesDeps {
  readonly roles: Pick<RolePermissions, 'heldBy'>;
  readonly clientStore: Pick<ClientStore, 'findMany'>;
  readonly tenantClientRoles: Pick<TenantClientRoles, 'ofHolders'>;
}

const CLIENT_COLUMNS = toColumnSet(['clientId']);
/** Most tenants whose roles a token names: each takes up to 500 bytes, and servers accept some 8 KB of headers. */
const MAX_TENANTS = 10;

/** Reads the roles for tokens, also those of groups and inside other roles. */
export class HeldRoles {
  readonly #deps: HeldRolesDeps;

  constructor(deps: HeldRolesDeps) {
    this.#deps = deps;
  }

  /**
   * The roles that any of the holders has, each once. Those on another tenant are roles of the client that stands for it; they are left
   * out beyond ten tenants, by name.
   */
  async of(tenantId: string, holders: readonly TokenHolder[]): Promise<readonly TokenRole[]> {
    const { roles, clientStore } = this.#deps;
    const held = new Map<string, { readonly name: string; readonly clientUuid: string }>();
    const elsewhere: TokenRole[] = [];
    for (const { kind, id } of holders) {
      const found = await roles.heldBy(tenantId, kind, id);
      for (const role of found.roles) held.set(role.roleId, role);
      if (found.elsewhere.size > 0) elsewhere.push(...(await this.#elsewhere(tenantId, { kind, id })));
    }
    const owners = new Set([...held.values()].map(({ clientUuid }) => clientUuid));
    owners.delete(TENANT_ROLE_CLIENT);
    const clients = owners.size === 0 ? null : await clientStore.findMany(tenantId, [...owners], CLIENT_COLUMNS);
    const own = [...held].flatMap(([id, { name, clientUuid }]): TokenRole[] => {
      if (clientUuid === TENANT_ROLE_CLIENT) return [{ id, name, clientId: null }];
      // A role of a client that was deleted a moment ago must not become one of the tenant.
      const clientId = clients?.get(clientUuid)?.clientId;
      return clientId === undefined ? [] : [{ id, name, clientId }];
    });
    return [...own, ...new Map(elsewhere.map((role) => [role.id, role])).values()];
  }

  async #elsewhere(tenantId: string, { kind, id }: TokenHolder): Promise<readonly TokenRole[]> {
    const granted = await this.#deps.tenantClientRoles.ofHolders(tenantId, kind, [id], true, MAX_TENANTS);
    return (granted.get(id) ?? []).flatMap(toTokenRoles);
  }
}

/** These ids are those under which the roles are shown: roles of a client without the full role scope have others. */
const toTokenRoles = ({ tenant, roles }: TenantClientGrant): TokenRole[] =>
  roles.map((role) => ({ ...role, clientId: tenantClientIdOf(tenant) }));
