import { Migration } from '@mikro-orm/migrations';

/** Lists of the sessions of one address or one device are read in their order. */
export class Migration20261126SessionsByOrigin extends Migration {
  override up(): void {
    this.addSql('create index "sessions__ip" on "sessions" ("tenant_id", "ip", "id")');
    this.addSql('create index "sessions__device_id" on "sessions" ("tenant_id", "device_id", "id")');
  }
}
