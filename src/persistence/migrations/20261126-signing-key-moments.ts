import { Migration } from '@mikro-orm/migrations';

/**
 * Replaces the status of a signing key by the time from which it signs: the clock decides whether it is next, active or
 * retired.
 */
export class Migration20261126SigningKeyMoments extends Migration {
  override up(): void {
    this.addSql('drop index "signing_keys__alg"');
    this.addSql('alter table "signing_keys" add column "active_from" timestamptz null');
    this.addSql('update "signing_keys" set "active_from" = "created_at"');
    this.addSql('alter table "signing_keys" alter column "active_from" set not null');
    this.addSql('alter table "signing_keys" drop column "status"');
    this.addSql('create index "signing_keys__alg" on "signing_keys" ("tenant_id", "alg", "active_from")');
  }
}
