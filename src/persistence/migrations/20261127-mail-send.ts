import { Migration } from '@mikro-orm/migrations';

/**
 * Sending mails to users takes the new permission `mail:send`. The builtin roles for administrators of tenants and of users get it
 * with the reach that they have, and so do clients that hold what administrators of a tenant hold.
 */
export class Migration20261127MailSend extends Migration {
  override async up(): Promise<void> {
    for (const reach of ['', ':all']) {
      const holds = (permission: string): string => `'${permission}${reach}' = any(permissions)`;
      const ofRoles = `builtin and (${holds('tenant:write')} or ${holds('account-state:write')})`;
      const ofClients = `${holds('tenant:write')} and ${holds('account-state:write')} and ${holds('key:rotate')}`;
      for (const [table, condition] of [
        ['roles', ofRoles],
        ['clients', ofClients],
      ])
        await this.execute(
          `update ${table} set permissions = array_append(permissions, 'mail:send${reach}')
          where ${condition} and not ${holds('mail:send')}`,
        );
    }
  }
}
