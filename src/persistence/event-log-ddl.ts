/**
 * The event log's tables (docs/data-model.md, docs/decisions/0011-event-positions.md). Written in SQL because the log is
 * partitioned and because its bookkeeping uses types (`xid8`, `pg_snapshot`) that no entity has.
 */
export const EVENT_LOG_DDL: readonly string[] = [
  `create table "security_events" (
    "tenant_id" uuid not null,
    "id" uuid not null,
    "type" text not null,
    "occurred_at" timestamptz not null,
    "actor_kind" text not null,
    "actor_id" text null,
    "subject_id" text null,
    "client_id" text null,
    "client_auth" text null,
    "session_id" uuid null,
    "ip" text null,
    "peer_ip" text null,
    "user_agent" text null,
    "api" text not null,
    "process_id" uuid null,
    "outcome" text not null,
    "reason" text null,
    "params" jsonb not null default '{}',
    constraint "security_events__pkey" primary key ("tenant_id", "id")
  ) partition by range ("id")`,
  // Holds events outside all months (a wrong clock), so that recording never fails because a partition is missing.
  `create table "security_events_default" partition of "security_events" default`,
  `create index "security_events__subject_id" on "security_events" ("tenant_id", "subject_id", "id") where "subject_id" is not null`,
  // Without the three most frequent types (`FREQUENT_TYPES` in src/events/read/event-filter.ts).
  `create index "security_events__type" on "security_events" ("tenant_id", "type", "id") where "type" not in ('session.ended', 'session.started', 'token.issued')`,
  `create table "event_arrivals" (
    "xid" xid8 not null default pg_current_xact_id(),
    "tenant_id" uuid not null,
    "event_id" uuid not null
  )`,
  `create index "event_arrivals__xid" on "event_arrivals" ("xid")`,
  `create table "event_positions" (
    "log" smallint not null,
    "position" bigint not null,
    "tenant_id" uuid not null,
    "event_id" uuid not null,
    "chain_hash" bytea null,
    constraint "event_positions__pkey" primary key ("log", "position")
  )`,
  `create index "event_positions__tenant_id__position" on "event_positions" ("tenant_id", "position")`,
  `create index "event_positions__event_id" on "event_positions" ("tenant_id", "event_id")`,
  `create table "event_generations" (
    "log" smallint not null,
    "generation" integer not null,
    "first_position" bigint not null,
    "system_identifier" text not null,
    "timeline" integer not null,
    "created_at" timestamptz not null default now(),
    constraint "event_generations__pkey" primary key ("log", "generation")
  )`,
  `create table "event_batches" (
    "log" smallint not null,
    "generation" integer not null,
    "last_position" bigint not null,
    "snapshot" pg_snapshot not null,
    "created_at" timestamptz not null default now(),
    constraint "event_batches__pkey" primary key ("log", "generation", "last_position")
  )`,
  `create table "event_retentions" (
    "tenant_id" uuid not null,
    "deleted_position" bigint not null,
    "deleted_at" timestamptz not null default now(),
    constraint "event_retentions__pkey" primary key ("tenant_id")
  )`,
  `create table "leases" (
    "name" text not null,
    "holder" text not null,
    "expires_at" timestamptz not null,
    constraint "leases__pkey" primary key ("name")
  )`,
];
