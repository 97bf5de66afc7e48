/** What the nodes of one database have agreed on: written once by one of them, compared by all. */
export const CLUSTER_DDL: readonly string[] = [
  `create table "cluster_facts" (
    "name" text not null,
    "value" text not null,
    "changed_at" timestamptz not null default now(),
    constraint "cluster_facts__pkey" primary key ("name")
  )`,
];
