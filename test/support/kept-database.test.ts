import type { PGlite } from '@electric-sql/pglite';
import { describe, expect, inject, it, vi } from 'vitest';
import { ENTITIES } from '../../src/modules.ts';
import { Database } from '../../src/persistence/index.ts';
import { keepDatabase } from './kept-database.ts';
import { cloneTemplate } from './template.ts';
import { World } from './world.ts';

const open = vi.fn(() => cloneTemplate(inject('templatePath')));

/** The rows of each table that has some, but the list of migrations. */
async function filledTables(pglite: PGlite): Promise<string[]> {
  const { rows } = await pglite.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'migrations' order by 1",
  );
  const filled: string[] = [];
  for (const { name } of rows) {
    const found = await pglite.query(`select 1 from "${name}" limit 1`);
    if (found.rows.length > 0) filled.push(name);
  }
  return filled;
}

/** A database that no other file has used; those that wait are taken and never given back. */
async function openFresh(): Promise<PGlite> {
  open.mockClear();
  let pglite = await keepDatabase(open);
  while (open.mock.calls.length === 0) pglite = await keepDatabase(open);
  open.mockClear();
  return pglite;
}

describe('an embedded database that is kept for the next test file', () => {
  it('is lent again as the template makes it: without rows, partitions and used sequences', async () => {
    const first = await openFresh();
    const world = await World.open(
      await Database.open({ location: { kind: 'embedded', pglite: first }, entities: ENTITIES }),
    );
    await world.newUser(await world.tenant());
    await world.services.eventEngine.start();
    await world.services.eventEngine.stop();
    const partitions = "select count(*)::int as count from pg_inherits where inhparent = 'security_events'::regclass";
    const before = (await first.query<{ count: number }>(partitions)).rows[0]!.count;
    expect(before).toBeGreaterThan(0);
    expect(await filledTables(first)).toContain('users');
    await world.close();

    const second = await keepDatabase(open);
    expect(open).not.toHaveBeenCalled();
    expect(await filledTables(second)).toEqual([]);
    expect((await second.query(partitions)).rows).not.toEqual([{ count: before }]);
    expect((await second.query('select 1 from pg_sequences where last_value is not null')).rows).toEqual([]);
    await second.close();
  });

  it('refuses everything to a user who has closed it', async () => {
    const first = await openFresh();
    await first.close();
    const second = await keepDatabase(open);
    expect([first.closed, second.closed]).toEqual([true, false]);
    await expect(first.query('select 1')).rejects.toThrow('PGlite is closed');
    await expect(first.transaction(async () => undefined)).rejects.toThrow('PGlite is closed');
    await first.close();
    expect((await second.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await second.close();
  });

  it.each([
    ['a column was added', 'alter table users add column odd text'],
    ['an index was dropped', 'drop index users__disabled'],
    ['statistics were gathered', 'analyze tenants'],
  ])('is closed when %s', async (_, change) => {
    const first = await openFresh();
    await first.exec(change);
    await first.close();
    await (await keepDatabase(open)).close();
    expect(open).toHaveBeenCalledTimes(1);
  });
});
