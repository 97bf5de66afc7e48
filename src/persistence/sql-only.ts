/**
 * Parts of the schema that no entity describes: the event log, and the form of the foreign keys that modules announce. The
 * schema diff ignores them; `test/architecture/tables.test.ts` checks that each foreign key is really there.
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

/** Never `SET NULL`, which would set `tenant_id` to null as well; no `ON UPDATE`. */
export const fk = (
  table: string,
  columns: readonly string[],
  references: string,
  referenced: readonly string[],
  onDelete: ForeignKey['onDelete'] = 'cascade',
): ForeignKey => ({ table, columns, references, referenced, onDelete });

/** A foreign key on one column beside the tenant. */
export const byTenant = (table: string, column: string, references: string, referenced = 'id'): ForeignKey =>
  fk(table, ['tenant_id', column], references, ['tenant_id', referenced]);

/** `table__column` without the tenant, as every constraint is named. */
export const foreignKeyName = (key: ForeignKey): string =>
  `${key.table}__${key.columns.filter((column) => column !== 'tenant_id').join('__') || 'tenant_id'}__fkey`;

export const foreignKeySql = (key: ForeignKey): string =>
  `alter table "${key.table}" add constraint "${foreignKeyName(key)}" foreign key (${key.columns.map(quote).join(', ')}) ` +
  `references "${key.references}" (${key.referenced.map(quote).join(', ')}) on delete ${key.onDelete}`;

const quote = (name: string): string => `"${name}"`;

/** What modules announce beside their entities, and the ORM does not know. */
export interface SqlOnly {
  readonly foreignKeys: readonly ForeignKey[];
  /** Indexes over expressions or with conditions, by name, each with the statement that creates it. */
  readonly indexes: Readonly<Record<string, string>>;
}
