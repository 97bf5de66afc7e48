import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const CREATE = `mutation ($input: CreateUsersInput!) { done: createUsers(input: $input) {
  results { subject user { username email isEnabled attributes } error { code message field } } } }`;
const DELETE = `mutation ($input: DeleteUsersInput!) { done: deleteUsers(input: $input) {
  results { deletedUserId subject error { code field } } } }`;

describe('many users over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    await world.newUser(acme, { id: 'jane', username: 'Jane', email: 'jane@example.com' });
  });
  afterAll(() => world.close());

  it('are created, with a result for each in the order of the input', async () => {
    const caller = world.app(acme, 'user:create', 'user:read');
    const users = [
      { subject: 'ada', username: 'Ada', email: 'ada@example.com', isEnabled: false, attributes: { badge: '7' } },
      { username: 'bob', email: 'JANE@example.com' },
      { username: 'a\0' },
      { username: 'x', attributes: { 'a\0': 1 } },
      { username: 'eve', requiredActions: null, isEnabled: null },
    ];
    const { data, errors } = await world.graphql(caller, CREATE, { input: { users } });
    expect(errors).toEqual([]);
    const [ada, bob, nul, badge, eve] = data.done.results;
    expect(ada).toEqual({
      subject: 'ada',
      user: { username: 'Ada', email: 'ada@example.com', isEnabled: false, attributes: { badge: '7' } },
      error: null,
    });
    const message = 'A user with this e-mail address exists.';
    expect(bob).toEqual({
      subject: null,
      user: null,
      error: { code: 'USER_EMAIL_TAKEN', message, field: 'input.users.1.email' },
    });
    expect(nul.error).toMatchObject({ code: 'USER_USERNAME_INVALID', field: 'input.users.2.username' });
    expect(badge.error).toMatchObject({ code: 'USER_ATTRIBUTE_INVALID', field: 'input.users.3.attributes' });
    expect(eve.user).toMatchObject({ username: 'eve', isEnabled: true });
  });

  it('are created with their roles, which they may lack', async () => {
    const { client } = await world.newClient(acme);
    const [own, ofClient, strong] = [
      await world.newRole(acme),
      await world.newRole(acme, { clientUuid: client.id }),
      await world.newRole(acme, { permissions: ['key:rotate'] }),
    ];
    const users = [
      { username: 'first', roles: [{ name: own.name }, { name: ofClient.name, clientId: client.clientId }] },
      { username: 'second', roles: [] },
      { username: 'third', roles: [{ name: 'tenant-administrator', isBuiltin: false }] },
      { username: 'fourth', roles: [{ roleId: strong.id }] },
      { username: 'fifth', roles: [{ name: own.name, clientId: 'nowhere' }] },
      { username: 'sixth', roles: null },
      { username: 'FIRST', roles: [{ name: own.name }] },
    ];
    const caller = world.app(acme, 'user:create', 'user:read', 'role-grant:write');
    const { data, errors } = await world.graphql(caller, CREATE, { input: { users } });
    expect(errors).toEqual([]);
    const results: { subject: string; error: { code: string; field: string } | null }[] = data.done.results;
    expect(results.map(({ error }) => error && [error.code, error.field])).toEqual([
      null,
      null,
      ['ROLE_NOT_FOUND', 'input.users.2.roles.0'],
      ['PERMISSION_ESCALATION', null],
      ['ROLE_CLIENT_NOT_FOUND', 'input.users.4.roles.0.clientId'],
      null,
      ['USER_USERNAME_TAKEN', 'input.users.6.username'],
    ]);
    const held = await world.stores.roleStore.grantedTo(acme.id, 'user', [results[0]!.subject], null);
    expect(
      held
        .get(results[0]!.subject)!
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([own.id, ofClient.id].toSorted());
  });

  it('are created without roles by those who may not grant any', async () => {
    const users = [{ username: 'plain' }, { username: 'crowned', roles: [{ name: 'nobody', clientId: 'nowhere' }] }];
    const { data } = await world.graphql(world.app(acme, 'user:create'), CREATE, { input: { users } });
    expect(data.done.results.map(({ error }: { error: { code: string } | null }) => error?.code ?? null)).toEqual([
      null,
      'FORBIDDEN',
    ]);
    const crowned = { input: { users: [users[1]] } };
    const { data: alone } = await world.graphql(world.app(acme, 'user:create'), CREATE, crowned);
    expect(alone.done.results).toMatchObject([{ subject: null, error: { code: 'FORBIDDEN' } }]);
    const none = await world.graphql(world.app(acme, 'user:create'), CREATE, { input: { users: [] } });
    expect(none.code).toBe('INVALID_INPUT');
  });

  it('are shown only to callers who may read them, and created only by those who may create them', async () => {
    const input = { users: [{ subject: 'unread', username: 'unread' }] };
    const { data } = await world.graphql(world.app(acme, 'user:create'), CREATE, { input });
    expect(data.done.results).toEqual([{ subject: 'unread', user: null, error: null }]);
    expect((await world.graphql(world.app(acme, 'user:write'), CREATE, { input })).code).toBe('FORBIDDEN');
    const other = await world.tenant();
    const foreign = { input: { ...input, tenant: acme.name } };
    expect((await world.graphql(world.app(other, 'user:create'), CREATE, foreign)).code).toBe('FORBIDDEN');
  });

  it('are deleted by public and global ids, with a result for each', async () => {
    for (const id of ['one', 'two', 'three']) await world.newUser(acme, { id });
    const caller = world.app(acme, 'user:delete');
    const userIds = ['one', `usr~${acme.route}~two`, 'nobody', '\0'];
    const { data, errors } = await world.graphql(caller, DELETE, { input: { userIds } });
    expect(errors).toEqual([]);
    expect(data.done.results).toEqual([
      { deletedUserId: `usr~${acme.route}~one`, subject: 'one', error: null },
      { deletedUserId: `usr~${acme.route}~two`, subject: 'two', error: null },
      { deletedUserId: null, subject: null, error: { code: 'USER_NOT_FOUND', field: null } },
      { deletedUserId: null, subject: null, error: { code: 'USER_NOT_FOUND', field: null } },
    ]);
    const nobody = { input: { userIds: ['three'] } };
    expect((await world.graphql(world.app(acme, 'user:write'), DELETE, nobody)).code).toBe('FORBIDDEN');
    expect((await world.graphql(world.user(acme, 'three', 'user:delete:self'), DELETE, nobody)).code).toBe('FORBIDDEN');
    const own = await world.graphql(world.user(acme, 'three', 'user:delete'), DELETE, {
      input: { userIds: ['jane', 'three'] },
    });
    expect(own.errors[0]?.extensions).toMatchObject({
      code: 'INVALID_INPUT',
      fields: [{ path: 'input.userIds.1', code: 'OWN_ACCOUNT' }],
    });
    expect(await world.stores.userStore.findById(acme.id, 'jane')).not.toBeNull();
  });
});
