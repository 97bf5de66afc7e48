import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SQL_ONLY } from '../../src/modules.ts';
import type { Database } from '../../src/persistence/index.ts';
import { foreignKeyName, UNTENANTED_TABLES } from '../../src/persistence/sql-only.ts';
import { openTestDatabase } from '../support/database.ts';

interface IndexRow {
  readonly table: string;
  readonly index: string;
  readonly first_column: string | null;
}

interface KeyRow {
  readonly name: string;
  readonly columns: readonly string[];
  readonly delete_rule: string;
  readonly update_rule: string;
}

describe('the tables', () => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase();
  });
  afterAll(() => db.close());

  const exempt = (table: string) => UNTENANTED_TABLES.some((name) => name === table);

  it('lead every primary key and unique constraint with tenant_id', async () => {
    const { rows } = await sql<IndexRow>`
      select c.relname as table, i.relname as index, a.attname as first_column
      from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
      left join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
      where x.indisunique and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`.execute(db.read());
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.filter((row) => !exempt(row.table) && row.first_column !== 'tenant_id')).toEqual([]);
  });

  it('join only within a tenant, and never null a part of a key', async () => {
    const { rows } = await sql<KeyRow>`
      select k.conname as name, k.confdeltype::text as delete_rule, k.confupdtype::text as update_rule,
        array(select a.attname::text from unnest(k.conkey) with ordinality u(n, o) join pg_attribute a
          on a.attrelid = k.conrelid and a.attnum = u.n order by u.o) as columns
      from pg_constraint k where k.contype = 'f'`.execute(db.read());
    expect(rows.map(({ name }) => name).sort()).toEqual(SQL_ONLY.foreignKeys.map(foreignKeyName).sort());
    expect(rows.filter(({ columns }) => columns[0] !== 'tenant_id')).toEqual([]);
    expect(rows.filter(({ delete_rule }) => delete_rule !== 'c' && delete_rule !== 'r')).toEqual([]);
    expect(rows.filter(({ update_rule }) => update_rule !== 'a')).toEqual([]);
  });
});
