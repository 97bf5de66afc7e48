import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { FederationProvider, LinkInput } from '../../../src/federation/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { faultsOf, refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('links to external accounts', () => {
  let world: World;
  let tenant: TenantRef;
  let provider: FederationProvider;
  let anna: string;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    provider = await world.newProvider(tenant, { storeTokens: true });
    anna = (await world.newUser(tenant)).id;
  });

  const service = () => world.services.federationLinks;
  const as = (...scopes: string[]) => new Authority(world.app(tenant, ...scopes), tenant, 'tenant');
  const asUser = (id: string) => new Authority(world.user(tenant, id, 'federation-link:write:self'), tenant, 'self');
  const input = (over: Partial<LinkInput> = {}): LinkInput => ({
    userId: anna,
    provider,
    externalId: 'ext-1',
    ...over,
  });
  const idsOf = async (userId: string) =>
    (await service().list(world.system(tenant), userId)).map(({ externalId }) => externalId);
  const tokens = (expiresAt: Date | null = null) => ({ accessToken: 'provider-token', tokenType: 'Bearer', expiresAt });
  const linkEvents = async () =>
    (await world.events(tenant))
      .filter(({ type, subject_id }) => type.startsWith('federation_') && subject_id === anna)
      .map(({ type }) => type);

  describe('that are made', () => {
    it('have an id of at most 512 and a name of at most 255 characters that can be stored', async () => {
      const faults = (over: Partial<LinkInput>) => faultsOf(() => service().link(as(), input(over)));
      expect(await faults({ externalId: 'x'.repeat(512), externalName: 'x'.repeat(255) })).toBeNull();
      expect(await faults({ externalId: 'x'.repeat(513) })).toEqual(['INVALID_INPUT', 'input.externalId TEXT_INVALID']);
      expect(await faults({ externalId: '' })).toEqual(['INVALID_INPUT', 'input.externalId TEXT_LENGTH']);
      expect(await faults({ externalId: 'a\0' })).toEqual(['INVALID_INPUT', 'input.externalId TEXT_NOT_STORABLE']);
      expect(await faults({ externalName: 'x'.repeat(256) })).toEqual([
        'INVALID_INPUT',
        'input.externalName TEXT_LENGTH',
      ]);
      expect(await faults({ externalName: '\ud800' })).toEqual([
        'INVALID_INPUT',
        'input.externalName TEXT_NOT_STORABLE',
      ]);
    });

    it('stay as they are when they are made again; another name is stored, and each change is one event', async () => {
      await service().link(as(), input({ externalName: 'Anna' }));
      await service().link(as(), input());
      await service().link(as(), input({ externalName: 'Anna' }));
      expect(await service().link(as(), input({ externalName: 'Anna K.' }))).toMatchObject({ externalName: 'Anna K.' });
      expect(await linkEvents()).toEqual(['federation_link.added', 'federation_link.updated']);
    });

    it('do not move from one user to another', async () => {
      const boris = (await world.newUser(tenant)).id;
      await service().link(as(), input());
      expect(await refusalOf(service().link(as(), input({ userId: boris })))).toBe('LINK_ALREADY_BOUND');
      expect(await refusalOf(service().linkProven(as(), input({ userId: boris }), tokens()))).toBe(
        'LINK_ALREADY_BOUND',
      );
      expect([await idsOf(anna), await idsOf(boris)]).toEqual([['ext-1'], []]);
    });

    it('need a provider of that type and name, and a user', async () => {
      const { type, name } = provider;
      for (const ref of [
        { type: 'other', name },
        { type, name: 'nothing' },
        { type: '', name },
        { type, name: 'a\0' },
        { type, name: 'x'.repeat(513) },
      ])
        expect(await refusalOf(service().link(as(), input({ provider: ref })))).toBe('FEDERATION_PROVIDER_NOT_FOUND');
      for (const userId of ['nobody', 'a b', '\0'])
        expect(await refusalOf(service().link(as(), input({ userId })))).toBe('USER_NOT_FOUND');
    });

    it('are at most 100 of one user; the 101st leaves nothing behind', async () => {
      for (let at = 1; at <= 100; at++) await world.link(tenant, anna, provider, `ext-${at}`);
      expect(await refusalOf(service().link(as(), input({ externalId: 'ext-101' })))).toBe('LINK_LIMIT_REACHED');
      expect(await refusalOf(service().link(as(), input({ externalId: 'ext-100' })))).toBeNull();
      expect(await idsOf(anna)).toHaveLength(100);
    });
  });

  describe('of new users', () => {
    const linkNew = (...links: readonly Partial<LinkInput>[]) =>
      world.db.transaction(() => service().linkNew(as(), links.map(input)));

    it('are made together, each with one event; an account that is given twice counts once', async () => {
      const boris = (await world.newUser(tenant)).id;
      const other = await world.newProvider(tenant);
      await linkNew(
        { externalName: 'Anna' },
        { externalName: 'Anna K.' },
        { provider: other },
        { userId: boris, externalId: 'ext-2' },
      );
      expect([await idsOf(anna), await idsOf(boris)]).toEqual([['ext-1', 'ext-1'], ['ext-2']]);
      expect((await service().list(as(), anna)).map(({ externalName }) => externalName).toSorted()).toEqual([
        'Anna',
        null,
      ]);
      expect(await linkEvents()).toEqual(['federation_link.added', 'federation_link.added']);
    });

    it('are made all or none', async () => {
      const boris = (await world.newUser(tenant)).id;
      await world.link(tenant, boris, provider, 'taken');
      const many = Array.from({ length: 101 }, (_, at) => ({ externalId: `many-${at}` }));
      const refusals = [
        [{}, { externalId: 'taken' }],
        [{}, { userId: boris }],
        [{}, { provider: { name: 'nothing' } }],
        [{}, { externalId: '' }],
        [{}, { userId: 'nobody', externalId: 'ext-2' }],
        many,
      ].map((links) => refusalOf(linkNew(...links)));
      expect(await Promise.all(refusals)).toEqual([
        'LINK_ALREADY_BOUND',
        'LINK_ALREADY_BOUND',
        'FEDERATION_PROVIDER_NOT_FOUND',
        'INVALID_INPUT',
        'USER_NOT_FOUND',
        'LINK_LIMIT_REACHED',
      ]);
      expect([await idsOf(anna), await linkEvents()]).toEqual([[], []]);
      await linkNew(...many.slice(1));
      expect(await idsOf(anna)).toHaveLength(100);
    });
  });

  describe('of one tenant', () => {
    it('are neither seen nor touched from another one, whose provider and user have the same names', async () => {
      const neighbour = await world.tenant();
      await world.newUser(neighbour, { id: anna });
      const { type, name } = provider;
      const theirs = await world.newProvider(neighbour, { type, name, storeTokens: true });
      await service().linkProven(world.system(tenant), input(), tokens());
      const there = new Authority(world.app(neighbour), neighbour, 'tenant');
      expect(await service().list(there, anna)).toEqual([]);
      expect(await refusalOf(service().unlink(there, input()))).toBe('LINK_NOT_FOUND');
      expect(await refusalOf(service().readToken(there, anna, theirs))).toBe('FEDERATION_TOKEN_NOT_FOUND');
      await service().link(there, input());
      await service().unlink(there, input());
      expect(await idsOf(anna)).toEqual(['ext-1']);
      expect((await service().readToken(world.system(tenant), anna, provider)).accessToken).toBe('provider-token');
    });
  });

  describe('that users change themselves', () => {
    it('are only their own', async () => {
      const boris = (await world.newUser(tenant)).id;
      for (const call of [
        () => service().list(asUser(boris), anna),
        () => service().link(asUser(boris), input()),
        () => service().linkProven(asUser(boris), input(), null),
        () => service().unlink(asUser(boris), input()),
        () => service().readToken(asUser(boris), anna, provider),
      ])
        expect(await refusalOf(call())).toBe('FORBIDDEN');
      expect(await idsOf(anna)).toEqual([]);
    });

    it('are changed soon after a sign-in: not a second later than the tenant allows', async () => {
      const own = asUser(anna);
      world.clock.advance(300);
      expect(await refusalOf(service().link(own, input()))).toBeNull();
      world.clock.advance(1);
      expect(await refusalOf(service().link(own, input()))).toBe('REAUTHENTICATION_REQUIRED');
      expect(await refusalOf(service().unlink(own, input()))).toBe('REAUTHENTICATION_REQUIRED');
      expect(await idsOf(anna)).toEqual(['ext-1']);
    });
  });

  it('of accounts that may do more than the caller are closed to it', async () => {
    const role = await world.newRole(tenant, { permissions: ['user:delete'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: anna });
    await world.link(tenant, anna, provider, 'ext-1');
    expect(await refusalOf(service().link(as('federation-link:write'), input({ externalId: 'ext-2' })))).toBe(
      'FORBIDDEN',
    );
    expect(await refusalOf(service().unlink(as('federation-link:write'), input()))).toBe('FORBIDDEN');
    expect(await idsOf(anna)).toEqual(['ext-1']);
  });

  it('are removed once, by the user that has them', async () => {
    const boris = (await world.newUser(tenant)).id;
    await world.link(tenant, anna, provider, 'ext-1');
    for (const over of [
      { userId: boris },
      { externalId: 'ext-2' },
      { externalId: 'x\0' },
      { externalId: '' },
      { provider: { type: 'vk', name: 'nothing' } },
    ])
      expect(await refusalOf(service().unlink(as(), input(over)))).toBe('LINK_NOT_FOUND');
    expect(await service().unlink(as(), input())).toMatchObject({ userId: anna, externalId: 'ext-1' });
    expect(await refusalOf(service().unlink(as(), input()))).toBe('LINK_NOT_FOUND');
    expect(await linkEvents()).toEqual(['federation_link.added', 'federation_link.removed']);
  });

  describe('with tokens of the provider', () => {
    const keep = (expiresAt: Date | null = null) =>
      service().linkProven(world.system(tenant), input(), tokens(expiresAt));
    const readToken = (authority = as()) => service().readToken(authority, anna, provider);

    it('keep them sealed, and each reading is an event', async () => {
      await keep();
      expect(await readToken()).toEqual({
        accessToken: 'provider-token',
        tokenType: 'Bearer',
        expiresInSeconds: null,
        scope: null,
      });
      const rows = await world.db.orm.em.fork().getConnection().execute('select * from federation_tokens');
      expect(JSON.stringify(rows)).not.toContain('provider-token');
      expect(await linkEvents()).toEqual(['federation_link.added', 'federation_token.read']);
    });

    it('tell the whole seconds that are left, and give nothing when none is', async () => {
      await keep(new Date(world.clock.now().getTime() + 1500));
      expect((await readToken()).expiresInSeconds).toBe(1);
      world.clock.advance(1.5);
      expect(await refusalOf(readToken())).toBe('FEDERATION_TOKEN_NOT_FOUND');
    });

    it('keep none where the provider is not set up for it, and give none once it no longer is', async () => {
      await keep();
      await world.services.federationProviders.update(world.system(tenant), provider.id, { storeTokens: false });
      expect(await refusalOf(readToken())).toBe('FEDERATION_TOKEN_NOT_FOUND');
      await service().linkProven(world.system(tenant), input({ externalId: 'ext-2' }), tokens());
      await service().unlink(world.system(tenant), input());
      await world.services.federationProviders.update(world.system(tenant), provider.id, { storeTokens: true });
      expect(await refusalOf(readToken())).toBe('FEDERATION_TOKEN_NOT_FOUND');
      expect(await linkEvents()).not.toContain('federation_token.read');
    });

    it('are read with a permission for that provider, before the account is looked for', async () => {
      await keep();
      const narrowed = (only: string) => new Authority(world.app(tenant), tenant, 'tenant', [only]);
      expect((await readToken(narrowed(`vk:${provider.name}`))).accessToken).toBe('provider-token');
      expect(await refusalOf(readToken(narrowed('vk:other')))).toBe('FORBIDDEN');
      expect(await refusalOf(service().readToken(narrowed('vk:other'), 'nobody', provider))).toBe('FORBIDDEN');
    });
  });
});
