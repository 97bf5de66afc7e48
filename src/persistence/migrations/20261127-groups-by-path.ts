import { Migration } from '@mikro-orm/migrations';

/** The list of groups by path was sorted anew for each page. A path may be longer than an index can hold. */
export class Migration20261127GroupsByPath extends Migration {
  override up(): void {
    this.addSql('create index "groups__path" on "groups" ("tenant_id", (left("path", 500)) collate "C", "id")');
  }
}
