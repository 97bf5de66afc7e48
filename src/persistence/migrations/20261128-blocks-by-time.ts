import { Migration } from '@mikro-orm/migrations';

/** Blocks of one kind are listed by when they began. */
export class Migration20261128BlocksByTime extends Migration {
  override up(): void {
    this.addSql(
      'create index "lockouts__blocked_from" on "lockouts" ("tenant_id", "subject_kind", "blocked_from", "subject", "factor") where "blocked_until" is not null',
    );
  }
}
