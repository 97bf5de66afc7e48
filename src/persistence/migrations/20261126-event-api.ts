import { Migration } from '@mikro-orm/migrations';

/** An event names the API by which the service was reached; the column gets the name of the field that shows it. */
export class Migration20261126EventApi extends Migration {
  override up(): void {
    // Renaming a column of a partitioned table renames it in every partition, without reading a row.
    this.addSql('alter table "security_events" rename column "door" to "api"');
  }
}
