import { Migration } from '@mikro-orm/migrations';

/** A list of the roles of a tenant, which is in the order of their names, is read in that order. */
export class Migration20261126RolesByName extends Migration {
  override up(): void {
    this.addSql('create index "roles__tenant_id__name" on "roles" ("tenant_id", "name", "id")');
  }
}
