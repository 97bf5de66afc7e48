import { Migration } from '@mikro-orm/migrations';

export class Migration20261128SessionClient extends Migration {
  override up(): void {
    this.addSql('alter table "sessions" add "client_id" text null');
  }
}
