import { Migration } from '@mikro-orm/migrations';

/**
 * Binding apps to new accounts gets a separate permission, `linked-app:create`. Before, `linked-app:write` allowed it, so
 * every role and client that holds `linked-app:write`, including the builtin roles, gets the new permission with the same
 * reach.
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
