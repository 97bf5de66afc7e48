import { Migration } from '@mikro-orm/migrations';

/**
 * Binding apps to new accounts has a permission of its own, `linked-app:create`. Before, `linked-app:write` allowed it, so
 * every role and client that holds that one gets the new one with the same reach; the builtin roles are among them.
 */
export class Migration20261126LinkedAppCreate extends Migration {
  override async up(): Promise<void> {
    for (const table of ['roles', 'clients'])
      for (const reach of ['', ':all'])
        await this.execute(
          `update ${table} set permissions = array_append(permissions, 'linked-app:create${reach}')
          where 'linked-app:write${reach}' = any(permissions) and not 'linked-app:create${reach}' = any(permissions)`,
        );
  }
}
