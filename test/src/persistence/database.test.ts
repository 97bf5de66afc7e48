import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SQL_ONLY } from '../../../src/modules.ts';
import { EVENT_LOG_DDL } from '../../../src/persistence/event-log-ddl.ts';
import type { Database } from '../../../src/persistence/index.ts';
import { missingSqlOnly, schemaDifference } from '../../../src/persistence/schema-sql.ts';
import { openTestDatabase } from '../../support/database.ts';

describe('the database', () => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase();
  });
  afterAll(() => db.close());

  it('migrates to exactly what the entities and the SQL list describe', async () => {
    expect(await schemaDifference(db, SQL_ONLY)).toEqual([]);
    expect(await missingSqlOnly(db, SQL_ONLY)).toEqual([]);
  });

  it('migrates to the event log that a fresh schema would have, to the last column and index', async () => {
    const described = async (schema: string) => {
      const columns = sql`select table_name, column_name, data_type, is_nullable, column_default
        from information_schema.columns where table_schema = ${schema}
        and table_name in (select relname from pg_class where relnamespace = 'fresh'::regnamespace)
        order by table_name, column_name`;
      const indexes = sql<{ definition: string }>`select replace(indexdef, ${`${schema}.`}, '') as definition
        from pg_indexes where schemaname = ${schema}
        and tablename in (select relname from pg_class where relnamespace = 'fresh'::regnamespace) order by definition`;
      return [(await columns.execute(db.read())).rows, (await indexes.execute(db.read())).rows];
    };
    await sql`create schema fresh`.execute(db.read());
    await db.transaction(async () => {
      await sql`set local search_path to fresh`.execute(db.read());
      for (const statement of EVENT_LOG_DDL) await sql.raw(statement).execute(db.read());
    });
    const fresh = await described('fresh');
    expect(fresh[0]!.length).toBeGreaterThan(30);
    expect(await described('public')).toEqual(fresh);
    await sql`drop schema fresh cascade`.execute(db.read());
  });

  it('refuses a statement beside the open unit of work, which on one connection would wait for ever', async () => {
    const beside = db.transaction(async () => {
      await db.orm.em.fork().getConnection().execute('select 1');
    });
    await expect(beside).rejects.toThrow(/outside the open unit of work/);
  });

  it('lets the event loop have its turns while statements queue for the one connection', async () => {
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(Array.from({ length: 200 }, () => sql`select 1`.execute(db.read())));
    isOver = true;
    // One turn for some statements, not one for all.
    expect(turns).toBeGreaterThan(40);
  });

  it('runs units of work that overlap one after the other', async () => {
    const seen: string[] = [];
    const work = (name: string) =>
      db.transaction(async () => {
        seen.push(`${name} begins`);
        await sql`select pg_sleep(0.01)`.execute(db.read());
        seen.push(`${name} ends`);
      });
    await Promise.all([work('a'), work('b')]);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('joins an open unit of work instead of opening another', async () => {
    const units = await db.transaction((outer) => db.transaction(async (inner) => [outer, inner]));
    expect(units[0]).toBe(units[1]);
  });

  it('runs the last hooks before the commit behind all others, whenever they were registered', async () => {
    const seen: string[] = [];
    await db.transaction(async (unit) => {
      unit.lastBeforeCommit(() => void seen.push('last'));
      unit.beforeCommit(() => {
        seen.push('first');
        unit.beforeCommit(() => void seen.push('second'));
      });
      unit.afterCommit(() => void seen.push('committed'));
      seen.push('work');
    });
    expect(seen).toEqual(['work', 'first', 'second', 'last', 'committed']);
  });

  it('undoes everything when a last hook before the commit fails', async () => {
    await sql`create table kept (n int)`.execute(db.read());
    const failing = db.transaction(async (unit) => {
      await sql`insert into kept values (1)`.execute(db.read());
      unit.lastBeforeCommit(() => Promise.reject(new Error('no')));
    });
    await expect(failing).rejects.toThrow('no');
    expect((await sql`select n from kept`.execute(db.read())).rows).toEqual([]);
    await sql`drop table kept`.execute(db.read());
  });

  it('runs the rollback hooks before the caller sees the error, and never the commit hooks', async () => {
    const seen: string[] = [];
    const failing = db.transaction(async (unit) => {
      unit.afterCommit(() => void seen.push('commit'));
      unit.afterRollback(() => void seen.push('rollback'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(seen).toEqual(['rollback']);
  });
});
