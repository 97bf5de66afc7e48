import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const SHOWN = 'id userId title city isDefault createdAt updatedAt';
const LIST = `{ users { nodes { subject addresses { ${SHOWN} } } } }`;
const CREATE = `mutation ($input: CreateUserAddressInput!) { createUserAddress(input: $input) { address { ${SHOWN} } } }`;
const UPDATE = `mutation ($input: UpdateUserAddressInput!) { updateUserAddress(input: $input) { address { ${SHOWN} } } }`;
const DELETE =
  'mutation ($input: DeleteUserAddressInput!) { deleteUserAddress(input: $input) { deletedUserAddressId } }';

describe('addresses of users over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    await world.newUser(acme, { id: 'jane' });
    await world.newUser(acme, { id: 'max' });
  });
  afterAll(() => world.close());
  const writer = () => world.app(acme, 'user:write');
  const create = (userId: string, address: object, caller = writer()) =>
    world.graphql(caller, CREATE, { input: { userId, address } });
  const update = (input: object, caller = writer()) => world.graphql(caller, UPDATE, { input });
  const remove = (input: object, caller = writer()) => world.graphql(caller, DELETE, { input });

  it('are added, shown with their users and as nodes, changed and deleted', async () => {
    const { data } = await create('jane', { title: 'Mill', city: 'Ghent', isDefault: true });
    const { address } = data.createUserAddress;
    expect(address).toMatchObject({ userId: 'jane', title: 'Mill', city: 'Ghent', isDefault: true });
    const changed = await update({
      userId: `usr~${acme.route}~jane`,
      userAddressId: address.id,
      address: { city: null, isDefault: null },
    });
    expect(changed.data.updateUserAddress.address).toMatchObject({ title: 'Mill', city: null, isDefault: true });
    const listed = await world.graphql(world.app(acme, 'user:read'), LIST);
    expect(listed.data.users.nodes).toEqual([
      { subject: 'jane', addresses: [changed.data.updateUserAddress.address] },
      { subject: 'max', addresses: [] },
    ]);
    const node = await world.graphql(
      world.app(acme, 'user:read'),
      'query ($id: ID!) { node(id: $id) { ... on UserAddress { title } } }',
      { id: address.id },
    );
    expect(node.data.node).toEqual({ title: 'Mill' });
    const bare = address.id.split('~')[2];
    const gone = await remove({ userId: 'jane', userAddressId: bare });
    expect(gone.data.deleteUserAddress).toEqual({ deletedUserAddressId: address.id });
    expect((await remove({ userId: 'jane', userAddressId: bare })).code).toBe('USER_ADDRESS_NOT_FOUND');
  });

  it('are changed and read by their user, and not by others', async () => {
    const jane = world.user(acme, 'jane', 'user:write:self');
    const mine = (await create('jane', { title: 'Attic' }, jane)).data.createUserAddress.address;
    const his = (await create('max', { title: 'Cellar' })).data.createUserAddress.address;
    expect((await create('max', {}, jane)).code).toBe('FORBIDDEN');
    for (const [userId, userAddressId, code] of [
      ['max', his.id, 'FORBIDDEN'],
      ['jane', his.id, 'USER_ADDRESS_NOT_FOUND'],
      ['jane', mine.id, null],
    ]) {
      expect((await update({ userId, userAddressId, address: { city: 'Oslo' } }, jane)).code ?? null).toBe(code);
      expect((await remove({ userId, userAddressId }, jane)).code ?? null).toBe(code);
    }
    const read = await world.graphql(jane, 'query ($id: ID!) { node(id: $id) { ... on UserAddress { title } } }', {
      id: his.id,
    });
    expect([read.code, read.data?.node ?? null]).toEqual(['FORBIDDEN', null]);
  });

  it('of another tenant are not accessible, and need a permission', async () => {
    const other = world.app(await world.tenant(), 'user:write');
    expect((await create('jane', {}, other)).code).toBe('USER_NOT_FOUND');
    const foreign = { userId: 'jane', tenant: acme.name, address: {} };
    expect((await world.graphql(other, CREATE, { input: foreign })).code).toBe('FORBIDDEN');
    expect((await create('jane', {}, world.app(acme, 'user:read'))).code).toBe('FORBIDDEN');
  });

  it('are refused where the account has too many', async () => {
    const user = await world.newUser(acme);
    for (let at = 0; at < 50; at++) await world.services.userAddresses.add(world.system(acme), user.id, {});
    expect((await create(user.id, {})).code).toBe('USER_ADDRESS_LIMIT');
  });
});
