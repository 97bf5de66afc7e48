import { Migration } from '@mikro-orm/migrations';

/** The groups that new users of a tenant join. */
export class Migration20261127DefaultGroups extends Migration {
  override async up(): Promise<void> {
    await this.execute(
      `create table "default_groups" ("tenant_id" uuid not null, "group_id" uuid not null, "created_at" timestamptz not null, constraint "default_groups__pkey" primary key ("tenant_id", "group_id"))`,
    );
    await this.execute(
      `alter table "default_groups" add constraint "default_groups__group_id__fkey" foreign key ("tenant_id", "group_id") references "groups" ("tenant_id", "id") on delete cascade`,
    );
  }
}
