import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, PermissionSet } from '../../../src/access/index.ts';
import type { FederationProvider } from '../../../src/federation/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { World } from '../../support/world.ts';

const LINK = `mutation ($input: LinkExternalAccountInput!) {
  linkExternalAccount(input: $input) { link { id providerType providerName externalId externalName } } }`;
const UNLINK =
  'mutation ($input: UnlinkExternalAccountInput!) { unlinkExternalAccount(input: $input) { removedLinkId } }';
const LIST = `query ($userId: ID!, $tenant: String) {
  federationLinks(userId: $userId, tenant: $tenant) { id providerType providerName externalId externalName provider { name } } }`;
const TOKEN = `query ($userId: ID!, $type: String!, $name: String!) {
  federationToken(userId: $userId, providerType: $type, providerName: $name) { accessToken tokenType expiresInSeconds scope } }`;

describe('links to external accounts over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  let provider: FederationProvider;
  let user: User;
  let app: Caller;
  beforeAll(async () => {
    world = await World.open();
  });
  beforeEach(async () => {
    tenant = await world.tenant();
    provider = await world.newProvider(tenant, { type: 'vk', name: 'vk_1' });
    user = await world.newUser(tenant);
    app = world.app(tenant, 'federation-link:write');
  });
  afterAll(() => world.close());

  const account = (over: object = {}) => ({
    input: { userId: user.id, providerType: 'vk', providerName: 'vk_1', externalId: '4711', ...over },
  });
  const link = (over: object = {}, caller = app) => world.graphql(caller, LINK, account(over));
  const list = (caller: Caller = app, userId = user.id) => world.graphql(caller, LIST, { userId });
  const events = async () => (await world.events(tenant)).filter(({ type }) => type.startsWith('federation_link.'));

  it('links a known account, which is then listed; the event names provider, account, caller and origin', async () => {
    const made = await link();
    expect(made.errors).toEqual([]);
    const expected = { providerType: 'vk', providerName: 'vk_1', externalId: '4711', externalName: null };
    expect(made.data.linkExternalAccount.link).toEqual({
      ...expected,
      id: `fed~${tenant.route}~${provider.id}:4711`,
    });
    const reader = world.app(tenant, 'federation-link:read', 'federation-provider:read');
    const listed = await list(reader);
    expect(listed.data.federationLinks).toMatchObject([{ ...expected, provider: { name: 'vk_1' } }]);
    expect(await events()).toMatchObject([
      {
        type: 'federation_link.added',
        subject_id: user.id,
        actor_id: 'test-app',
        ip: '203.0.113.7',
        user_agent: 'Tests/1.0',
        params: { provider_type: 'vk', provider_name: 'vk_1', external_id: '4711' },
      },
    ]);
  });

  it('changes nothing and writes no event when the link is repeated', async () => {
    await link({ externalName: 'Ann' });
    const again = await link();
    expect(again.data.linkExternalAccount.link.externalName).toBe('Ann');
    await link({ externalName: 'Ann' });
    expect((await list()).data.federationLinks).toHaveLength(1);
    expect(await events()).toHaveLength(1);
  });

  it('changes the name when another one is given, with an event', async () => {
    await link({ externalName: 'Ann' });
    const renamed = await link({ externalName: 'Anna' });
    expect(renamed.data.linkExternalAccount.link.externalName).toBe('Anna');
    expect((await list()).data.federationLinks[0].externalName).toBe('Anna');
    expect((await events()).map(({ type }) => type)).toEqual(['federation_link.added', 'federation_link.updated']);
  });

  it('refuses an account that is linked to another user, and does not move it', async () => {
    await link();
    const other = await world.newUser(tenant);
    expect((await link({ userId: other.id })).code).toBe('LINK_ALREADY_BOUND');
    expect((await list(app, other.id)).data.federationLinks).toEqual([]);
    expect((await list()).data.federationLinks).toHaveLength(1);
  });

  it('keeps accounts of the same id at two providers apart (check 56)', async () => {
    const twin = await world.newProvider(tenant, { type: 'vk', name: 'vk_2', issuer: 'https://other.example' });
    const other = await world.newUser(tenant);
    expect((await link()).errors).toEqual([]);
    expect((await link({ userId: other.id, providerName: twin.name })).errors).toEqual([]);
    const reader = world.app(tenant, 'federation-link:read');
    const shown = async (userId: string) =>
      (
        await world.graphql(reader, 'query ($userId: ID!) { federationLinks(userId: $userId) { providerName } }', {
          userId,
        })
      ).data.federationLinks;
    expect([await shown(user.id), await shown(other.id)]).toEqual([
      [{ providerName: 'vk_1' }],
      [{ providerName: 'vk_2' }],
    ]);
  });

  it('lets a user have several accounts, also at one provider', async () => {
    await link();
    await link({ externalId: '4712' });
    expect((await list()).data.federationLinks).toHaveLength(2);
  });

  it('refuses an unknown provider, and a name under another type', async () => {
    expect((await link({ providerName: 'vk_2' })).code).toBe('FEDERATION_PROVIDER_NOT_FOUND');
    expect((await link({ providerType: 'ok' })).code).toBe('FEDERATION_PROVIDER_NOT_FOUND');
    expect((await link({ providerName: 'a\0' })).code).toBe('INVALID_INPUT');
  });

  it('refuses an unknown user', async () => {
    expect((await link({ userId: 'nobody' })).code).toBe('USER_NOT_FOUND');
    expect((await list(app, 'nobody')).code).toBe('USER_NOT_FOUND');
    expect((await world.graphql(app, UNLINK, account({ userId: 'nobody' }))).code).toBe('USER_NOT_FOUND');
  });

  it('are changed by users themselves only soon after a sign-in (ASVS 7.5.1; check 54)', async () => {
    const fresh = world.user(tenant, user.id, 'federation-link:write:self', 'federation-link:bind:self');
    const stale: Caller = { ...fresh, authTime: new Date(world.clock.now().getTime() - 301_000) };
    const BEGIN = 'mutation ($input: BeginAccountLinkingInput!) { beginAccountLinking(input: $input) { redirectTo } }';
    const begin = { input: { userId: user.id, provider: 'vk:vk_1', callback: 'https://app.example/cb' } };
    await link();
    const before = await events();
    for (const [document, input] of [
      [LINK, account({ externalId: 'new' })],
      [UNLINK, account()],
      [BEGIN, begin],
    ] as const)
      expect((await world.graphql(stale, document, input)).code).toBe('REAUTHENTICATION_REQUIRED');
    expect(await events()).toEqual(before);
    expect((await world.graphql(fresh, BEGIN, begin)).code).toBe('BIND_CALLBACK_NOT_REGISTERED');
    expect((await link({ externalId: 'new' }, fresh)).errors).toEqual([]);
    expect((await world.graphql(fresh, UNLINK, account({ externalId: 'new' }))).errors).toEqual([]);
    // The documented service of an older API, which has no such answer.
    const older: Caller = { ...stale, origin: { ...stale.origin, api: 'rest' } };
    expect((await link({ externalId: 'new' }, older)).errors).toEqual([]);
  });

  it.each([
    ['no account id', { externalId: '' }, 'input.externalId'],
    ['an account id with a NUL', { externalId: 'a\0' }, 'input.externalId'],
    ['an account id with a lone surrogate', { externalId: '\udc00' }, 'input.externalId'],
    ['an account id that is too long', { externalId: 'x'.repeat(513) }, 'input.externalId'],
    ['a name with a line break', { externalName: 'a\nb' }, 'input.externalName'],
    ['a name that is too long', { externalName: 'x'.repeat(256) }, 'input.externalName'],
  ])('refuses %s', async (_what, over, path) => {
    const { errors } = await link(over);
    expect(errors[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', fields: [{ path }] });
  });

  it('keeps account ids of every storable kind apart, also in global ids', async () => {
    for (const externalId of ['a:b', 'a%3Ab', 'ü/~?', 'A:B']) {
      const { data } = await link({ externalId });
      const { id } = data.linkExternalAccount.link;
      const NODE = 'query ($id: ID!) { node(id: $id) { ... on FederationLink { externalId } } }';
      expect((await world.graphql(app, NODE, { id })).data.node).toEqual({ externalId });
    }
  });

  it('refuses a 101st account', async () => {
    for (let i = 0; i < 100; i++) await world.link(tenant, user.id, provider, `n${i}`);
    expect((await link({ externalId: 'one-more' })).code).toBe('LINK_LIMIT_REACHED');
    expect((await list()).data.federationLinks).toHaveLength(100);
    expect((await link({ externalId: 'n7' })).code).toBeUndefined();
  });

  it('unlinks, with an event, and refuses when there is nothing to unlink', async () => {
    await link();
    const { data } = await world.graphql(app, UNLINK, account());
    expect(data.unlinkExternalAccount).toEqual({ removedLinkId: `fed~${tenant.route}~${provider.id}:4711` });
    expect((await list()).data.federationLinks).toEqual([]);
    expect((await world.graphql(app, UNLINK, account())).code).toBe('LINK_NOT_FOUND');
    expect((await world.graphql(app, UNLINK, account({ providerName: 'vk_2' }))).code).toBe('LINK_NOT_FOUND');
    expect((await world.graphql(app, UNLINK, account({ externalId: 'a\0' }))).code).toBe('INVALID_INPUT');
    expect((await events()).map(({ type }) => type)).toEqual(['federation_link.added', 'federation_link.removed']);
  });

  it("does not unlink another user's account", async () => {
    await link();
    const other = await world.newUser(tenant);
    expect((await world.graphql(app, UNLINK, account({ userId: other.id }))).code).toBe('LINK_NOT_FOUND');
    expect((await list()).data.federationLinks).toHaveLength(1);
  });

  it('lets users see and change the links of their own account only', async () => {
    const own = world.user(tenant, user.id, 'federation-link:write:self');
    expect((await link({}, own)).data.linkExternalAccount.link.externalId).toBe('4711');
    expect((await list(own)).data.federationLinks).toHaveLength(1);
    const stranger = world.user(tenant, (await world.newUser(tenant)).id, 'federation-link:write:self');
    expect((await list(stranger)).code).toBe('FORBIDDEN');
    expect((await link({ externalId: '1' }, stranger)).code).toBe('FORBIDDEN');
    expect((await world.graphql(stranger, UNLINK, account())).code).toBe('FORBIDDEN');
    expect((await list(stranger, 'nobody')).code).toBe('FORBIDDEN');
  });

  it('refuses callers without permissions, or with permission only to read', async () => {
    expect((await list(world.app(tenant, 'user:read'))).code).toBe('FORBIDDEN');
    expect((await link({}, world.app(tenant, 'federation-link:read'))).code).toBe('FORBIDDEN');
    expect((await link({}, world.app(tenant, 'federation-link:bind'))).code).toBe('FORBIDDEN');
  });

  it('refuses callers of another tenant, by names and by global ids', async () => {
    const { data } = await link();
    const neighbour = world.app(await world.tenant(), 'federation-link:write');
    const globalUser = `usr~${tenant.route}~${user.id}`;
    expect((await list(neighbour)).code).toBe('USER_NOT_FOUND');
    expect((await list(neighbour, globalUser)).code).toBe('FORBIDDEN');
    expect((await link({ userId: globalUser }, neighbour)).code).toBe('FORBIDDEN');
    const foreign = await world.graphql(neighbour, LIST, { userId: user.id, tenant: tenant.name });
    expect(foreign.code).toBe('FORBIDDEN');
    const NODE = 'query ($id: ID!) { node(id: $id) { id } }';
    expect((await world.graphql(neighbour, NODE, { id: data.linkExternalAccount.link.id })).code).toBe('FORBIDDEN');
  });

  it('accepts the global id of a user as well as the bare one', async () => {
    const globalUser = `usr~${tenant.route}~${user.id}`;
    expect((await link({ userId: globalUser })).code).toBeUndefined();
    expect((await list(app, globalUser)).data.federationLinks).toHaveLength(1);
  });

  it('does not link to an administrator of all tenants unless the caller may act on all', async () => {
    const master = (await world.services.directory.byName('master')) ?? (await world.tenant({ name: 'master' }));
    await world.newProvider(master, { type: 'vk', name: 'vk_m' });
    const admin = await world.newUser(master);
    const role = await world.newRole(master, { permissions: ['user:read:all'] });
    await world.grantRole(master, { holderKind: 'user', holderId: admin.id, roleId: role.id });
    const input = { userId: admin.id, providerType: 'vk', providerName: 'vk_m', externalId: '1' };
    const writer = world.app(master, 'federation-link:write');
    expect((await world.graphql(writer, LINK, { input })).code).toBe('ACCOUNT_GUARDED');
    expect((await world.graphql(writer, UNLINK, { input })).code).toBe('ACCOUNT_GUARDED');
    const wide = world.app(master, 'federation-link:write:all');
    expect((await world.graphql(wide, LINK, { input })).code).toBe('FORBIDDEN');
    const all = world.app(master, 'federation-link:write:all', 'user:read:all');
    expect((await world.graphql(all, LINK, { input })).code).toBeUndefined();
  });

  describe('stored tokens', () => {
    const tokens = () => ({
      accessToken: 'vk1.a.XXXX',
      tokenType: 'Bearer',
      expiresAt: new Date(world.clock.now().getTime() + 3_421_900),
    });
    const prove = (externalId = '4711', ref: FederationProvider = provider) =>
      world.services.federationLinks.linkProven(
        world.system(tenant),
        { userId: user.id, provider: ref, externalId },
        tokens(),
      );
    const read = (caller: Caller, name = 'vk_1', userId = user.id) =>
      world.graphql(caller, TOKEN, { userId, type: 'vk', name });
    const store = () =>
      world.services.federationProviders.update(world.system(tenant), provider.id, { storeTokens: true });
    const narrowed = (only: string): Caller => ({
      ...world.app(tenant),
      permissions: new PermissionSet([{ permission: 'federation-token:read', reach: 'tenant', only }]),
    });

    it('are answered with the seconds they are still valid; each time is an event', async () => {
      await store();
      await prove();
      const reader = world.app(tenant, 'federation-token:read');
      const { data, errors } = await read(reader);
      expect(errors).toEqual([]);
      expect(data.federationToken).toEqual({
        accessToken: 'vk1.a.XXXX',
        tokenType: 'Bearer',
        expiresInSeconds: 3421,
        scope: null,
      });
      expect((await world.events(tenant)).at(-1)).toMatchObject({
        type: 'federation_token.read',
        subject_id: user.id,
        params: { provider_type: 'vk', provider_name: 'vk_1', external_id: '4711' },
      });
    });

    it('are encrypted in the table', async () => {
      await store();
      await prove();
      const rows = await world.db.orm.em.fork().getConnection().execute('select sealed from federation_tokens');
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify(rows)).not.toContain('vk1.a');
      expect(JSON.stringify(await world.events(tenant))).not.toContain('vk1.a');
    });

    it('do not exist if the provider is not configured for them, nothing is linked, or they have expired', async () => {
      const reader = world.app(tenant, 'federation-token:read');
      await prove();
      expect((await read(reader)).code).toBe('FEDERATION_TOKEN_NOT_FOUND');
      await store();
      expect((await read(reader)).code).toBe('FEDERATION_TOKEN_NOT_FOUND');
      await prove();
      expect((await read(reader)).code).toBeUndefined();
      expect((await read(reader, 'vk_2')).code).toBe('FEDERATION_TOKEN_NOT_FOUND');
      const stranger = await world.newUser(tenant);
      expect((await read(reader, 'vk_1', stranger.id)).code).toBe('FEDERATION_TOKEN_NOT_FOUND');
      expect((await read(reader, 'vk_1', 'nobody')).code).toBe('USER_NOT_FOUND');
      world.clock.advance(3600);
      expect((await read(reader)).code).toBe('FEDERATION_TOKEN_NOT_FOUND');
    });

    it('are not answered any more once storing is switched off', async () => {
      await store();
      await prove();
      await world.services.federationProviders.update(world.system(tenant), provider.id, { storeTokens: false });
      expect((await read(world.app(tenant, 'federation-token:read'))).code).toBe('FEDERATION_TOKEN_NOT_FOUND');
    });

    it('are readable with a permission that is restricted to their provider, and to no other', async () => {
      await store();
      await prove();
      expect((await read(narrowed('vk:vk_1'))).data.federationToken.accessToken).toBe('vk1.a.XXXX');
      expect((await read(narrowed('vk:vk_2'))).code).toBe('FORBIDDEN');
      expect((await read(narrowed('vk:vk_2'), 'unknown')).code).toBe('FORBIDDEN');
    });

    it('are refused to users, also their own', async () => {
      await store();
      await prove();
      const own = world.user(tenant, user.id, 'federation-link:write:self', 'federation-token:read:self');
      expect((await read(own)).code).toBe('FORBIDDEN');
    });
  });

  it('may be one at a provider, which is found by its name, and are unlinked together', async () => {
    const mine = await world.newUser(tenant);
    const only = (externalId: string, isOnlyOne = true) =>
      world.graphql(app, LINK, { input: { userId: mine.id, providerName: 'vk_1', externalId, isOnlyOne } });
    expect((await only('one')).data.linkExternalAccount.link).toMatchObject({ providerType: 'vk', externalId: 'one' });
    expect((await only('one')).errors).toEqual([]);
    expect((await only('two')).code).toBe('LINK_LIMIT_REACHED');
    expect((await only('two', false)).errors).toEqual([]);
    const CLEAR = 'mutation ($input: UnlinkProviderInput!) { unlinkProvider(input: $input) { removedLinkIds } }';
    const clear = (providerName: string) => world.graphql(app, CLEAR, { input: { userId: mine.id, providerName } });
    expect((await clear('none')).code).toBe('LINK_NOT_FOUND');
    const ids = ['one', 'two'].map((id) => `fed~${tenant.route}~${provider.id}:${id}`);
    expect((await clear('vk_1')).data.unlinkProvider).toEqual({ removedLinkIds: ids });
    expect((await clear('vk_1')).code).toBe('LINK_NOT_FOUND');
    const removed = (await world.events(tenant)).filter(
      ({ type, subject_id }) => type === 'federation_link.removed' && subject_id === mine.id,
    );
    expect(removed).toHaveLength(2);
  });
});
