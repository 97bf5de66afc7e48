import { Migration } from '@mikro-orm/migrations';

/** The tenants that have a user of a name are found by one look-up instead of one for each tenant. */
export class Migration20261127TenantsOfNames extends Migration {
  override up(): void {
    this.addSql('create index "user_identifiers__value" on "user_identifiers" ("value")');
  }
}
