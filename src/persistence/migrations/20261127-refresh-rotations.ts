import { Migration } from '@mikro-orm/migrations';

/**
 * A refresh no longer counts in the row of its family: its spent tokens are the count. Nothing looked refresh tokens up by
 * their end, since they are deleted with their family. The room in each page lets the update that spends a token stay in it, so
 * that no index is written.
 */
export class Migration20261127RefreshRotations extends Migration {
  override up(): void {
    this.addSql('alter table "grants" drop column "generation"');
    this.addSql('drop index "refresh_tokens__expires_at"');
    this.addSql('alter table "refresh_tokens" set (fillfactor = 85)');
  }
}
