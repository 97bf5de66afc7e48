import { Migration } from '@mikro-orm/migrations';

export class Migration20261128LivenessCounts extends Migration {
  override up(): void {
    this.addSql(
      'create table "liveness_counts" ("tenant_id" uuid not null, "minute" timestamptz not null, "passed" int not null default 0, "failed" int not null default 0, "skipped" int not null default 0, "timed" int not null default 0, "duration_ms" bigint not null default \'0\', constraint "liveness_counts__pkey" primary key ("tenant_id", "minute"))',
    );
  }
}
