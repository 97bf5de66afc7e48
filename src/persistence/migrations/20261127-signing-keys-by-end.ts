import { Migration } from '@mikro-orm/migrations';

/** Expired signing keys are found without a look at the others, of which every tenant has several. */
export class Migration20261127SigningKeysByEnd extends Migration {
  override up(): void {
    this.addSql('create index "signing_keys__expires_at" on "signing_keys" ("tenant_id", "expires_at")');
  }
}
