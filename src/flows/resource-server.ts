import { Authority, systemCaller } from '../access/index.ts';
import type { CreateClient, CreatedClient } from '../clients/index.ts';
import { IdentityError } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import { defaultRoleName, RESOURCE_USER_ROLE, type RolePermissions, type RoleService } from '../roles/index.ts';
import { resourceServerErrors } from './resource-server.errors.ts';
import type { ServiceAccountFlow } from './service-accounts.ts';
import type { SignInFlow } from './sign-in.ts';

/** A client whose resources can be asked for, and the administrator who wants it. */
export interface CreateResourceServer extends Pick<CreateClient, 'clientId' | 'secret'> {
  readonly administrator: { readonly username: string; readonly password: string };
  /** Whether the role of users of resources is put into the role that all users have. */
  readonly isForEveryUser: boolean;
}

export interface ResourceServerFlowDeps {
  readonly db: Database;
  readonly signIn: Pick<SignInFlow, 'provePassword'>;
  readonly permissions: Pick<RolePermissions, 'administratorsAmong'>;
  readonly serviceAccounts: Pick<ServiceAccountFlow, 'createClient'>;
  readonly roles: Pick<RoleService, 'findByName' | 'update'>;
}

/** Refusals of a sign-in, which are shown as one, so that an answer does not reveal which part failed. */
const SIGN_IN_REFUSAL = /^SIGN_IN_/;

/** Makes resource servers, for callers who show the password of an administrator besides what they may do themselves. */
export class ResourceServerFlow {
  readonly #deps: ResourceServerFlowDeps;

  constructor(deps: ResourceServerFlowDeps) {
    this.#deps = deps;
  }

  /**
   * @throws ADMINISTRATOR_UNPROVED The name or password is wrong, the sign-in is not complete with it, or the user does not
   *   administer the tenant. A wrong password counts as at a sign-in.
   * @throws CLIENT_ID_INVALID, CLIENT_ID_TAKEN, USER_USERNAME_TAKEN
   */
  async create(authority: Authority, input: CreateResourceServer): Promise<CreatedClient> {
    const { db, serviceAccounts } = this.#deps;
    const { administrator, isForEveryUser, ...client } = input;
    await this.#assertAdministrator(authority, administrator);
    return db.transaction(async () => {
      const created = await serviceAccounts.createClient(authority, {
        ...client,
        type: 'confidential',
        grantTypes: ['client_credentials'],
        fullRoleScope: true,
        hasServiceAccount: true,
        isResourceServer: true,
      });
      if (isForEveryUser) await this.#openToAll(authority);
      return created;
    });
  }

  async #assertAdministrator(authority: Authority, typed: CreateResourceServer['administrator']): Promise<void> {
    const { signIn, permissions } = this.#deps;
    const user = await signIn.provePassword(authority, { ...typed, tellsAccount: true }).catch((error: unknown) => {
      if (!(error instanceof IdentityError) || !SIGN_IN_REFUSAL.test(error.code)) throw error;
      throw resourceServerErrors.ADMINISTRATOR_UNPROVED();
    });
    const administrators = await permissions.administratorsAmong(authority.tenant.id, [user.id]);
    if (!administrators.has(user.id)) throw resourceServerErrors.ADMINISTRATOR_UNPROVED();
  }

  /** Puts the role into the default one, which callers cannot change. A tenant without these roles stays as it is. */
  async #openToAll({ caller, tenant }: Authority): Promise<void> {
    const { roles } = this.#deps;
    const [role, all] = [
      await roles.findByName(tenant.id, RESOURCE_USER_ROLE),
      await roles.findByName(tenant.id, defaultRoleName(tenant.name)),
    ];
    if (role === null || all === null) return;
    await roles.update(Authority.system(systemCaller(caller.origin), tenant), all.id, { addChildIds: [role.id] });
  }
}
