import { Migration } from '@mikro-orm/migrations';

/** The few accounts that may not be used, or whose address is not verified, are found without a look at the others. */
export class Migration20261126RareUsers extends Migration {
  override up(): void {
    this.addSql(
      'create index "users__disabled" on "users" ("tenant_id", "id") where not "enabled" or "inactive_since" is not null',
    );
    this.addSql('create index "users__unverified" on "users" ("tenant_id", "id") where not "email_verified"');
  }
}
