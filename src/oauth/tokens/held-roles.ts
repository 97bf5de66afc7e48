import type { ClientStore } from '../../clients/index.ts';
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
}

const CLIENT_COLUMNS = toColumnSet(['clientId']);

/** Reads the roles for tokens, also those of groups and inside other roles. */
export class HeldRoles {
  readonly #deps: HeldRolesDeps;

  constructor(deps: HeldRolesDeps) {
    this.#deps = deps;
  }

  /** The roles that any of the holders has, each once. */
  async of(tenantId: string, holders: readonly TokenHolder[]): Promise<readonly TokenRole[]> {
    const { roles, clientStore } = this.#deps;
    const held = new Map<string, { readonly name: string; readonly clientUuid: string }>();
    for (const { kind, id } of holders)
      for (const role of (await roles.heldBy(tenantId, kind, id)).roles) held.set(role.roleId, role);
    const owners = new Set([...held.values()].map(({ clientUuid }) => clientUuid));
    owners.delete(TENANT_ROLE_CLIENT);
    const clients = owners.size === 0 ? null : await clientStore.findMany(tenantId, [...owners], CLIENT_COLUMNS);
    return [...held].flatMap(([id, { name, clientUuid }]): TokenRole[] => {
      if (clientUuid === TENANT_ROLE_CLIENT) return [{ id, name, clientId: null }];
      // A role of a client that was deleted a moment ago must not become one of the tenant.
      const clientId = clients?.get(clientUuid)?.clientId;
      return clientId === undefined ? [] : [{ id, name, clientId }];
    });
  }
}
