import { Migration } from '@mikro-orm/migrations';

export class Migration20261128TenantSecrets extends Migration {
  override up(): void {
    this.addSql(
      'create table "tenant_secrets" ("tenant_id" uuid not null, "name" varchar(32) not null, "sealed" text not null, "created_at" timestamptz not null, constraint "tenant_secrets__pkey" primary key ("tenant_id", "name"))',
    );
  }
}
