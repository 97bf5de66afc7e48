import { Migration } from '@mikro-orm/migrations';

export class Migration20261127Interactions extends Migration {
  override up(): void {
    this.addSql(
      'create table "interactions" ("tenant_id" uuid not null, "hash" bytea not null, "kind" varchar(32) not null, "purpose" jsonb not null default \'{}\', "request" jsonb not null, "state" jsonb not null default \'{}\', "version" int not null default 0, "browser_hash" text not null, "user_id" text null, "client_id" text null, "address" text null, "expires_at" timestamptz not null, "created_at" timestamptz not null, constraint "interactions__pkey" primary key ("tenant_id", "hash"))',
    );
    this.addSql('create index "interactions__user_id" on "interactions" ("tenant_id", "user_id")');
    this.addSql(
      'create index "interactions__browser_hash" on "interactions" ("tenant_id", "browser_hash", "created_at")',
    );
    this.addSql('create index "interactions__address" on "interactions" ("tenant_id", "address", "expires_at")');
    this.addSql('create index "interactions__expires_at" on "interactions" ("tenant_id", "expires_at")');
    this.addSql('alter table "users" add "proof_version" int not null default 0');
    this.addSql(
      'alter table "interactions" add constraint "interactions__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
  }
}
