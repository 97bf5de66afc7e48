import { Migration } from '@mikro-orm/migrations';

export class Migration20261122Initial extends Migration {
  override up(): void {
    this.addSql(
      'create table "access_tokens" ("tenant_id" uuid not null, "hash" bytea not null, "grant_id" uuid null, "client_uuid" uuid not null, "claims" jsonb not null, "expires_at" timestamptz not null, "created_at" timestamptz not null, constraint "access_tokens__pkey" primary key ("tenant_id", "hash"))',
    );
    this.addSql('create index "access_tokens__grant_id" on "access_tokens" ("tenant_id", "grant_id")');
    this.addSql('create index "access_tokens__client_uuid" on "access_tokens" ("tenant_id", "client_uuid")');
    this.addSql('create index "access_tokens__expires_at" on "access_tokens" ("tenant_id", "expires_at")');
    this.addSql(
      'create table "clients" ("tenant_id" uuid not null, "id" uuid not null, "client_id" text not null, "name" text null, "description" text null, "kind" varchar(16) not null default \'regular\', "type" varchar(16) not null default \'confidential\', "enabled" boolean not null default true, "grants" text[] not null default \'{}\', "redirects" jsonb not null default \'[]\', "post_logout_redirects" jsonb not null default \'[]\', "full_role_scope" boolean not null default false, "permissions" text[] not null default \'{}\', "token_format" varchar(8) not null default \'jwt\', "access_token_alg" varchar(8) null, "id_token_alg" varchar(8) null, "access_token_seconds" int null, "refresh_token_seconds" int null, "software_id" text null, "owner_user_id" text null, "special_flow" text null, "attributes" jsonb not null default \'{}\', "locked_at" timestamptz null, "not_before" timestamptz null, "created_at" timestamptz not null, "updated_at" timestamptz not null, constraint "clients__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql('create index "clients__owner_user_id" on "clients" ("tenant_id", "owner_user_id")');
    this.addSql('alter table "clients" add constraint "clients__client_id" unique ("tenant_id", "client_id")');
    this.addSql(
      'create table "client_scopes" ("tenant_id" uuid not null, "id" uuid not null, "name" text not null, "description" text null, "mappers" jsonb not null default \'[]\', "created_at" timestamptz not null, constraint "client_scopes__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql('alter table "client_scopes" add constraint "client_scopes__name" unique ("tenant_id", "name")');
    this.addSql(
      'create table "client_scope_links" ("tenant_id" uuid not null, "client_uuid" uuid not null, "scope_id" uuid not null, "is_default" boolean not null default false, constraint "client_scope_links__pkey" primary key ("tenant_id", "client_uuid", "scope_id"))',
    );
    this.addSql('create index "client_scope_links__scope_id" on "client_scope_links" ("tenant_id", "scope_id")');
    this.addSql(
      'create table "client_secrets" ("tenant_id" uuid not null, "id" uuid not null, "client_uuid" uuid not null, "kind" varchar(8) not null, "hash" bytea not null, "sealed" text null, "created_at" timestamptz not null, "expires_at" timestamptz null, constraint "client_secrets__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql('create index "client_secrets__client_uuid" on "client_secrets" ("tenant_id", "client_uuid")');
    this.addSql(
      'create table "consents" ("tenant_id" uuid not null, "user_id" text not null, "client_uuid" uuid not null, "scopes" text[] not null default \'{}\', "created_at" timestamptz not null, "updated_at" timestamptz not null, constraint "consents__pkey" primary key ("tenant_id", "user_id", "client_uuid"))',
    );
    this.addSql('create index "consents__client_uuid" on "consents" ("tenant_id", "client_uuid")');
    this.addSql(
      'create table "credentials" ("tenant_id" uuid not null, "id" uuid not null, "user_id" text not null, "type" varchar(32) not null, "ordinal" int not null, "lookup_hash" bytea null, "label" text null, "priority" int not null default 0, "data" jsonb not null default \'{}\', "secret" text null, "created_at" timestamptz not null, "last_used_at" timestamptz null, constraint "credentials__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql(
      'alter table "credentials" add constraint "credentials__ordinal" unique ("tenant_id", "user_id", "type", "ordinal")',
    );
    this.addSql(
      'alter table "credentials" add constraint "credentials__lookup_hash" unique ("tenant_id", "lookup_hash")',
    );
    this.addSql(
      'create table "credential_ordinals" ("tenant_id" uuid not null, "user_id" text not null, "type" varchar(32) not null, "last" int not null, constraint "credential_ordinals__pkey" primary key ("tenant_id", "user_id", "type"))',
    );
    this.addSql(
      'create table "devices" ("tenant_id" uuid not null, "user_id" text not null, "id" text not null, "user_agent" text null, "fingerprint" text null, "latest_ip" text null, "trusted" boolean not null default false, "created_at" timestamptz not null, "last_used_at" timestamptz not null, constraint "devices__pkey" primary key ("tenant_id", "user_id", "id"))',
    );
    this.addSql(
      'create table "federation_links" ("tenant_id" uuid not null, "provider_id" uuid not null, "external_id" text not null, "user_id" text not null, "external_name" text null, "created_at" timestamptz not null, "updated_at" timestamptz not null, constraint "federation_links__pkey" primary key ("tenant_id", "provider_id", "external_id"))',
    );
    this.addSql('create index "federation_links__user_id" on "federation_links" ("tenant_id", "user_id")');
    this.addSql(
      'create table "federation_providers" ("tenant_id" uuid not null, "id" uuid not null, "name" text not null, "type" varchar(64) not null, "display_name" text null, "enabled" boolean not null default true, "store_tokens" boolean not null default false, "config" jsonb not null default \'{}\', "client_secret_sealed" text null, "created_at" timestamptz not null, "updated_at" timestamptz not null, constraint "federation_providers__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql(
      'alter table "federation_providers" add constraint "federation_providers__name" unique ("tenant_id", "name")',
    );
    this.addSql(
      'create table "federation_tokens" ("tenant_id" uuid not null, "provider_id" uuid not null, "external_id" text not null, "sealed" text not null, "expires_at" timestamptz null, "updated_at" timestamptz not null, constraint "federation_tokens__pkey" primary key ("tenant_id", "provider_id", "external_id"))',
    );
    this.addSql(
      'create table "grants" ("tenant_id" uuid not null, "id" uuid not null, "user_id" text not null, "client_uuid" uuid not null, "session_id" uuid null, "scopes" text[] not null default \'{}\', "issuer_kind" varchar(16) not null, "generation" int not null default 0, "revoked_at" timestamptz null, "expires_at" timestamptz not null, "created_at" timestamptz not null, constraint "grants__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql('create index "grants__user_id" on "grants" ("tenant_id", "user_id")');
    this.addSql('create index "grants__session_id" on "grants" ("tenant_id", "session_id")');
    this.addSql('create index "grants__client_uuid" on "grants" ("tenant_id", "client_uuid")');
    this.addSql('create index "grants__expires_at" on "grants" ("tenant_id", "expires_at")');
    this.addSql(
      'create table "groups" ("tenant_id" uuid not null, "id" uuid not null, "profile" varchar(64) not null default \'groups\', "key" text not null, "parent_id" uuid null, "name" text not null, "folded_name" text not null, "path" text not null, "attributes" jsonb not null default \'{}\', "external_id" text null, "created_at" timestamptz not null, "updated_at" timestamptz not null, constraint "groups__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql('create index "groups__parent_id" on "groups" ("tenant_id", "parent_id")');
    this.addSql('create index "groups__external_id" on "groups" ("tenant_id", "external_id")');
    this.addSql('alter table "groups" add constraint "groups__key" unique ("tenant_id", "profile", "key")');
    this.addSql(
      'create table "group_members" ("tenant_id" uuid not null, "group_id" uuid not null, "user_id" text not null, "created_at" timestamptz not null, constraint "group_members__pkey" primary key ("tenant_id", "group_id", "user_id"))',
    );
    this.addSql('create index "group_members__user_id" on "group_members" ("tenant_id", "user_id")');
    this.addSql(
      'create table "lockouts" ("tenant_id" uuid not null, "subject_kind" varchar(16) not null, "subject" text not null, "factor" varchar(16) not null, "failures" int not null default 0, "failure_times" jsonb not null default \'[]\', "level" int not null default 0, "last_at" timestamptz not null, "last_ip" text null, "blocked_from" timestamptz null, "blocked_until" timestamptz null, constraint "lockouts__pkey" primary key ("tenant_id", "subject_kind", "subject", "factor"))',
    );
    this.addSql('create index "lockouts__last_at" on "lockouts" ("tenant_id", "last_at")');
    this.addSql(
      'create table "one_time_codes" ("tenant_id" uuid not null, "hash" bytea not null, "kind" varchar(32) not null, "user_id" text null, "payload" jsonb not null default \'{}\', "attempts" int not null default 0, "expires_at" timestamptz not null, "created_at" timestamptz not null, constraint "one_time_codes__pkey" primary key ("tenant_id", "hash"))',
    );
    this.addSql('create index "one_time_codes__user_id" on "one_time_codes" ("tenant_id", "user_id", "kind")');
    this.addSql('create index "one_time_codes__expires_at" on "one_time_codes" ("tenant_id", "expires_at")');
    this.addSql(
      'create table "refresh_tokens" ("tenant_id" uuid not null, "hash" bytea not null, "grant_id" uuid not null, "spent_at" timestamptz null, "expires_at" timestamptz not null, "created_at" timestamptz not null, constraint "refresh_tokens__pkey" primary key ("tenant_id", "hash"))',
    );
    this.addSql('create index "refresh_tokens__grant_id" on "refresh_tokens" ("tenant_id", "grant_id")');
    this.addSql('create index "refresh_tokens__expires_at" on "refresh_tokens" ("tenant_id", "expires_at")');
    this.addSql(
      'create table "revoked_tokens" ("tenant_id" uuid not null, "jti" text not null, "expires_at" timestamptz not null, "created_at" timestamptz not null, constraint "revoked_tokens__pkey" primary key ("tenant_id", "jti"))',
    );
    this.addSql('create index "revoked_tokens__expires_at" on "revoked_tokens" ("tenant_id", "expires_at")');
    this.addSql(
      'create table "rights" ("tenant_id" uuid not null, "subject_kind" varchar(12) not null, "subject_id" text not null, "object_kind" varchar(12) not null, "object_id" text not null, "name" text not null, "tags" text[] not null, "created_at" timestamptz not null, "updated_at" timestamptz not null, "subject_user_id" text generated always as (case when subject_kind = \'user\' then subject_id::text else null end) stored null, "subject_client_uuid" uuid generated always as (case when subject_kind = \'application\' then subject_id::uuid else null end) stored null, "object_user_id" text generated always as (case when object_kind = \'user\' then object_id::text else null end) stored null, "object_group_id" uuid generated always as (case when object_kind = \'group\' then object_id::uuid else null end) stored null, "object_client_uuid" uuid generated always as (case when object_kind = \'application\' then object_id::uuid else null end) stored null, constraint "rights__pkey" primary key ("tenant_id", "subject_kind", "subject_id", "object_kind", "object_id", "name"))',
    );
    this.addSql('create index "rights__object" on "rights" ("tenant_id", "object_kind", "object_id")');
    this.addSql('create index "rights__subject_user_id" on "rights" ("tenant_id", "subject_user_id")');
    this.addSql('create index "rights__subject_client_uuid" on "rights" ("tenant_id", "subject_client_uuid")');
    this.addSql('create index "rights__object_user_id" on "rights" ("tenant_id", "object_user_id")');
    this.addSql('create index "rights__object_group_id" on "rights" ("tenant_id", "object_group_id")');
    this.addSql('create index "rights__object_client_uuid" on "rights" ("tenant_id", "object_client_uuid")');
    this.addSql(
      'create table "riskbits" ("tenant_id" uuid not null, "id" uuid not null, "rating_level" text not null, "score" text not null, "risk" text not null, "risk_android" text null, "risk_ios" text null, "operation" text not null, "enabled" boolean not null default true, "created_at" timestamptz not null, "updated_at" timestamptz not null, constraint "riskbits__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql(
      'alter table "riskbits" add constraint "riskbits__rating_level__score" unique ("tenant_id", "rating_level", "score")',
    );
    this.addSql(
      'create table "roles" ("tenant_id" uuid not null, "id" uuid not null, "client_uuid" uuid not null, "name" text not null, "description" text null, "permissions" text[] not null default \'{}\', "attributes" jsonb not null default \'{}\', "builtin" boolean not null default false, "created_at" timestamptz not null, "updated_at" timestamptz not null, constraint "roles__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql('alter table "roles" add constraint "roles__name" unique ("tenant_id", "client_uuid", "name")');
    this.addSql(
      'create table "role_composites" ("tenant_id" uuid not null, "role_id" uuid not null, "child_id" uuid not null, constraint "role_composites__pkey" primary key ("tenant_id", "role_id", "child_id"))',
    );
    this.addSql('create index "role_composites__child_id" on "role_composites" ("tenant_id", "child_id")');
    this.addSql(
      'create table "role_grants" ("tenant_id" uuid not null, "holder_kind" varchar(8) not null, "holder_id" text not null, "role_id" uuid not null, "on_tenant_id" uuid not null, "created_at" timestamptz not null, constraint "role_grants__pkey" primary key ("tenant_id", "holder_kind", "holder_id", "role_id", "on_tenant_id"))',
    );
    this.addSql('create index "role_grants__role_id" on "role_grants" ("tenant_id", "role_id")');
    this.addSql(
      'create table "security_questions" ("tenant_id" uuid not null, "user_id" text not null, "question" text not null, "answer_hash" text not null, "created_at" timestamptz not null, "updated_at" timestamptz not null, constraint "security_questions__pkey" primary key ("tenant_id", "user_id"))',
    );
    this.addSql(
      'create table "sessions" ("tenant_id" uuid not null, "id" uuid not null, "user_id" text not null, "cookie_hash" bytea null, "device_id" text null, "auth_time" timestamptz not null, "amr" text[] not null default \'{}\', "acr" text null, "remember" boolean not null default false, "offline" boolean not null default false, "ip" text null, "user_agent" text null, "last_used_at" timestamptz not null, "idle_expires_at" timestamptz not null, "expires_at" timestamptz not null, "created_at" timestamptz not null, constraint "sessions__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql('create index "sessions__user_id" on "sessions" ("tenant_id", "user_id", "id")');
    this.addSql('create index "sessions__expires_at" on "sessions" ("tenant_id", "expires_at")');
    this.addSql('alter table "sessions" add constraint "sessions__cookie_hash" unique ("tenant_id", "cookie_hash")');
    this.addSql(
      'create table "signing_keys" ("tenant_id" uuid not null, "kid" text not null, "alg" varchar(16) not null, "public_jwk" jsonb not null, "sealed_private" text not null, "certificate" text null, "status" varchar(8) not null default \'active\', "created_at" timestamptz not null, "retired_at" timestamptz null, "expires_at" timestamptz null, constraint "signing_keys__pkey" primary key ("tenant_id", "kid"))',
    );
    this.addSql('create index "signing_keys__alg" on "signing_keys" ("tenant_id", "alg", "status")');
    this.addSql(
      'create table "tenants" ("id" uuid not null, "name" varchar(63) not null, "route" varchar(8) not null, "template" varchar(16) not null, "display_name" varchar(255) null, "enabled" boolean not null default true, "log" smallint not null default 0, "settings" jsonb not null default \'{}\', "extra" jsonb not null default \'{}\', "not_before" timestamptz null, "deleted_at" timestamptz null, "created_at" timestamptz not null, "updated_at" timestamptz not null, constraint "tenants__pkey" primary key ("id"))',
    );
    this.addSql('alter table "tenants" add constraint "tenants__route" unique ("route")');
    this.addSql(
      'create table "tenant_hosts" ("host" varchar(253) not null, "tenant_id" uuid not null, "created_at" timestamptz not null, constraint "tenant_hosts__pkey" primary key ("host"))',
    );
    this.addSql('create index "tenant_hosts__tenant_id" on "tenant_hosts" ("tenant_id")');
    this.addSql(
      'create table "users" ("tenant_id" uuid not null, "id" text not null, "username" text not null, "email" text null, "email_verified" boolean not null default false, "phone" text null, "phone_verified" boolean not null default false, "given_name" text null, "family_name" text null, "middle_name" text null, "display_name" text null, "locale" text null, "enabled" boolean not null default true, "disabled_reason" text null, "inactive_since" timestamptz null, "exempt_until" timestamptz null, "state_checked_at" timestamptz null, "required_factor" smallint null, "locked_methods" text[] not null default \'{}\', "required_actions" text[] not null default \'{}\', "attributes" jsonb not null default \'{}\', "profile" jsonb not null default \'{}\', "properties" jsonb not null default \'{}\', "external_id" text null, "webauthn_handle" text null, "service_client_id" text null, "not_before" timestamptz null, "last_sign_in_at" timestamptz null, "created_at" timestamptz not null, "updated_at" timestamptz not null, constraint "users__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql('create index "users__external_id" on "users" ("tenant_id", "external_id")');
    this.addSql('create index "users__created_at" on "users" ("tenant_id", "created_at", "id")');
    this.addSql('create index "users__username" on "users" ("tenant_id", "username", "id")');
    this.addSql(
      'create table "user_attribute_keys" ("tenant_id" uuid not null, "name" text not null, "value_key" text collate "C" not null, "user_id" text not null, constraint "user_attribute_keys__pkey" primary key ("tenant_id", "name", "value_key", "user_id"))',
    );
    this.addSql('create index "user_attribute_keys__user_id" on "user_attribute_keys" ("tenant_id", "user_id")');
    this.addSql(
      'create table "user_identifiers" ("tenant_id" uuid not null, "value" text not null, "user_id" text not null, "kinds" smallint not null, constraint "user_identifiers__pkey" primary key ("tenant_id", "value"))',
    );
    this.addSql('create index "user_identifiers__user_id" on "user_identifiers" ("tenant_id", "user_id")');
    this.addSql(
      'create table "security_events" (\n    "tenant_id" uuid not null,\n    "id" uuid not null,\n    "type" text not null,\n    "occurred_at" timestamptz not null,\n    "actor_kind" text not null,\n    "actor_id" text null,\n    "subject_id" text null,\n    "client_id" text null,\n    "client_auth" text null,\n    "session_id" uuid null,\n    "ip" text null,\n    "peer_ip" text null,\n    "user_agent" text null,\n    "door" text not null,\n    "process_id" uuid null,\n    "outcome" text not null,\n    "reason" text null,\n    "params" jsonb not null default \'{}\',\n    constraint "security_events__pkey" primary key ("tenant_id", "id")\n  ) partition by range ("id")',
    );
    this.addSql('create table "security_events_default" partition of "security_events" default');
    this.addSql(
      'create index "security_events__subject_id" on "security_events" ("tenant_id", "subject_id", "id") where "subject_id" is not null',
    );
    this.addSql(
      'create table "event_arrivals" (\n    "xid" xid8 not null default pg_current_xact_id(),\n    "tenant_id" uuid not null,\n    "event_id" uuid not null\n  )',
    );
    this.addSql('create index "event_arrivals__xid" on "event_arrivals" ("xid")');
    this.addSql(
      'create table "event_positions" (\n    "log" smallint not null,\n    "position" bigint not null,\n    "tenant_id" uuid not null,\n    "event_id" uuid not null,\n    "chain_hash" bytea null,\n    constraint "event_positions__pkey" primary key ("log", "position")\n  )',
    );
    this.addSql('create index "event_positions__tenant_id__position" on "event_positions" ("tenant_id", "position")');
    this.addSql('create index "event_positions__event_id" on "event_positions" ("tenant_id", "event_id")');
    this.addSql(
      'create table "event_generations" (\n    "log" smallint not null,\n    "generation" integer not null,\n    "first_position" bigint not null,\n    "system_identifier" text not null,\n    "timeline" integer not null,\n    "created_at" timestamptz not null default now(),\n    constraint "event_generations__pkey" primary key ("log", "generation")\n  )',
    );
    this.addSql(
      'create table "event_batches" (\n    "log" smallint not null,\n    "generation" integer not null,\n    "last_position" bigint not null,\n    "snapshot" pg_snapshot not null,\n    "created_at" timestamptz not null default now(),\n    constraint "event_batches__pkey" primary key ("log", "generation", "last_position")\n  )',
    );
    this.addSql(
      'create table "leases" (\n    "name" text not null,\n    "holder" text not null,\n    "expires_at" timestamptz not null,\n    constraint "leases__pkey" primary key ("name")\n  )',
    );
    this.addSql(
      'alter table "tenant_hosts" add constraint "tenant_hosts__tenant_id__fkey" foreign key ("tenant_id") references "tenants" ("id") on delete cascade',
    );
    this.addSql(
      'alter table "user_identifiers" add constraint "user_identifiers__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "user_attribute_keys" add constraint "user_attribute_keys__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "credentials" add constraint "credentials__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "credential_ordinals" add constraint "credential_ordinals__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "security_questions" add constraint "security_questions__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "role_composites" add constraint "role_composites__role_id__fkey" foreign key ("tenant_id", "role_id") references "roles" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "role_composites" add constraint "role_composites__child_id__fkey" foreign key ("tenant_id", "child_id") references "roles" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "role_grants" add constraint "role_grants__role_id__fkey" foreign key ("tenant_id", "role_id") references "roles" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "groups" add constraint "groups__parent_id__fkey" foreign key ("tenant_id", "parent_id") references "groups" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "group_members" add constraint "group_members__group_id__fkey" foreign key ("tenant_id", "group_id") references "groups" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "group_members" add constraint "group_members__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "client_secrets" add constraint "client_secrets__client_uuid__fkey" foreign key ("tenant_id", "client_uuid") references "clients" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "client_scope_links" add constraint "client_scope_links__client_uuid__fkey" foreign key ("tenant_id", "client_uuid") references "clients" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "client_scope_links" add constraint "client_scope_links__scope_id__fkey" foreign key ("tenant_id", "scope_id") references "client_scopes" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "sessions" add constraint "sessions__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "devices" add constraint "devices__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "one_time_codes" add constraint "one_time_codes__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "consents" add constraint "consents__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "consents" add constraint "consents__client_uuid__fkey" foreign key ("tenant_id", "client_uuid") references "clients" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "grants" add constraint "grants__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "grants" add constraint "grants__client_uuid__fkey" foreign key ("tenant_id", "client_uuid") references "clients" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "grants" add constraint "grants__session_id__fkey" foreign key ("tenant_id", "session_id") references "sessions" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "refresh_tokens" add constraint "refresh_tokens__grant_id__fkey" foreign key ("tenant_id", "grant_id") references "grants" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "access_tokens" add constraint "access_tokens__grant_id__fkey" foreign key ("tenant_id", "grant_id") references "grants" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "access_tokens" add constraint "access_tokens__client_uuid__fkey" foreign key ("tenant_id", "client_uuid") references "clients" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "federation_links" add constraint "federation_links__provider_id__fkey" foreign key ("tenant_id", "provider_id") references "federation_providers" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "federation_links" add constraint "federation_links__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "federation_tokens" add constraint "federation_tokens__provider_id__external_id__fkey" foreign key ("tenant_id", "provider_id", "external_id") references "federation_links" ("tenant_id", "provider_id", "external_id") on delete cascade',
    );
    this.addSql(
      'alter table "rights" add constraint "rights__subject_user_id__fkey" foreign key ("tenant_id", "subject_user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "rights" add constraint "rights__subject_client_uuid__fkey" foreign key ("tenant_id", "subject_client_uuid") references "clients" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "rights" add constraint "rights__object_user_id__fkey" foreign key ("tenant_id", "object_user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "rights" add constraint "rights__object_group_id__fkey" foreign key ("tenant_id", "object_group_id") references "groups" ("tenant_id", "id") on delete cascade',
    );
    this.addSql(
      'alter table "rights" add constraint "rights__object_client_uuid__fkey" foreign key ("tenant_id", "object_client_uuid") references "clients" ("tenant_id", "id") on delete cascade',
    );
    this.addSql('create unique index "tenants__name" on "tenants" (lower("name")) where "deleted_at" is null');
    this.addSql(
      'create unique index "groups__parent_name" on "groups" ("tenant_id", coalesce("parent_id", \'00000000-0000-0000-0000-000000000000\'::uuid), "folded_name") where "profile" = \'groups\'',
    );
  }
}
