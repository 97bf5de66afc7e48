/** Table of the values that all nodes of a database must share: one node writes them, all compare theirs. */
export const CLUSTER_DDL: readonly string[] = [
  `create table "cluster_facts" (
    "name" text not null,
    "value" text not null,
    "changed_at" timestamptz not null default now(),
    constraint "cluster_facts__pkey" primary key ("name")
  )`,
];
