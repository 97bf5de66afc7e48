import { Migration } from '@mikro-orm/migrations';

export class Migration20261128OfflineAccessIndex extends Migration {
  override up(): void {
    this.addSql(
      'create index "grants__offline" on "grants" ("tenant_id", "client_uuid", "id") where session_id is null',
    );
  }
}
