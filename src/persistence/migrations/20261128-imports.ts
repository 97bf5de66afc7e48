import { Migration } from '@mikro-orm/migrations';

export class Migration20261128Imports extends Migration {
  override up(): void {
    this.addSql(
      'create table "imports" ("tenant_id" uuid not null, "id" uuid not null, "state" varchar(16) not null default \'running\', "if_exists" varchar(16) not null, "tallies" jsonb not null default \'{}\', "faults" jsonb not null default \'[]\', "fault_count" int not null default 0, "created_at" timestamptz not null, "updated_at" timestamptz not null, "ended_at" timestamptz null, constraint "imports__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql('create index "imports__created_at" on "imports" ("tenant_id", "created_at", "id")');
    this.addSql(
      'create table "import_rows" ("tenant_id" uuid not null, "key" bytea not null, "kind" varchar(32) not null, "content_hash" bytea not null, "updated_at" timestamptz not null, constraint "import_rows__pkey" primary key ("tenant_id", "key"))',
    );
  }
}
