import { Migration } from '@mikro-orm/migrations';

export class Migration20261128GrantClientSession extends Migration {
  override up(): void {
    this.addSql('alter table "grants" add "client_session" varchar(255) null');
  }
}
