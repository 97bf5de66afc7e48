import { Migration } from '@mikro-orm/migrations';

export class Migration20261128RefreshTokenReuses extends Migration {
  override up(): void {
    this.addSql('alter table "refresh_tokens" add "reuses" int not null default 0');
  }
}
