/**
 * Parts of the schema that no entity describes: foreign keys, expression indexes and the event log. The schema diff ignores
 * these names; `test/src/persistence/catalogue.test.ts` checks that each is really there.
 */

/** Tables that are created and read by SQL only. */
export const SQL_ONLY_TABLES = [
  'security_events',
  'event_arrivals',
  'event_positions',
  'event_batches',
  'event_generations',
  'leases',
  'cluster_facts',
] as const;

/** Tables whose keys do not begin with `tenant_id`: the directory of tenants, and the log (docs/data-model.md). */
export const UNTENANTED_TABLES = [
  'tenants',
  'tenant_hosts',
  'event_arrivals',
  'event_positions',
  'event_batches',
  'event_generations',
  'leases',
  'cluster_facts',
  'migrations',
] as const;

/** A composite foreign key `(tenant_id, columns)`. `tenants` is referenced by its id alone. */
export interface ForeignKey {
  readonly table: string;
  readonly columns: readonly string[];
  readonly references: string;
  readonly referenced: readonly string[];
  readonly onDelete: 'cascade' | 'restrict';
}

const fk = (
  table: string,
  columns: readonly string[],
  references: string,
  referenced: readonly string[],
  onDelete: ForeignKey['onDelete'] = 'cascade',
): ForeignKey => ({ table, columns, references, referenced, onDelete });

const byTenant = (table: string, column: string, references: string, referenced = 'id'): ForeignKey =>
  fk(table, ['tenant_id', column], references, ['tenant_id', referenced]);

/** Never `SET NULL`, which would set `tenant_id` to null as well; no `ON UPDATE`. */
export const FOREIGN_KEYS: readonly ForeignKey[] = [
  fk('tenant_hosts', ['tenant_id'], 'tenants', ['id']),
  byTenant('user_identifiers', 'user_id', 'users'),
  byTenant('user_attribute_keys', 'user_id', 'users'),
  byTenant('credentials', 'user_id', 'users'),
  byTenant('credential_ordinals', 'user_id', 'users'),
  byTenant('security_questions', 'user_id', 'users'),
  byTenant('role_composites', 'role_id', 'roles'),
  byTenant('role_composites', 'child_id', 'roles'),
  byTenant('role_grants', 'role_id', 'roles'),
  byTenant('groups', 'parent_id', 'groups'),
  byTenant('group_attribute_keys', 'group_id', 'groups'),
  byTenant('group_members', 'group_id', 'groups'),
  byTenant('group_members', 'user_id', 'users'),
  byTenant('client_secrets', 'client_uuid', 'clients'),
  byTenant('client_web_origins', 'client_uuid', 'clients'),
  byTenant('client_scope_links', 'client_uuid', 'clients'),
  byTenant('client_scope_links', 'scope_id', 'client_scopes'),
  byTenant('sessions', 'user_id', 'users'),
  byTenant('devices', 'user_id', 'users'),
  byTenant('one_time_codes', 'user_id', 'users'),
  byTenant('consents', 'user_id', 'users'),
  byTenant('consents', 'client_uuid', 'clients'),
  byTenant('grants', 'user_id', 'users'),
  byTenant('grants', 'client_uuid', 'clients'),
  byTenant('grants', 'session_id', 'sessions'),
  byTenant('refresh_tokens', 'grant_id', 'grants'),
  byTenant('access_tokens', 'grant_id', 'grants'),
  byTenant('access_tokens', 'client_uuid', 'clients'),
  byTenant('federation_links', 'provider_id', 'federation_providers'),
  byTenant('federation_links', 'user_id', 'users'),
  fk('federation_tokens', ['tenant_id', 'provider_id', 'external_id'], 'federation_links', [
    'tenant_id',
    'provider_id',
    'external_id',
  ]),
  byTenant('rights', 'subject_user_id', 'users'),
  byTenant('rights', 'subject_client_uuid', 'clients'),
  byTenant('rights', 'object_user_id', 'users'),
  byTenant('rights', 'object_group_id', 'groups'),
  byTenant('rights', 'object_client_uuid', 'clients'),
];

/** `table__column` without the tenant, as every constraint is named. */
export const foreignKeyName = (key: ForeignKey): string =>
  `${key.table}__${key.columns.filter((column) => column !== 'tenant_id').join('__') || 'tenant_id'}__fkey`;

export const foreignKeySql = (key: ForeignKey): string =>
  `alter table "${key.table}" add constraint "${foreignKeyName(key)}" foreign key (${key.columns.map(quote).join(', ')}) ` +
  `references "${key.references}" (${key.referenced.map(quote).join(', ')}) on delete ${key.onDelete}`;

const quote = (name: string): string => `"${name}"`;

/** Indexes over expressions or with conditions, which the ORM would drop if it knew of them. */
export const EXPRESSION_INDEXES: Readonly<Record<string, string>> = {
  tenants__name: `create unique index "tenants__name" on "tenants" (lower("name")) where "deleted_at" is null`,
  groups__parent_name: `create unique index "groups__parent_name" on "groups" ("tenant_id", coalesce("parent_id", '00000000-0000-0000-0000-000000000000'::uuid), "folded_name") where "profile" = 'groups'`,
};
