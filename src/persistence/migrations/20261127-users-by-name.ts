import { Migration } from '@mikro-orm/migrations';

/**
 * Lists of users are in the order of names and addresses, ignoring case, and are searched for texts inside names. The owner of a
 * database may create the extension for that, but some servers do not have it, or have it where the service does not look: then
 * there is no index, and the search reads the search rows of the tenant (docs/data-model.md).
 */
const INFIX = `do $$ begin
  create extension if not exists pg_trgm;
  create index "user_attribute_keys__infix" on "user_attribute_keys" using gin ("value_key" gin_trgm_ops) where "name" in (' username', ' email', ' given_name', ' family_name');
exception when feature_not_supported or undefined_file or insufficient_privilege or undefined_object then
  raise warning 'Texts inside names of users are found without an index: %', sqlerrm;
end $$`;

export class Migration20261127UsersByName extends Migration {
  override up(): void {
    this.addSql('drop index "users__username"');
    this.addSql(
      'create index "users__folded_username" on "users" ("tenant_id", (lower(left(coalesce("username", \'\'), 255))) collate "C", "id")',
    );
    this.addSql(
      'create index "users__folded_email" on "users" ("tenant_id", (lower(left(coalesce("email", \'\'), 255))) collate "C", "id")',
    );
    this.addSql(
      'create index "users__folded_given_name" on "users" ("tenant_id", (lower(left(coalesce("given_name", \'\'), 255))) collate "C", "id")',
    );
    this.addSql(
      'create index "users__folded_family_name" on "users" ("tenant_id", (lower(left(coalesce("family_name", \'\'), 255))) collate "C", "id")',
    );
    this.addSql(
      'create index "users__is_enabled" on "users" ("tenant_id", ("enabled" and "inactive_since" is null), "id")',
    );
    this.addSql(INFIX);
  }
}
