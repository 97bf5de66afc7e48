import { Migration } from '@mikro-orm/migrations';
import { searchKeysOf } from '../search-keys.ts';

/** A group as it is stored. */
interface StoredGroup {
  readonly tenant_id: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * Groups can be searched by attribute and identified by key. Each statement also works on a database that already has the
 * result, because the first migration once made these tables itself.
 */
export class Migration20261122GroupSearch extends Migration {
  override async up(): Promise<void> {
    for (const statement of STATEMENTS) await this.execute(statement);
    const groups = (await this.execute(
      `select tenant_id, id, attributes from groups where attributes <> '{}'`,
    )) as unknown as readonly StoredGroup[];
    const rows = groups.flatMap(({ tenant_id, id: group_id, attributes }) =>
      Object.entries(attributes).flatMap(([name, value]) =>
        searchKeysOf(value).map((value_key) => ({ tenant_id, name, value_key, group_id })),
      ),
    );
    await this.execute(
      `insert into group_attribute_keys (tenant_id, name, value_key, group_id)
      select tenant_id, name, value_key, group_id from json_to_recordset(?::json)
        as r (tenant_id uuid, name text, value_key text, group_id uuid) on conflict do nothing`,
      [JSON.stringify(rows)],
    );
  }
}

const STATEMENTS: readonly string[] = [
  'create index if not exists "groups__profile" on "groups" ("tenant_id", "profile", "id")',
  'alter table "groups" drop constraint "groups__key"',
  'alter table "groups" add constraint "groups__key" unique ("tenant_id", "key", "profile")',
  'create table if not exists "group_attribute_keys" ("tenant_id" uuid not null, "name" text not null, "value_key" text collate "C" not null, "group_id" uuid not null, constraint "group_attribute_keys__pkey" primary key ("tenant_id", "name", "value_key", "group_id"))',
  'create index if not exists "group_attribute_keys__group_id" on "group_attribute_keys" ("tenant_id", "group_id")',
  'alter table "group_attribute_keys" drop constraint if exists "group_attribute_keys__group_id__fkey"',
  'alter table "group_attribute_keys" add constraint "group_attribute_keys__group_id__fkey" foreign key ("tenant_id", "group_id") references "groups" ("tenant_id", "id") on delete cascade',
];
