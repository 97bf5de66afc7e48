import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { Client } from '../../../src/clients/index.ts';
import { type ClientTokens, ConsentService } from '../../../src/consents/consent.service.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('consents', () => {
  let world: World;
  let tenant: TenantRef;
  let shop: Client;
  let anna: string;
  let revoked: string[];
  let consents: ConsentService;
  /** What stands for the tokens of clients. */
  let revokeOfClient: ClientTokens['revokeOfClient'];
  beforeAll(async () => {
    world = await World.open();
    const { db, clock, services } = world;
    consents = new ConsentService({
      db,
      clock,
      store: world.stores.consentStore,
      users: world.stores.userStore,
      guard: services.guarded,
      events: services.events,
      tokens: { revokeOfClient: (...call) => revokeOfClient(...call) },
    });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tenant = await world.tenant();
    shop = (await world.newClient(tenant, { clientId: 'shop' })).client;
    anna = (await world.newUser(tenant)).id;
    revoked = [];
    revokeOfClient = async ({ tenant: { id } }, userId, clientUuid) => revoked.push(`${id} ${userId} ${clientUuid}`);
  });

  const as = (...scopes: string[]) => new Authority(world.app(tenant, ...scopes), tenant, 'tenant');
  const asUser = (id: string) => new Authority(world.user(tenant, id, 'consent:revoke:self'), tenant, 'self');
  const grant = (scopes: readonly string[], authority: Authority = as(), userId = anna) =>
    consents.grant(authority, { userId, client: shop, scopes });
  const scopesOf = async (authority: Authority = as()) =>
    (await consents.list(authority, anna)).map(({ scopes }) => scopes);
  const consentEvents = async () =>
    (await world.events(tenant))
      .filter(({ type }) => type.startsWith('consent.'))
      .map(({ type, subject_id, params }) => [type, subject_id, params]);

  it('hold each scope once, sorted, and grow by what is new', async () => {
    expect(await grant(['profile', 'openid', 'profile'])).toBe(true);
    expect(await grant(['email'])).toBe(true);
    expect(await scopesOf()).toEqual([['email', 'openid', 'profile']]);
  });

  it('are an event that names the scopes asked for; what was allowed before is none', async () => {
    await grant(['profile', 'openid']);
    expect(await grant(['openid'])).toBe(false);
    expect(await grant(['openid', 'email'])).toBe(true);
    expect(await consentEvents()).toEqual([
      ['consent.granted', anna, { clientId: 'shop', scopes: ['openid', 'profile'] }],
      ['consent.granted', anna, { clientId: 'shop', scopes: ['email', 'openid'] }],
    ]);
  });

  it('cover what was allowed, all of it, and nothing of another client', async () => {
    const covers = (scopes: string[], client: { id: string; clientId: string } = shop) =>
      consents.covers(tenant.id, { userId: anna, client, scopes });
    expect(await covers([])).toBe(false);
    await grant(['openid', 'profile']);
    expect([await covers(['openid']), await covers(['profile', 'openid']), await covers([])]).toEqual([
      true,
      true,
      true,
    ]);
    expect([await covers(['openid', 'email']), await covers(['Openid'])]).toEqual([false, false]);
    const other = (await world.newClient(tenant, { clientId: 'other' })).client;
    expect(await covers(['openid'], other)).toBe(false);
  });

  it('of the account are found in every spelling of its UUID', async () => {
    await grant(['openid'], as(), anna.toUpperCase());
    expect(await consents.findIn(tenant.id, anna.toUpperCase(), 'shop')).toMatchObject({ userId: anna });
    expect(await consents.list(as(), anna.toUpperCase())).toHaveLength(1);
  });

  it.each([
    ['a b', 'shop'],
    ['\0', 'shop'],
    ['', 'shop'],
  ])('are not asked for by the user %j', async (userId, clientId) => {
    expect(await consents.findIn(tenant.id, userId, clientId)).toBeNull();
  });

  it.each(['', 'sh\0p', 'x'.repeat(256), 'SHOP'])('are not found by the client_id %j', async (clientId) => {
    await grant(['openid']);
    expect(await consents.findIn(tenant.id, anna, clientId)).toBeNull();
    expect(await refusalOf(consents.revoke(as(), anna, clientId))).toBe('CONSENT_NOT_FOUND');
  });

  it('need a user that exists, and leave no event otherwise', async () => {
    expect(await refusalOf(grant(['openid'], as(), 'nobody'))).toBe('USER_NOT_FOUND');
    expect(await refusalOf(consents.list(as(), 'nobody'))).toBe('USER_NOT_FOUND');
    expect(await refusalOf(consents.revoke(as(), 'nobody', 'shop'))).toBe('USER_NOT_FOUND');
    expect(await consentEvents()).toEqual([]);
  });

  it('of others are closed to users, whether these exist or not', async () => {
    await grant(['openid']);
    const boris = asUser((await world.newUser(tenant)).id);
    for (const userId of [anna, 'nobody']) {
      expect(await refusalOf(consents.list(boris, userId))).toBe('FORBIDDEN');
      expect(await refusalOf(grant(['email'], boris, userId))).toBe('FORBIDDEN');
      expect(await refusalOf(consents.revoke(boris, userId, 'shop'))).toBe('FORBIDDEN');
    }
    expect(await scopesOf(asUser(anna))).toEqual([['openid']]);
    expect(revoked).toEqual([]);
  });

  it('of one tenant are neither seen nor revoked from another one, whose user and client have the same names', async () => {
    await grant(['openid']);
    const neighbour = await world.tenant();
    await world.newUser(neighbour, { id: anna });
    const theirs = (await world.newClient(neighbour, { clientId: 'shop' })).client;
    const there = new Authority(world.app(neighbour), neighbour, 'tenant');
    expect(await consents.list(there, anna)).toEqual([]);
    expect(await consents.covers(neighbour.id, { userId: anna, client: theirs, scopes: ['openid'] })).toBe(false);
    expect(await refusalOf(consents.revoke(there, anna, 'shop'))).toBe('CONSENT_NOT_FOUND');
    expect([revoked, await scopesOf()]).toEqual([[], [['openid']]]);
  });

  describe('that are revoked', () => {
    beforeEach(() => grant(['openid']));

    it('take the tokens of that client and user along, once, with one event', async () => {
      expect(await consents.revoke(as(), anna, 'shop')).toMatchObject({ clientId: 'shop', scopes: ['openid'] });
      expect(revoked).toEqual([`${tenant.id} ${anna} ${shop.id}`]);
      expect(await refusalOf(consents.revoke(as(), anna, 'shop'))).toBe('CONSENT_NOT_FOUND');
      expect(revoked).toHaveLength(1);
      expect((await consentEvents()).map(([type]) => type)).toEqual(['consent.granted', 'consent.revoked']);
    });

    it('stay when the tokens cannot be revoked', async () => {
      revokeOfClient = async () => {
        throw new Error('The tokens stay.');
      };
      await expect(consents.revoke(as(), anna, 'shop')).rejects.toThrow('The tokens stay.');
      expect(await scopesOf()).toEqual([['openid']]);
      expect((await consentEvents()).map(([type]) => type)).toEqual(['consent.granted']);
    });

    it('are revoked by the user, and by callers who hold all that the account holds', async () => {
      const role = await world.newRole(tenant, { permissions: ['user:delete'] });
      await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: anna });
      expect(await refusalOf(consents.revoke(as('consent:revoke'), anna, 'shop'))).toBe('FORBIDDEN');
      expect(revoked).toEqual([]);
      expect(await refusalOf(consents.revoke(asUser(anna), anna, 'shop'))).toBeNull();
    });
  });
});
