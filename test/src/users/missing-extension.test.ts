import { PGlite } from '@electric-sql/pglite';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { ENTITIES } from '../../../src/modules.ts';
import { PGLITE_OPTIONS } from '../../../src/persistence/dialect.ts';
import { Database, migrate } from '../../../src/persistence/index.ts';
import { World } from '../../support/world.ts';

it('finds texts inside names in a database without the extension for it', { timeout: 120_000 }, async () => {
  const pglite = await PGlite.create('memory://', { ...PGLITE_OPTIONS, extensions: {} });
  const db = await Database.open({ location: { kind: 'embedded', pglite }, entities: ENTITIES });
  await migrate(db);
  const { rows } = await sql`select from pg_indexes where indexname = 'user_attribute_keys__infix'`.execute(db.read());
  expect(rows).toEqual([]);
  const world = await World.open(db);
  const tenant = await world.tenant();
  const { id } = await world.newUser(tenant, { familyName: 'Undertow' });
  await world.newUser(tenant, { familyName: 'Tower' });
  const found = await world.services.users.page(
    world.system(tenant),
    { contains: { familyName: 'DERT' } },
    'email',
    {},
  );
  expect(found.rows.map((user) => user.id)).toEqual([id]);
  await world.close();
});
