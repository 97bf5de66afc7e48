import { everyPermission, formatScope } from '../access/index.ts';

/** The permissions of `administrator`. */
export const ADMINISTRATOR_PERMISSIONS: readonly string[] = everyPermission('all').map(formatScope);

/** The permissions of `tenant-administrator`, and of the roles of other names that give as much. */
export const TENANT_ADMINISTRATOR_PERMISSIONS: readonly string[] = everyPermission('tenant')
  .map(formatScope)
  .filter((scope) => scope !== 'tenant:create' && scope !== 'tenant:delete');
