import { Migration } from '@mikro-orm/migrations';

/**
 * Sending sign-in links and acting as users take the new permissions `sign-in-link:send` and `user:impersonate`. Builtin roles that
 * give everything in a tenant get both with the reach that they have, and so do clients that hold as much; those for administrators
 * of users get the first, and the role `impersonation`, which gave nothing, the second.
 */
export class Migration20261127LinksImpersonation extends Migration {
  override async up(): Promise<void> {
    for (const reach of ['', ':all']) {
      const holds = (permission: string): string => `'${permission}${reach}' = any(permissions)`;
      const holdsAll = `${holds('tenant:write')} and ${holds('account-state:write')} and ${holds('key:rotate')}`;
      for (const [table, permission, condition] of [
        ['roles', 'sign-in-link:send', `builtin and ${holds('account-state:write')}`],
        ['roles', 'user:impersonate', `builtin and ${holdsAll}`],
        ['clients', 'sign-in-link:send', holdsAll],
        ['clients', 'user:impersonate', holdsAll],
      ] as const)
        await this.execute(
          `update ${table} set permissions = array_append(permissions, '${permission}${reach}')
          where ${condition} and not ${holds(permission)}`,
        );
    }
    await this.execute(
      `update roles r set permissions = '{user:impersonate}' from clients c
      where r.builtin and r.name = 'impersonation' and r.permissions = '{}'
        and c.tenant_id = r.tenant_id and c.id = r.client_uuid and c.client_id = 'realm-management'`,
    );
  }
}
