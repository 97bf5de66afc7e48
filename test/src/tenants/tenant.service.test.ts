import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresDatabase } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

describe('settings of a tenant that two callers change at once, on PostgreSQL', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(await openPostgresDatabase());
  });
  afterAll(() => world.close());

  it('keep both changes: the second waits for the first', async () => {
    const tenant = await world.tenant();
    const { tenants } = world.services;
    const authority = world.system(tenant);
    await Promise.all([
      tenants.updateSettings(authority, { passwordMinLength: 9 }),
      tenants.updateSettings(authority, { reauthSeconds: 60 }),
      tenants.updateSettings(authority, { sessionSeconds: 7200 }),
    ]);
    expect(await tenants.settings(authority)).toMatchObject({
      passwordMinLength: 9,
      reauthSeconds: 60,
      sessionSeconds: 7200,
    });
  });
});
