import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('service accounts of clients', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
  });
  afterAll(() => world.close());

  const as = (...scopes: string[]) => new Authority(world.app(acme, ...scopes), acme, 'tenant');
  const flow = () => world.services.serviceAccounts;
  const make = async (clientId: string, hasServiceAccount = true) =>
    (await flow().createClient(as(), { clientId, hasServiceAccount })).client;
  const accountOf = ({ id }: { id: string }) => world.services.users.findServiceAccount(acme.id, id);
  const typesSince = async (count: number) => (await world.events(acme)).slice(count).map(({ type }) => type);

  it('are made with the client, have its UUID as their id, and are in no list of users', async () => {
    const before = (await world.events(acme)).length;
    const client = await make('Night Ferry');
    const account = await accountOf(client);
    expect(account).toMatchObject({
      id: client.id,
      username: 'service-account-night ferry',
      serviceClientId: client.id,
      email: null,
      enabled: true,
    });
    expect(await typesSince(before)).toEqual(['client.created', 'user.created']);
    const { data } = await world.graphql(world.app(acme, 'user:read'), '{ users(first: 200) { nodes { subject } } }');
    expect(data.users.nodes).not.toContainEqual({ subject: client.id });
  });

  it('are not made unless the caller says so', async () => {
    const client = await make('plain', false);
    expect(await accountOf(client)).toBeNull();
    expect((await flow().createClient(as(), {})).client.kind).toBe('regular');
    expect(await accountOf(await flow().updateClient(as(), client.id, { name: 'Plain' }))).toBeNull();
  });

  it('are not among the users that are counted', async () => {
    const counted = async () => (await world.services.users.countsOf([acme.id])).get(acme.id) ?? 0;
    const before = await counted();
    const client = await make('uncounted');
    expect(await counted()).toBe(before);
    await flow().deleteClient(as(), client.id);
    expect(await counted()).toBe(before);
  });

  it('are made and deleted later, each once', async () => {
    const client = await make('later', false);
    const before = (await world.events(acme)).length;
    for (const hasServiceAccount of [true, true, false, false])
      await flow().updateClient(as(), client.id, { hasServiceAccount });
    expect(await typesSince(before)).toEqual(['user.created', 'user.deleted']);
    expect(await accountOf(client)).toBeNull();
  });

  it('are one where two callers ask at the same moment', async () => {
    const client = await make('at once', false);
    const ask = () => flow().updateClient(as(), client.id, { hasServiceAccount: true });
    await Promise.all([ask(), ask()]);
    expect(await accountOf(client)).not.toBeNull();
  });

  it('end with the client', async () => {
    const client = await make('ending');
    const before = (await world.events(acme)).length;
    await flow().deleteClient(as(), client.id);
    expect(await accountOf(client)).toBeNull();
    expect(await typesSince(before)).toEqual(['client.deleted', 'user.deleted']);
    expect(await refusalOf(flow().deleteClient(as(), client.id))).toBe('NOT_FOUND');
  });

  it.each(['a/b', '<b>', 'x'.repeat(201), ' edge ', 'tab%'])(
    'have the UUID in their name where a username cannot contain that of the client: %j',
    async (clientId) => {
      const client = await make(clientId);
      expect((await accountOf(client))!.username).toBe(`service-account-${client.id}`);
    },
  );

  it('make no client whose account that of a client of the same name in another case stands in the way of', async () => {
    await make('Squatted');
    expect(await refusalOf(make('squatted'))).toBe('USER_USERNAME_TAKEN');
    expect(await world.services.clients.find(as(), { clientId: 'squatted' })).toBeNull();
  });

  it('are not what a user is who chose the UUID of the client as an id', async () => {
    const client = await make('chosen', false);
    await world.newUser(acme, { id: client.id });
    expect(await accountOf(client)).toBeNull();
    expect(await refusalOf(flow().updateClient(as(), client.id, { hasServiceAccount: true }))).toBe('USER_ID_TAKEN');
    await flow().deleteClient(as(), client.id);
    expect(await world.services.users.findIn(acme.id, client.id)).not.toBeNull();
  });

  it('are for confidential clients alone, and not for apps on devices', async () => {
    const input = { clientId: 'open', type: 'public', hasServiceAccount: true } as const;
    expect(await refusalOf(flow().createClient(as(), input))).toBe('CLIENT_WITHOUT_ACCOUNT');
    expect(await world.services.clients.find(as(), { clientId: 'open' })).toBeNull();
    const app = await make('device', false);
    await world.db.transaction(async () => {
      (await world.stores.clientStore.lock(acme.id, app.id))!.kind = 'instance';
    });
    expect(await refusalOf(flow().updateClient(as(), app.id, { hasServiceAccount: true }))).toBe(
      'CLIENT_WITHOUT_ACCOUNT',
    );
  });

  it('are safe from callers who hold less than they do, together with their clients', async () => {
    const client = await make('mighty');
    const { id: roleId } = await world.newRole(acme, { permissions: ['key:rotate'] });
    await world.grantRole(acme, { roleId, holderKind: 'user', holderId: client.id });
    expect(await refusalOf(flow().deleteClient(as('client:delete'), client.id))).toBe('FORBIDDEN');
    const update = (authority: Authority) => flow().updateClient(authority, client.id, { hasServiceAccount: false });
    expect(await refusalOf(update(as('client:write')))).toBe('FORBIDDEN');
    expect(await accountOf(client)).not.toBeNull();
    expect(await world.services.clients.findIn(acme.id, client.id)).not.toBeNull();
    await update(as('key:rotate'));
    expect(await accountOf(client)).toBeNull();
  });

  it('are neither disabled, enabled nor changed by callers who hold less than their clients', async () => {
    const input = { clientId: 'powerful', permissions: ['key:rotate'], hasServiceAccount: true } as const;
    const { client } = await flow().createClient(world.system(acme), input);
    const { endAccess, users } = world.services;
    const helpdesk = as('user:write', 'user:delete');
    const tryBoth = async (authority: Authority, isEnabled: boolean) => [
      await refusalOf(endAccess.setEnabled(authority, client.id, isEnabled)),
      await refusalOf(users.update(authority, client.id, { givenName: `${isEnabled}` })),
      await refusalOf(endAccess.resetSessions(authority, client.id)),
    ];
    expect(await tryBoth(helpdesk, false)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    expect(await tryBoth(as('user:write', 'key:rotate'), false)).toEqual([null, null, null]);
    expect(await tryBoth(helpdesk, true)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    expect(await refusalOf(endAccess.delete(helpdesk, client.id))).toBe('FORBIDDEN');
    expect(await accountOf(client)).toMatchObject({ enabled: false });
  });

  it('get and lose no roles, groups or ways to sign in by callers who hold less than their clients', async () => {
    const input = { clientId: 'guarded', permissions: ['key:rotate'], hasServiceAccount: true } as const;
    const { client } = await flow().createClient(world.system(acme), input);
    const { authModes, groupMembers, roleGrants } = world.services;
    const [role, group, other] = [await world.newRole(acme), await world.newGroup(acme), await world.newUser(acme)];
    const holder = { roleId: role.id, holderKind: 'user', holderId: client.id } as const;
    const groups = [{ id: group.id }];
    const attempts = (authority: Authority) => [
      () => roleGrants.grant(authority, holder),
      () => roleGrants.revoke(authority, holder),
      () => groupMembers.add(authority, group.id, [other.id, client.id]),
      () => groupMembers.remove(authority, group.id, [client.id]),
      () => groupMembers.join(authority, client.id, groups),
      () => groupMembers.leave(authority, client.id, groups),
      () => authModes.update(authority, client.id, { methodsLocked: ['password'] }),
    ];
    const outcomes = async (authority: Authority) => {
      const found: (string | null)[] = [];
      for (const attempt of attempts(authority)) found.push(await refusalOf(attempt()));
      return found;
    };
    expect(await outcomes(as('user:write'))).toEqual(Array(7).fill('FORBIDDEN'));
    expect(await outcomes(as('user:write', 'key:rotate'))).toEqual(Array(7).fill(null));
  });

  it('are known as such from the moment they are made', async () => {
    const client = await make('soon', false);
    const guardedFrom = () => refusalOf(world.services.guarded.assertMayChange(as('user:write'), 'user', client.id));
    await world.services.clients.update(world.system(acme), client.id, { permissions: ['key:rotate'] });
    expect(await guardedFrom()).toBeNull();
    await flow().updateClient(world.system(acme), client.id, { hasServiceAccount: true });
    expect(await guardedFrom()).toBe('FORBIDDEN');
  });

  it('are not deleted as users, by nobody', async () => {
    const client = await make('kept');
    expect(await refusalOf(world.services.endAccess.delete(world.system(acme), client.id))).toBe('FORBIDDEN');
    expect(await accountOf(client)).not.toBeNull();
  });

  it('do not count as administrators, so that the last person who is one stays', async () => {
    const tenant = await world.tenant({ template: 'image' });
    const system = world.system(tenant);
    const { client } = await flow().createClient(system, { hasServiceAccount: true });
    const person = await world.newUser(tenant);
    const roleId = (await world.stores.roleStore.findBuiltin(tenant.id, ['tenant-administrator']))[0]!.id;
    for (const holderId of [client.id, person.id])
      await world.grantRole(tenant, { roleId, holderKind: 'user', holderId });
    expect(await refusalOf(world.services.users.delete(system, person.id))).toBe('ADMINISTRATOR_LAST');
    await flow().deleteClient(system, client.id);
    expect(await world.services.users.findIn(tenant.id, client.id)).toBeNull();
  });

  it('do not sign in, whatever password was set', async () => {
    const client = await make('silent');
    const password = await world.givePassword(acme, client.id);
    const { origin } = world.app(acme);
    const attempt = world.services.signIn.verifyPassword({
      tenant: acme,
      identifier: 'service-account-silent',
      password,
      origin,
    } as never);
    expect(await refusalOf(attempt)).toBe('SIGN_IN_REFUSED');
    expect((await world.events(acme)).at(-1)).toMatchObject({ type: 'sign_in.failed', reason: 'service_account' });
  });
});
