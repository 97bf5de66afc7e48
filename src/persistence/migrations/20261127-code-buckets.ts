import { Migration } from '@mikro-orm/migrations';

export class Migration20261127CodeBuckets extends Migration {
  override up(): void {
    this.addSql('alter table "one_time_codes" add "bucket" varchar(64) null');
    this.addSql(
      'create index "one_time_codes__bucket" on "one_time_codes" ("tenant_id", "kind", "bucket", "expires_at") where bucket is not null',
    );
  }
}
