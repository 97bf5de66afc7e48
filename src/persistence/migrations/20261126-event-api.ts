import { Migration } from '@mikro-orm/migrations';

/** Renames the column with the API that received the request to the name of its field in the graph. */
export class Migration20261126EventApi extends Migration {
  override up(): void {
    // Renaming a column of a partitioned table renames it in every partition, without reading a row.
    this.addSql('alter table "security_events" rename column "door" to "api"');
  }
}
