import type { Authority, PermissionGrant } from '../access/index.ts';
import { kernelErrors } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { ConfigureTenant, Tenant, TenantService } from '../tenants/index.ts';
import { type UserInput, type UserService, userErrors } from '../users/index.ts';
import type { PasswordFlow } from './change-password.ts';

/** Changes to a user by whom a tenant is administered. */
export interface ConfigureAdministrator extends Pick<UserInput, 'email' | 'givenName' | 'familyName'> {
  /** Names the user; it is not changed. */
  readonly username: string;
  readonly password?: string;
}

export interface ConfigureTenantFlowDeps {
  readonly db: Database;
  readonly tenants: Pick<TenantService, 'configure'>;
  readonly users: Pick<UserService, 'findByUsername' | 'update'>;
  readonly passwordFlow: Pick<PasswordFlow, 'set'>;
}

const MAY_WRITE_USER: PermissionGrant = { permission: 'user:write', reach: 'tenant' };
const MAY_SET_PASSWORD: PermissionGrant = { permission: 'password:set', reach: 'tenant' };

/** Changes a tenant, its settings and a user by whom it is administered, all or nothing. */
export class ConfigureTenantFlow {
  readonly #deps: ConfigureTenantFlowDeps;

  constructor(deps: ConfigureTenantFlowDeps) {
    this.#deps = deps;
  }

  /**
   * @throws FORBIDDEN The caller may not change users, or not set passwords.
   * @throws USER_NOT_FOUND There is no user of the name; and what changing the user and the password throws.
   * @throws What `TenantService.configure` throws.
   */
  async configure(
    authority: Authority,
    change: ConfigureTenant,
    administrator: ConfigureAdministrator | null,
  ): Promise<Tenant> {
    const { db, passwordFlow, tenants, users } = this.#deps;
    if (administrator === null) return tenants.configure(authority, change);
    const { username, password, ...profile } = administrator;
    assertMayChange(authority, password !== undefined);
    const user = await users.findByUsername(authority, username);
    if (user === null) throw userErrors.USER_NOT_FOUND();
    // The tenant comes first: its settings are locked against those who hold them, and changing a user holds them.
    const write = async (): Promise<Tenant> => {
      const tenant = await tenants.configure(authority, change);
      if (Object.keys(profile).length > 0) await users.update(authority, user.id, profile);
      return tenant;
    };
    if (password === undefined) return db.transaction(write);
    let tenant: Tenant | null = null;
    const input = { userId: user.id, password, isTemporary: false };
    await passwordFlow.set(authority, input, 'input.administrator.password', async () => {
      tenant = await write();
    });
    return tenant!;
  }
}

function assertMayChange(authority: Authority, setsPassword: boolean): void {
  if (authority.holds([MAY_WRITE_USER, ...(setsPassword ? [MAY_SET_PASSWORD] : [])])) return;
  throw kernelErrors.FORBIDDEN({ detail: 'may not change users or set passwords' });
}
