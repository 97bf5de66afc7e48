import { passkeyErrors } from '../../auth-modes/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import type { KnownTenant, TenantDirectory } from '../../tenants/index.ts';

export type PasskeyTenants = Pick<TenantDirectory, 'byId'>;

/** The tenant with its settings. @throws PASSKEYS_DISABLED Its users have no passkeys. */
export async function requirePasskeys(directory: PasskeyTenants, { id }: Pick<TenantRef, 'id'>): Promise<KnownTenant> {
  const tenant = await directory.byId(id);
  if (tenant?.settings.isPasskeyEnabled !== true) throw passkeyErrors.PASSKEYS_DISABLED();
  return tenant;
}
