import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { SQL_ONLY } from '../../../src/modules.ts';
import { missingSqlOnly, schemaDifference } from '../../../src/persistence/schema-sql.ts';
import { ENGINES } from '../../support/postgres.ts';

describe.each(ENGINES)('the database on $name', ({ open }) => {
  it('migrates to exactly what the entities and the SQL list describe', async () => {
    const db = await open();
    try {
      expect(await schemaDifference(db, SQL_ONLY)).toEqual([]);
      expect(await missingSqlOnly(db, SQL_ONLY)).toEqual([]);
    } finally {
      await db.close();
    }
  });

  it('keeps what one unit of work wrote and drops what a failed one wrote', async () => {
    const db = await open();
    const insert = (name: string) =>
      sql`insert into leases (name, holder, expires_at) values (${name}, 'test', now())`.execute(db.read());
    try {
      await db.transaction(() => insert('kept'));
      const failing = db.transaction(async () => {
        await insert('dropped');
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      const { rows } = await sql<{ name: string }>`select name from leases`.execute(db.read());
      expect(rows).toEqual([{ name: 'kept' }]);
    } finally {
      await db.close();
    }
  });
});
