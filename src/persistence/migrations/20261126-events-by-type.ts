import { Migration } from '@mikro-orm/migrations';

/**
 * Events of rare types are found without a walk through the whole log. The three most frequent types are left out: every page of
 * the log holds some of them, and with them the index would be as large as the log.
 */
export class Migration20261126EventsByType extends Migration {
  override up(): void {
    // An index of a partitioned table is made in every partition, present and future.
    this.addSql(
      `create index "security_events__type" on "security_events" ("tenant_id", "type", "id") where "type" not in ('session.ended', 'session.started', 'token.issued')`,
    );
  }
}
