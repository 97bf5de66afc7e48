import { Migration } from '@mikro-orm/migrations';

/**
 * Importing into a tenant takes the permission `tenant:import`. The builtin roles for administrators of tenants get it with the reach
 * that they have, and so do clients that hold what administrators of a tenant hold.
 */
export class Migration20261128TenantImport extends Migration {
  override async up(): Promise<void> {
    for (const reach of ['', ':all']) {
      const holds = (permission: string): string => `'${permission}${reach}' = any(permissions)`;
      const ofClients = `${holds('tenant:write')} and ${holds('account-state:write')} and ${holds('key:rotate')}`;
      for (const [table, condition] of [
        ['roles', `builtin and ${holds('tenant:write')}`],
        ['clients', ofClients],
      ])
        await this.execute(
          `update ${table} set permissions = array_append(permissions, 'tenant:import${reach}')
          where ${condition} and not ${holds('tenant:import')}`,
        );
    }
  }
}
