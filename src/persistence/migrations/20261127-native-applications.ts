import { Migration } from '@mikro-orm/migrations';

/**
 * Addresses with a scheme of the application are only for clients of the type `native`. Clients that have one become native, and
 * so keep what they have.
 */
export class Migration20261127NativeApplications extends Migration {
  override up(): void {
    this.addSql(`update clients set metadata = metadata || '{"application_type":"native"}'
      where exists (select from jsonb_array_elements(redirects || post_logout_redirects) entry
        where entry ->> 'uri' !~* '^https?:')`);
  }
}
