import { Migration } from '@mikro-orm/migrations';

/**
 * Reports of what users do take the new permission `analytics:read`. The builtin roles of administrators get it with the reach that
 * they have, and so do clients that hold what administrators of a tenant hold.
 */
export class Migration20261128AnalyticsRead extends Migration {
  override async up(): Promise<void> {
    for (const reach of ['', ':all']) {
      const holds = (permission: string): string => `'${permission}${reach}' = any(permissions)`;
      const isAdministrator = `${holds('tenant:write')} and ${holds('account-state:write')} and ${holds('key:rotate')}`;
      for (const [table, condition] of [
        ['roles', `builtin and ${isAdministrator}`],
        ['clients', isAdministrator],
      ])
        await this.execute(
          `update ${table} set permissions = array_append(permissions, 'analytics:read${reach}')
          where ${condition} and not ${holds('analytics:read')}`,
        );
    }
  }
}
