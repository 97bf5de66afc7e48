import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import { ConsentStore } from '../../../src/consents/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import {
  getAccount,
  getAccountInReach,
  getAccountToChange,
  requireUserId,
  UserStore,
  writeForUser,
} from '../../../src/users/index.ts';
import { World } from '../../support/world.ts';

describe('reading an account', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  const store = () => new UserStore(world.db);
  const ownOf = (tenant: TenantRef, userId: string) =>
    new Authority(world.user(tenant, userId, 'user:read:self'), tenant, 'self');

  it('finds it in its own tenant and no other', async () => {
    const [tenant, neighbour] = [await world.tenant(), await world.tenant()];
    const { id } = await world.newUser(tenant);
    expect(await getAccount(store(), tenant.id, id)).toMatchObject({ id, tenantId: tenant.id });
    await expect(getAccount(store(), neighbour.id, id)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    await expect(getAccount(store(), tenant.id, 'no/id\0')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
  });

  it('finds it by any spelling of its UUID', async () => {
    const tenant = await world.tenant();
    const { id } = await world.newUser(tenant);
    expect(await getAccountInReach(store(), ownOf(tenant, id), id.toUpperCase())).toMatchObject({ id });
  });

  it('refuses callers with reach self with the same error, whether or not another account exists', async () => {
    const tenant = await world.tenant();
    const [mine, other] = [await world.newUser(tenant), await world.newUser(tenant)];
    const authority = ownOf(tenant, mine.id);
    for (const id of [other.id, 'nobody'])
      await expect(getAccountInReach(store(), authority, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(getAccountInReach(store(), world.system(tenant), 'nobody')).rejects.toMatchObject({
      code: 'USER_NOT_FOUND',
    });
  });

  it('gives an account to change only to callers with all its permissions, and to its user soon after a sign-in', async () => {
    const tenant = await world.tenant();
    const { id } = await world.newUser(tenant);
    const role = await world.newRole(tenant, { permissions: ['key:rotate'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: id });
    const { directory, guarded: guard } = world.services;
    const deps = { users: store(), directory, guard, clock: world.clock };
    const weak = new Authority(world.app(tenant, 'credential:write'), tenant, 'tenant');
    await expect(getAccountToChange(deps, weak, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const equal = new Authority(world.app(tenant, 'credential:write', 'key:rotate'), tenant, 'tenant');
    expect(await getAccountToChange(deps, equal, id)).toMatchObject({ id });
    await expect(getAccountToChange(deps, equal, 'nobody')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    const own = ownOf(tenant, id);
    world.clock.advance(86_400);
    await expect(getAccountToChange(deps, own, id)).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
  });

  it('spells an id as it is stored, and finds no user by what cannot be an id', () => {
    expect(requireUserId('019A0000-0000-7000-8000-00000000000A')).toBe('019a0000-0000-7000-8000-00000000000a');
    expect(requireUserId('Anna')).toBe('Anna');
    expect(() => requireUserId('a/b')).toThrowError(expect.objectContaining({ code: 'USER_NOT_FOUND' }));
  });

  it('reports a missing user for a row that belongs to it, and any other failure as it is', async () => {
    const tenant = await world.tenant();
    const now = world.clock.now();
    const insert = (userId: string) =>
      writeForUser('consents', () =>
        new ConsentStore(world.db).add({ tenantId: tenant.id, userId, clientUuid: tenant.id, scopes: [] }, now),
      );
    await expect(insert('nobody')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    const { id } = await world.newUser(tenant);
    await expect(insert(id)).rejects.not.toMatchObject({ code: 'USER_NOT_FOUND' });
    expect(await writeForUser('consents', async () => 'written')).toBe('written');
  });
});
