import { Migration } from '@mikro-orm/migrations';

/** The blocks of a tenant are listed without a look at the counters of everybody who failed once in the last month. */
export class Migration20261126PresentBlocks extends Migration {
  override up(): void {
    this.addSql(
      'create index "lockouts__blocked_until" on "lockouts" ("tenant_id", "blocked_until") where "blocked_until" is not null',
    );
  }
}
