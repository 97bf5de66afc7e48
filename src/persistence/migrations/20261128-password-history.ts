import { Migration } from '@mikro-orm/migrations';

export class Migration20261128PasswordHistory extends Migration {
  override up(): void {
    this.addSql(
      'create table "password_history" ("tenant_id" uuid not null, "id" uuid not null, "user_id" text not null, "hash" text not null, "created_at" timestamptz not null, constraint "password_history__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql(
      'create index "password_history__user_id" on "password_history" ("tenant_id", "user_id", "created_at", "id")',
    );
    this.addSql(
      'alter table "password_history" add constraint "password_history__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
  }
}
