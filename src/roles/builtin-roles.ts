import { everyPermission, formatScope } from '../access/index.ts';

/** Holds every permission with reach `all`; exists in `master` alone. */
export const ADMINISTRATOR_ROLE = 'administrator';
/** Administers one tenant: everything there but making and deleting tenants (model.md section 7). Exists in every tenant. */
export const TENANT_ADMINISTRATOR_ROLE = 'tenant-administrator';

/** What `administrator` holds. */
export const ADMINISTRATOR_PERMISSIONS: readonly string[] = everyPermission('all').map(formatScope);

/** What `tenant-administrator` holds. */
export const TENANT_ADMINISTRATOR_PERMISSIONS: readonly string[] = everyPermission('tenant')
  .map(formatScope)
  .filter((scope) => scope !== 'tenant:create' && scope !== 'tenant:delete');
