import type { Authority } from '../access/index.ts';
import type { ClientService } from '../clients/index.ts';
import { invalidField, kernelErrors } from '../kernel/index.ts';
import { type Role, type RoleReference, type RoleService, roleErrors, TENANT_ROLE_CLIENT } from '../roles/index.ts';
import type { NamedRole } from './import-row.ts';

export interface ReferencesDeps {
  readonly clients: Pick<ClientService, 'find'>;
  readonly roles: Pick<RoleService, 'find'>;
}

/** Most roles of one row: each causes a statement or an event. */
const MAX_ROLES = 200;

/** Finds what rows name. */
export class References {
  readonly #deps: ReferencesDeps;

  constructor(deps: ReferencesDeps) {
    this.#deps = deps;
  }

  /** UUID of the client with a `client_id`; null: there is none. */
  async clientUuid(authority: Authority, clientId: string): Promise<string | null> {
    return (await this.#deps.clients.find(authority, { clientId }))?.id ?? null;
  }

  /** @throws NOT_FOUND */
  async requiredClient(authority: Authority, clientId: string): Promise<string> {
    const uuid = await this.clientUuid(authority, clientId);
    if (uuid === null) throw kernelErrors.NOT_FOUND({ message: 'There is no such client.' });
    return uuid;
  }

  /** The references of named roles, with one look-up for each client. @throws ROLE_NOT_FOUND There is no such client. */
  async toReferences(authority: Authority, roles: readonly NamedRole[]): Promise<RoleReference[]> {
    return (await this.toReferencesOfEach(authority, [roles]))[0]!;
  }

  /** As `toReferences` for several lists, with one look-up for each client of all of them. */
  async toReferencesOfEach(authority: Authority, lists: readonly (readonly NamedRole[])[]): Promise<RoleReference[][]> {
    if (lists.some(({ length }) => length > MAX_ROLES))
      throw invalidField('roles', 'LIST_TOO_LONG', `At most ${MAX_ROLES} roles at once.`);
    const owners = new Map<string, string>();
    for (const clientId of new Set(lists.flat().flatMap(({ clientId }) => clientId ?? []))) {
      const uuid = await this.clientUuid(authority, clientId);
      if (uuid === null) throw roleErrors.ROLE_NOT_FOUND();
      owners.set(clientId, uuid);
    }
    const toReference = ({ name, clientId }: NamedRole): RoleReference => ({
      name,
      clientUuid: clientId == null ? TENANT_ROLE_CLIENT : owners.get(clientId)!,
    });
    return lists.map((roles) => roles.map(toReference));
  }

  /** The role with a name; null: there is none. */
  async role(authority: Authority, { name, clientId }: NamedRole): Promise<Role | null> {
    if (clientId == null) return this.#deps.roles.find(authority, { name, clientUuid: TENANT_ROLE_CLIENT });
    const clientUuid = await this.clientUuid(authority, clientId);
    return clientUuid === null ? null : this.#deps.roles.find(authority, { name, clientUuid });
  }

  /** @throws ROLE_NOT_FOUND */
  async requiredRole(authority: Authority, named: NamedRole): Promise<Role> {
    const role = await this.role(authority, named);
    if (role === null) throw roleErrors.ROLE_NOT_FOUND();
    return role;
  }

  /** The roles with these names. @throws ROLE_NOT_FOUND One is not there. @throws INVALID_INPUT More than 200. */
  async requiredRoles(authority: Authority, named: readonly NamedRole[]): Promise<Role[]> {
    const found: Role[] = [];
    for (const reference of await this.toReferences(authority, named)) {
      const role = await this.#deps.roles.find(authority, reference);
      if (role === null) throw roleErrors.ROLE_NOT_FOUND();
      found.push(role);
    }
    return found;
  }
}
