import { Migration } from '@mikro-orm/migrations';

export class Migration20261127UserAddresses extends Migration {
  override up(): void {
    this.addSql(
      'create table "user_addresses" ("tenant_id" uuid not null, "id" uuid not null, "user_id" text not null, "title" text null, "type" text null, "is_default" boolean not null default false, "given_name" text null, "family_name" text null, "details" text null, "district" text null, "district_code" text null, "town" text null, "town_code" text null, "city" text null, "city_code" text null, "region" text null, "postal_code" text null, "country" text null, "directions" text null, "formatted" text null, "created_at" timestamptz not null, "updated_at" timestamptz not null, constraint "user_addresses__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql('create index "user_addresses__user_id" on "user_addresses" ("tenant_id", "user_id", "id")');
    this.addSql(
      'alter table "user_addresses" add constraint "user_addresses__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'create unique index "user_addresses__default" on "user_addresses" ("tenant_id", "user_id") where "is_default"',
    );
  }
}
