import { Authority } from '../access/index.ts';
import type { PasswordMode } from '../auth-modes/index.ts';
import type { CreateClient, CreatedClient } from '../clients/index.ts';
import { IdentityError, newId, type TenantId, type TenantRef } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import { assertMayAdministerOthers } from '../roles/index.ts';
import type { CreateTenant, Tenant, TenantService } from '../tenants/index.ts';
import type { UserInput, UserService } from '../users/index.ts';
import type { AdministrationFlow } from './administration.ts';
import type { ServiceAccountFlow, WithServiceAccount } from './service-accounts.ts';

/** The user by whom a new tenant is administered. */
export interface ProvisionAdministrator extends Pick<UserInput, 'email' | 'givenName' | 'familyName'> {
  readonly username: string;
  readonly password: string;
}

/** A new tenant with a user who administers it and a client. */
export interface ProvisionTenant extends CreateTenant {
  readonly administrator: ProvisionAdministrator;
  readonly client: CreateClient & WithServiceAccount;
}

export interface ProvisionedTenant {
  readonly tenant: Tenant;
  /** Public id of the administrator. */
  readonly administratorId: string;
  readonly client: CreatedClient;
}

export interface ProvisionTenantFlowDeps {
  readonly db: Database;
  readonly tenants: Pick<TenantService, 'prepare' | 'insert'>;
  readonly users: Pick<UserService, 'create'>;
  readonly passwords: Pick<PasswordMode, 'prepareFirst' | 'add'>;
  readonly serviceAccounts: Pick<ServiceAccountFlow, 'createClient'>;
  readonly administration: Pick<AdministrationFlow, 'promote'>;
}

/** Makes tenants that can be used at once: with an administrator and a client, all or nothing. */
export class ProvisionTenantFlow {
  readonly #deps: ProvisionTenantFlowDeps;

  constructor(deps: ProvisionTenantFlowDeps) {
    this.#deps = deps;
  }

  /**
   * @throws PERMISSION_ESCALATION The caller may not do in all tenants what an administrator may do in one.
   * @throws PASSWORD_POLICY, PASSWORD_TOO_LONG
   * @throws What `TenantService.create`, `UserService.create` and `ServiceAccountFlow.createClient` throw.
   */
  async provision(authority: Authority, input: ProvisionTenant): Promise<ProvisionedTenant> {
    const { db, passwords, tenants } = this.#deps;
    const { administrator, client, ...properties } = input;
    assertMayAdministerOthers(authority);
    const prepared = tenants.prepare(properties);
    const { password, ...account } = administrator;
    const hashed = await passwords.prepareFirst(prepared, account, password, 'input.administrator.password');
    const administratorId = newId();
    return db.transaction(async () => {
      const tenant = await tenants.insert(authority, prepared, administratorId);
      const inside = new Authority(authority.caller, toReference(tenant), 'all');
      const created = await inPart('client', this.#deps.serviceAccounts.createClient(inside, client));
      await inPart('administrator', this.#deps.users.create(inside, { ...account, id: administratorId }));
      await passwords.add(inside, administratorId, hashed);
      await this.#deps.administration.promote(inside, administratorId);
      return { tenant, administratorId, client: created };
    });
  }
}

const toReference = ({ id, name, route }: Tenant): TenantRef => ({ id: id as TenantId, name, route });

/** Names the faulty values of a part of the input by their paths in the whole input. */
async function inPart<T>(member: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof IdentityError) || error.fields === undefined) throw error;
    const fields = error.fields.map((field) => ({ ...field, path: field.path.replace(/^input\b/, `input.${member}`) }));
    throw new IdentityError(error.code, error.kind, error.message, { fields, cause: error });
  }
}
