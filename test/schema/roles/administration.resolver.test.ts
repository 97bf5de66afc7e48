import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, everyPermission, formatScope } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

const EVERYTHING = everyPermission('tenant').map(formatScope);

describe('administrators over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  let caller: Caller;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    caller = world.app(tenant, ...EVERYTHING);
  });
  afterAll(() => world.close());

  const run = (field: 'promoteUser' | 'demoteUser', userId: string, as = caller) =>
    callField(world, as, `Mutation.${field}`, { input: { userId } });

  it.each(['promoteUser', 'demoteUser'] as const)('%s refuses an unknown user, and a caller without it', async (field) => {
    expect((await run(field, 'nobody')).code).toBe('ROLE_HOLDER_NOT_FOUND');
    const { id } = await world.newUser(tenant);
    expect((await run(field, id, world.app(tenant, 'role-grant:read'))).code).toBe('FORBIDDEN');
  });

  it('promotes nobody where the tenant made roles itself under all the names', async () => {
    const other = await world.tenant();
    for (const name of ['admin', 'digitanium_admin']) await world.newRole(other, { name });
    await world.newClient(other, { clientId: 'realm-management' });
    const { id } = await world.newUser(other);
    expect((await run('promoteUser', id, world.app(other, ...EVERYTHING))).code).toBe('ROLE_NAME_TAKEN');
  });
});
