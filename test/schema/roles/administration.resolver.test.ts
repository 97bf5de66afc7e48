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

  it('demotes no last administrator of a tenant that protects it, and demotes one of two', async () => {
    const careful = await world.tenant({ settings: { protectLastAdmin: true } });
    const as = world.app(careful, ...EVERYTHING);
    const [first, second] = [await world.newUser(careful), await world.newUser(careful)];
    expect((await run('promoteUser', first.id, as)).errors).toEqual([]);
    const before = (await world.events(careful)).length;
    expect((await run('demoteUser', first.id, as)).code).toBe('ADMINISTRATOR_LAST');
    expect(await world.events(careful)).toHaveLength(before);
    expect(await world.services.rolePermissions.administratorsOf(careful.id)).toEqual([first.id]);
    await run('promoteUser', second.id, as);
    expect((await run('demoteUser', first.id, as)).errors).toEqual([]);
    expect((await run('demoteUser', second.id, as)).code).toBe('ADMINISTRATOR_LAST');
    expect(await world.services.rolePermissions.administratorsOf(careful.id)).toEqual([second.id]);
  });

  it('promotes nobody where the tenant made roles itself under all the names', async () => {
    const other = await world.tenant();
    for (const name of ['admin', 'digitanium_admin']) await world.newRole(other, { name });
    await world.newClient(other, { clientId: 'realm-management' });
    const { id } = await world.newUser(other);
    expect((await run('promoteUser', id, world.app(other, ...EVERYTHING))).code).toBe('ROLE_NAME_TAKEN');
  });
});
