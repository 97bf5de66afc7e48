import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

  it('are listed by username with what is asked of them, without a user who is deleted meanwhile', async () => {
    const place = await world.tenant();
    const as = world.app(place, ...EVERYTHING);
    const [anna, bert] = [
      await world.newUser(place, { username: 'anna', givenName: 'Anna' }),
      await world.newUser(place, { username: 'bert' }),
    ];
    await world.newUser(place, { username: 'carl' });
    for (const { id } of [bert, anna]) expect((await run('promoteUser', id, as)).errors).toEqual([]);
    const list = (by = as) => world.graphql(by, '{ administrators { subject username givenName isAdministrator } }');
    const shown = [
      { subject: anna.id, username: 'anna', givenName: 'Anna', isAdministrator: true },
      { subject: bert.id, username: 'bert', givenName: null, isAdministrator: true },
    ];
    expect((await list()).data.administrators).toEqual(shown);
    const { rolePermissions, users } = world.services;
    const find = vi.spyOn(rolePermissions, 'administratorsOf').mockImplementationOnce(async () => {
      await users.delete(world.system(place), bert.id);
      return [anna.id, bert.id];
    });
    expect((await list()).data.administrators).toEqual(shown.slice(0, 1));
    find.mockRestore();
    expect((await list()).data.administrators).toEqual(shown.slice(0, 1));
    expect((await list(world.app(place, 'user:read'))).code).toBe('FORBIDDEN');
  });

  it.each(['promoteUser', 'demoteUser'] as const)(
    '%s refuses an unknown user, and a caller without it',
    async (field) => {
      expect((await run(field, 'nobody')).code).toBe('ROLE_HOLDER_NOT_FOUND');
      const { id } = await world.newUser(tenant);
      expect((await run(field, id, world.app(tenant, 'role-grant:read'))).code).toBe('FORBIDDEN');
    },
  );

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
