import type { Authority } from '../access/index.ts';
import type { BuiltinClients } from '../clients/index.ts';
import type { Database } from '../persistence/index.ts';
import type { AdministratorRoles, RoleGrantService } from '../roles/index.ts';
import { MASTER_TENANT } from '../tenants/index.ts';

export interface AdministrationFlowDeps {
  readonly db: Database;
  readonly clients: Pick<BuiltinClients, 'requireManagement'>;
  readonly roles: Pick<AdministratorRoles, 'find' | 'require'>;
  readonly grants: Pick<RoleGrantService, 'grantMany' | 'revokeMany'>;
}

/** Makes users administrators of their tenant, through its builtin roles `admin`, `digitanium_admin` and `realm-admin`. */
export class AdministrationFlow {
  readonly #deps: AdministrationFlowDeps;

  constructor(deps: AdministrationFlowDeps) {
    this.#deps = deps;
  }

  /**
   * Gives a user the roles, which are made first where the tenant does not have them. Once more is no error. A role or client
   * that the tenant made itself under such a name is left alone.
   * @throws ROLE_HOLDER_NOT_FOUND There is no such user; ACCOUNT_GUARDED
   * @throws PERMISSION_ESCALATION The caller may not do all that administrators may.
   * @throws ROLE_NAME_TAKEN The tenant made roles itself under all the names.
   */
  async promote(authority: Authority, userId: string): Promise<void> {
    const { clients, db, grants, roles } = this.#deps;
    await db.transaction(async () => {
      const client = hasManagement(authority) ? await clients.requireManagement(authority) : null;
      const ids = await roles.require(authority, client);
      await grants.grantMany(authority, { holderKind: 'user', holderId: userId, roles: ids.map((id) => ({ id })) });
    });
  }

  /**
   * Takes these roles from a user, and no others. It is no error when the user does not have them.
   * @throws ROLE_HOLDER_NOT_FOUND, ACCOUNT_GUARDED, ADMINISTRATOR_LAST, and FORBIDDEN as for other roles
   */
  async demote(authority: Authority, userId: string): Promise<void> {
    const { db, grants, roles } = this.#deps;
    await db.transaction(async () => {
      const ids = await roles.find(authority);
      await grants.revokeMany(authority, { holderKind: 'user', holderId: userId, roles: ids.map((id) => ({ id })) });
    });
  }
}

/** In `master` the client has another name for each tenant, so the roles of the tenant are all there are. */
const hasManagement = ({ tenant }: Authority): boolean => tenant.name !== MASTER_TENANT;
