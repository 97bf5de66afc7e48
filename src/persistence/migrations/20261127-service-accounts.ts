import { Migration } from '@mikro-orm/migrations';

/** The users of a tenant are counted from the primary key and from the few that are service accounts. */
export class Migration20261127ServiceAccounts extends Migration {
  override up(): void {
    this.addSql(
      'create index "users__service_accounts" on "users" ("tenant_id", "id") where "service_client_id" is not null',
    );
  }
}
