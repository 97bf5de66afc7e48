import { Migration } from '@mikro-orm/migrations';

export class Migration20261127TenantUsers extends Migration {
  override up(): void {
    this.addSql(
      'create table "user_counts" ("tenant_id" uuid not null, "part" smallint not null, "count" int not null, constraint "user_counts__pkey" primary key ("tenant_id", "part"))',
    );
    // One scan; from then on each user adds itself.
    this.addSql(
      'insert into "user_counts" ("tenant_id", "part", "count") select "tenant_id", 0, count(*) from "users" where "service_client_id" is null group by "tenant_id"',
    );
    this.addSql('alter table "tenants" add "administrator_id" text null');
  }
}
