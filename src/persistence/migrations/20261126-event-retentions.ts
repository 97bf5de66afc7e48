import { Migration } from '@mikro-orm/migrations';

/** The highest position of each tenant's events that its retention deleted. */
export class Migration20261126EventRetentions extends Migration {
  override up(): void {
    this.addSql(`create table "event_retentions" (
      "tenant_id" uuid not null,
      "deleted_position" bigint not null,
      "deleted_at" timestamptz not null default now(),
      constraint "event_retentions__pkey" primary key ("tenant_id")
    )`);
  }
}
