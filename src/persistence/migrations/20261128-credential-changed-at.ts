import { Migration } from '@mikro-orm/migrations';

export class Migration20261128CredentialChangedAt extends Migration {
  override up(): void {
    this.addSql('alter table "credentials" add "changed_at" timestamptz null');
  }
}
