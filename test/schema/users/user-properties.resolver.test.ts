import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const READ = 'query ($id: ID!) { user(userId: $id) { subject properties } }';
const UPDATE = 'mutation ($input: UpdateUserPropertiesInput!) { updateUserProperties(input: $input) { properties } }';
const DELETE = 'mutation ($input: DeleteUserInput!) { deleteUser(input: $input) { subject } }';

describe('properties of users over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    await world.newUser(acme, { id: 'jane' });
    await world.newUser(acme, { id: 'max' });
  });
  afterAll(() => world.close());
  const update = (input: object, caller = world.app(acme, 'user-property:write')) =>
    world.graphql(caller, UPDATE, { input: { userId: 'jane', ...input } });

  it('are changed with only `user-property:write`, by bare and by global id, and read with `user-property:read`', async () => {
    const { data, errors } = await update({ add: { a: 1, b: 'x', c: true } });
    expect(errors).toEqual([]);
    expect(data.updateUserProperties.properties).toEqual({ a: 1, b: 'x', c: true });
    const second = await update({ userId: `usr~${acme.route}~jane`, remove: ['a', 'b', 'z'], add: { b: -0.5 } });
    expect(second.data.updateUserProperties.properties).toEqual({ b: -0.5, c: true });
    const read = await world.graphql(world.app(acme, 'user:read', 'user-property:read'), READ, { id: 'jane' });
    expect(read.data.user).toEqual({ subject: 'jane', properties: { b: -0.5, c: true } });
    const poor = await world.graphql(world.app(acme, 'user:read'), READ, { id: 'jane' });
    expect([poor.code, poor.data.user]).toEqual(['FORBIDDEN', { subject: 'jane', properties: null }]);
  });

  it('are accessible to their user, and those of other accounts are not', async () => {
    const jane = world.user(acme, 'jane', 'user-property:write:self');
    expect((await update({ add: { mine: true } }, jane)).errors).toEqual([]);
    expect((await update({ userId: 'max', add: { mine: true } }, jane)).code).toBe('FORBIDDEN');
  });

  it('are at most 200 texts, numbers and flags with 64 KiB in all', async () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`n${at}`, at]));
    const removed = Array.from({ length: 1001 }, () => 'x');
    for (const input of [
      { add: { x: null } },
      { add: { x: [] } },
      { add: { ['__proto__']: 1 } },
      { add: { x: '\ud800' } },
      { add: { x: 2 ** 53 } },
      { add: many },
      { add: { x: 'y'.repeat(65_536) } },
      { remove: removed },
    ])
      expect((await update(input)).code).toBe('USER_PROPERTY_INVALID');
    expect((await update({ userId: 'nobody', add: {} })).code).toBe('USER_NOT_FOUND');
    expect((await update({ userId: 'x\0' })).code).toBe('INVALID_INPUT');
  });

  it('that are whole numbers are exact: numbers that would be rounded are refused, in variables and in the document', async () => {
    const document = (value: string) =>
      `mutation { updateUserProperties(input: { userId: "jane", add: { n: ${value} } }) { properties } }`;
    const caller = world.app(acme, 'user-property:write');
    for (const value of ['9007199254740993', '-9007199254740993']) {
      expect((await update({ add: JSON.parse(`{"n":${value}}`) })).code).toBe('USER_PROPERTY_INVALID');
      expect((await world.graphql(caller, document(value))).code).toBe('USER_PROPERTY_INVALID');
    }
    const exact = await world.graphql(caller, document('9007199254740991'));
    expect(exact.data.updateUserProperties.properties.n).toBe(9_007_199_254_740_991);
  });

  it('of another tenant are not accessible', async () => {
    const other = world.app(await world.tenant(), 'user-property:write');
    expect((await update({ add: { x: 1 } }, other)).code).toBe('USER_NOT_FOUND');
    expect((await update({ tenant: acme.name, add: { x: 1 } }, other)).code).toBe('FORBIDDEN');
  });

  it('are deleted with an account only if a second id, when given, names the same account', async () => {
    const caller = world.app(acme, 'user:delete');
    const remove = (input: object) => world.graphql(caller, DELETE, { input: { userId: 'max', ...input } });
    const refused = await remove({ confirmedUserId: 'jane' });
    expect([refused.code, refused.errors[0]?.extensions['fields']]).toEqual([
      'INVALID_INPUT',
      [expect.objectContaining({ path: 'input.confirmedUserId' })],
    ]);
    expect((await remove({ confirmedUserId: `usr~${acme.route}~max` })).data.deleteUser.subject).toBe('max');
  });
});
