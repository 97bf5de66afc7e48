import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FederationLinkStore,
  type FederationProvider,
  FederationProviderStore,
  type LinkRow,
} from '../../../src/federation/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

describe.each(ENGINES)('the stores of federation on $name', ({ open }) => {
  let world: World;
  let links: FederationLinkStore;
  let providers: FederationProviderStore;
  let own: TenantRef;
  let neighbour: TenantRef;
  let provider: FederationProvider;
  let link: LinkRow;
  beforeAll(async () => {
    world = await World.open(await open());
    links = new FederationLinkStore(world.db);
    providers = new FederationProviderStore(world.db);
    own = await world.tenant();
    neighbour = await world.tenant();
    provider = await world.newProvider(neighbour, { name: 'theirs' });
    const user = await world.newUser(neighbour);
    link = await world.link(neighbour, user.id, provider, 'ext-1', 'Ext One');
    const token = { providerId: provider.id, externalId: 'ext-1', sealed: 'v1.x', expiresAt: null };
    await links.saveToken(neighbour.id, token, world.clock.now());
  });
  afterAll(() => world.close());

  it('find nothing by ids of another tenant', async () => {
    expect(await providers.findById(own.id, provider.id)).toBeNull();
    expect(await providers.findMany(own.id, [provider.id])).toEqual(new Map());
    expect(await providers.findByName(own.id, 'theirs')).toBeNull();
    expect((await providers.page(own.id, {}, {})).rows).toEqual([]);
    expect(await providers.countLinks(own.id, provider.id)).toBe(0);
    expect(await links.find(own.id, link)).toBeNull();
    expect(await links.findOfUsers(own.id, [link.userId])).toEqual(new Map());
    expect(await links.countOfUser(own.id, link.userId)).toBe(0);
    expect(await links.findToken(own.id, provider.id, link.userId, world.clock.now())).toBeNull();
  });

  it('change nothing by ids of another tenant', async () => {
    await world.db.transaction(async () => {
      expect(await providers.lock(own.id, provider.id)).toBeNull();
      await providers.delete(own.id, provider.id);
      await links.rename(own.id, link, 'Taken', world.clock.now());
      expect(await links.remove(own.id, link, link.userId)).toBe(false);
    });
    expect(await links.find(neighbour.id, link)).toMatchObject({ externalName: 'Ext One', providerName: 'theirs' });
  });

  it('cannot tie a link to a provider or user of another tenant (check 55)', async () => {
    const stranger = await world.newUser(own);
    const foreign = { ...link, tenantId: own.id, userId: stranger.id, externalId: 'ext-2' };
    await expect(links.insertFree(own.id, [foreign])).rejects.toThrow();
    const ours = await world.newProvider(own);
    await expect(
      links.insertFree(own.id, [{ ...link, tenantId: own.id, providerId: ours.id, externalId: 'ext-3' }]),
    ).rejects.toThrow();
  });

  it('list the links of many users at once', async () => {
    const other = await world.newUser(neighbour);
    await world.link(neighbour, other.id, provider, 'ext-9');
    await world.link(neighbour, other.id, provider, 'ext-8');
    const found = await links.findOfUsers(neighbour.id, [link.userId, other.id, 'nobody']);
    expect(found.get(other.id)?.map(({ externalId }) => externalId)).toEqual(['ext-8', 'ext-9']);
    expect(found.get(link.userId)).toHaveLength(1);
    expect(found.has('nobody')).toBe(false);
  });

  it('hand out the newest token that is still valid', async () => {
    const user = await world.newUser(neighbour);
    const now = world.clock.now();
    const later = new Date(now.getTime() + 1000);
    const token = (externalId: string, sealed: string, expiresAt: Date | null) =>
      ({ providerId: provider.id, externalId, sealed, expiresAt }) as const;
    for (const externalId of ['a', 'b', 'c']) await world.link(neighbour, user.id, provider, externalId);
    await links.saveToken(neighbour.id, token('a', 'old', later), now);
    await links.saveToken(neighbour.id, token('b', 'replaced', later), now);
    await links.saveToken(neighbour.id, token('b', 'new', later), later);
    await links.saveToken(neighbour.id, token('c', 'expired', now), new Date(now.getTime() + 2000));
    expect(await links.findToken(neighbour.id, provider.id, user.id, now)).toMatchObject({ sealed: 'new' });
    expect(await links.findToken(neighbour.id, provider.id, user.id, later)).toBeNull();
  });

  it('drop the links and tokens of a provider or user that goes', async () => {
    const gone = await world.newProvider(own);
    const user = await world.newUser(own);
    const made = await world.link(own, user.id, gone, 'x');
    await world.services.federationProviders.delete(world.system(own), gone.id);
    expect(await links.find(own.id, made)).toBeNull();
  });

  it('take what cannot be an id for unknown', async () => {
    expect(await providers.findById(own.id, 'no-uuid')).toBeNull();
    expect(await links.find(own.id, { providerId: 'no-uuid', externalId: 'x' })).toBeNull();
    expect(await links.find(own.id, { providerId: provider.id, externalId: 'a\0' })).toBeNull();
  });
});

describe('two users who link the same external account at once, on PostgreSQL', () => {
  const postgres = ENGINES.find(({ name }) => name === 'PostgreSQL')!;
  let world: World;
  beforeAll(async () => {
    world = await World.open(await postgres.open());
  });
  afterAll(() => world.close());

  it('end with one link, one event and one refusal, every time', async () => {
    const tenant = await world.tenant();
    const provider = await world.newProvider(tenant);
    const [a, b] = [await world.newUser(tenant), await world.newUser(tenant)];
    for (let round = 0; round < 8; round++) {
      const results = await Promise.allSettled(
        [a, b].map(({ id }) => world.link(tenant, id, provider, `account-${round}`)),
      );
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused.map(({ reason }) => reason.code)).toEqual(['LINK_ALREADY_BOUND']);
    }
    const added = (await world.eventTypes(tenant)).filter((type) => type === 'federation_link.added');
    expect(added).toHaveLength(8);
  });

  it('and one user who does it twice at once has one link and one event', async () => {
    const tenant = await world.tenant();
    const provider = await world.newProvider(tenant);
    const user = await world.newUser(tenant);
    await Promise.all([1, 2, 3].map(() => world.link(tenant, user.id, provider, 'same')));
    const added = (await world.eventTypes(tenant)).filter((type) => type === 'federation_link.added');
    expect(added).toHaveLength(1);
  });
});
