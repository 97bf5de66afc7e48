import { Migration } from '@mikro-orm/migrations';

/** Token families remember the host of their issuer. */
export class Migration20261127IssuerHosts extends Migration {
  override up(): void {
    this.addSql('alter table "grants" add column "issuer_host" varchar(253) null');
  }
}
