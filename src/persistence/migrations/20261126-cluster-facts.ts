import { Migration } from '@mikro-orm/migrations';

/** A check value of the master key, and the origin that all nodes share. */
export class Migration20261126ClusterFacts extends Migration {
  override up(): void {
    this.addSql(
      'create table "cluster_facts" ("name" text not null, "value" text not null, "changed_at" timestamptz not null default now(), constraint "cluster_facts__pkey" primary key ("name"))',
    );
  }
}
