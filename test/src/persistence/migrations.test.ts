import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database, migrate } from '../../../src/persistence/index.ts';
import { ENTITIES } from '../../../src/server/entities.ts';

const TENANT = '019a0000-0000-7000-8000-000000000001';
const GROUP = '019a0000-0000-7000-8000-000000000002';

describe('a database of the first migration', () => {
  let db: Database;
  beforeAll(async () => {
    db = await Database.open({ location: { kind: 'embedded', dataDir: 'memory://' }, entities: ENTITIES });
    await db.orm.migrator.up({ to: 'Migration20261122Initial' });
    await sql`insert into tenants (id, name, route, template, created_at, updated_at)
      values (${TENANT}, 'acme', 'abcdefgh', 'native', now(), now())`.execute(db.read());
    await sql`insert into groups (tenant_id, id, profile, key, name, folded_name, path, attributes, created_at, updated_at)
      values (${TENANT}, ${GROUP}, 'orgs', '114', 'Staff', 'staff', '/Staff',
        '{"city": "ÅRHUS", "codes": [7, true, "x", {"no": 1}], "deep": {"no": 1}}', now(), now())`.execute(db.read());
  });
  afterAll(() => db.close());

  const keys = async () =>
    (
      await sql<{ name: string; value_key: string }>`
        select name, value_key from group_attribute_keys where tenant_id = ${TENANT} and group_id = ${GROUP}
        order by name, value_key`.execute(db.read())
    ).rows.map(({ name, value_key }) => [name, value_key]);

  it('comes to the newest one, and its groups are found by their attributes', async () => {
    await migrate(db);
    expect(await keys()).toEqual([
      ['city', 'århus'],
      ['codes', '7'],
      ['codes', 'true'],
      ['codes', 'x'],
    ]);
  });

  it('may have what the second one brings already', async () => {
    await sql`delete from migrations where name = 'Migration20261122GroupSearch'`.execute(db.read());
    const before = await keys();
    await migrate(db);
    expect(await keys()).toEqual(before);
    const { rows } = await sql`select from migrations`.execute(db.read());
    expect(rows).toHaveLength(2);
  });
});
