import { Migration } from '@mikro-orm/migrations';

export class Migration20261128GroupEdges extends Migration {
  override up(): void {
    this.addSql(
      'create table "group_edges" ("tenant_id" uuid not null, "group_id" uuid not null, "child_id" uuid not null, "created_at" timestamptz not null, constraint "group_edges__pkey" primary key ("tenant_id", "group_id", "child_id"))',
    );
    this.addSql('create index "group_edges__child_id" on "group_edges" ("tenant_id", "child_id")');
    this.addSql(
      'alter table "group_edges" add constraint "group_edges__group_id__fkey" foreign key ("tenant_id", "group_id") references "groups" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "group_edges" add constraint "group_edges__child_id__fkey" foreign key ("tenant_id", "child_id") references "groups" ("tenant_id", "id") on delete cascade',
    );
  }
}
