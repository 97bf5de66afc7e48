import { Migration } from '@mikro-orm/migrations';

export class Migration20261128ClientFlows extends Migration {
  override up(): void {
    this.addSql('alter table "clients" drop column "special_flow"');
  }
}
