import { Migration } from '@mikro-orm/migrations';

export class Migration20261128RegistrationTokens extends Migration {
  override up(): void {
    this.addSql(
      'create table "initial_access_tokens" ("tenant_id" uuid not null, "id" uuid not null, "hash" bytea not null, "uses" int not null, "uses_left" int not null, "expires_at" timestamptz null, "created_at" timestamptz not null, constraint "initial_access_tokens__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql(
      'create index "initial_access_tokens__expires_at" on "initial_access_tokens" ("tenant_id", "expires_at")',
    );
    this.addSql(
      'alter table "initial_access_tokens" add constraint "initial_access_tokens__hash" unique ("tenant_id", "hash")',
    );
    this.addSql(
      'create table "registration_tokens" ("tenant_id" uuid not null, "client_uuid" uuid not null, "hash" bytea not null, "created_at" timestamptz not null, constraint "registration_tokens__pkey" primary key ("tenant_id", "client_uuid"))',
    );
    this.addSql(
      'alter table "registration_tokens" add constraint "registration_tokens__client_uuid__fkey" foreign key ("tenant_id", "client_uuid") references "clients" ("tenant_id", "id") on delete cascade',
    );
  }
}
