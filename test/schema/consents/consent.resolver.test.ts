import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../../src/clients/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

const LIST = `query ($userId: ID!) { consents(userId: $userId) { id clientId scopes createdAt updatedAt } }`;
const REVOKE = `mutation ($input: RevokeConsentInput!) { revokeConsent(input: $input) { revokedConsentId } }`;
const PAGE = `query ($first: Int) {
  users(first: $first) { nodes { subject consents { clientId scopes client { clientId name } } } } }`;

describe('consents', () => {
  let world: World;
  let tenant: TenantRef;
  let shop: Client;
  let anna: User;
  let statements = 0;
  beforeAll(async () => {
    world = await World.open(await openTestDatabase(() => (statements += 1)));
    tenant = await world.tenant();
    shop = (await world.newClient(tenant, { clientId: 'shop' })).client;
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    anna = await world.newUser(tenant);
    await world.consent(tenant, anna.id, shop, ['profile', 'openid']);
  });

  const reader = () => world.app(tenant, 'consent:read');
  const list = async (userId = anna.id) => world.graphql(reader(), LIST, { userId });
  const eventsOf = async ({ id }: User) =>
    (await world.events(tenant)).filter(({ subject_id: subject, type }) => subject === id && /consent/.test(type));

  it('names the client to the user alone, by its `client_id` where it has no name', async () => {
    const document = `query ($userId: ID!) { consents(userId: $userId) { clientId clientName client { name } } }`;
    const { client: plain } = await world.newClient(tenant);
    const { client: named } = await world.newClient(tenant, { name: 'The Harbour' });
    const cara = await world.newUser(tenant);
    await world.consent(tenant, cara.id, plain, ['openid']);
    await world.consent(tenant, cara.id, named, ['openid']);
    const { data } = await world.graphql(world.user(tenant, cara.id, 'consent:read:self'), document, {
      userId: cara.id,
    });
    const names = data.consents.map(({ clientName }: { clientName: string }) => clientName);
    expect(names.toSorted()).toEqual(['The Harbour', plain.name ?? plain.clientId].toSorted());
    expect(data.consents.every(({ client }: { client: object | null }) => client === null)).toBe(true);
  });

  it('are listed by user, with only native scopes (check 40)', async () => {
    const { data, errors } = await list();
    expect(errors).toEqual([]);
    expect(data.consents).toEqual([
      {
        id: expect.stringMatching(/^con~/),
        clientId: 'shop',
        scopes: ['openid', 'profile'],
        createdAt: world.clock.now().toISOString(),
        updatedAt: world.clock.now().toISOString(),
      },
    ]);
    const own = await world.graphql(world.user(tenant, anna.id, 'consent:read:self'), LIST, { userId: anna.id });
    expect(own.data.consents).toHaveLength(1);
  });

  it('are refused to others, and to callers without the permission', async () => {
    const boris = await world.newUser(tenant);
    const foreign = await world.graphql(world.user(tenant, boris.id, 'consent:read:self'), LIST, { userId: anna.id });
    expect([foreign.code, foreign.data.consents]).toEqual(['FORBIDDEN', null]);
    expect((await world.graphql(world.app(tenant, 'user:read'), LIST, { userId: anna.id })).code).toBe('FORBIDDEN');
    expect((await list('nobody')).code).toBe('USER_NOT_FOUND');
  });

  it('are found by global id', async () => {
    const { id } = (await list()).data.consents[0];
    const NODE = 'query ($id: ID!) { node(id: $id) { id ... on Consent { clientId } } }';
    expect((await world.graphql(reader(), NODE, { id })).data.node).toEqual({ id, clientId: 'shop' });
    const odd = id.replace('shop', 'sh%00op');
    expect((await world.graphql(reader(), NODE, { id: odd })).data.node).toBeNull();
  });

  it('are revoked once, with an event that names client and scopes (check 40)', async () => {
    const revoker = world.user(tenant, anna.id, 'consent:revoke:self');
    const input = { userId: anna.id, clientId: 'shop' };
    const { data, errors } = await world.graphql(revoker, REVOKE, { input });
    expect(errors).toEqual([]);
    expect(data.revokeConsent.revokedConsentId).toMatch(/^con~/);
    expect((await list()).data.consents).toEqual([]);
    expect((await world.graphql(revoker, REVOKE, { input })).code).toBe('CONSENT_NOT_FOUND');
    expect(await eventsOf(anna)).toMatchObject([
      { type: 'consent.granted', params: { clientId: 'shop', scopes: ['openid', 'profile'] } },
      {
        type: 'consent.revoked',
        actor_id: anna.id,
        client_id: 'test-app',
        params: { clientId: 'shop', scopes: ['openid', 'profile'] },
      },
    ]);
  });

  it.each([
    ['an unknown client', 'nobody', 'CONSENT_NOT_FOUND'],
    ['no client', '', 'CONSENT_NOT_FOUND'],
    ['hostile text', 'shop\0\ud800', 'INVALID_INPUT'],
    ['text that is too long', 'x'.repeat(10_000), 'CONSENT_NOT_FOUND'],
    ['text that is far too long', 'x'.repeat(100_000), 'INVALID_INPUT'],
  ])('are not taken back for %s', async (_, clientId, code) => {
    const answer = await world.graphql(world.app(tenant, 'consent:revoke'), REVOKE, {
      input: { userId: anna.id, clientId },
    });
    expect(answer.code).toBe(code);
    expect((await list()).data.consents).toHaveLength(1);
  });

  it('are not revoked by others, for an unknown user, or from an account with permissions beyond the tenant', async () => {
    const revoke = (caller: Parameters<World['graphql']>[0], userId = anna.id) =>
      world.graphql(caller, REVOKE, { input: { userId, clientId: 'shop' } });
    const boris = await world.newUser(tenant);
    expect((await revoke(world.user(tenant, boris.id, 'consent:revoke:self'))).code).toBe('FORBIDDEN');
    expect((await revoke(world.app(tenant, 'consent:read'))).code).toBe('FORBIDDEN');
    expect((await revoke(world.app(tenant, 'consent:revoke'), 'nobody')).code).toBe('USER_NOT_FOUND');
  });

  it('grow with what the user allows, without an event when nothing is new', async () => {
    const { consents } = world.services;
    const grant = (scopes: string[]) => consents.grant(world.system(tenant), { userId: anna.id, client: shop, scopes });
    expect(await grant(['openid'])).toBe(false);
    expect(await grant(['email', 'email'])).toBe(true);
    expect(await eventsOf(anna)).toHaveLength(2);
    const covers = (scopes: string[]) => consents.covers(tenant.id, { userId: anna.id, client: shop, scopes });
    expect([await covers(['email', 'openid']), await covers([]), await covers(['phone'])]).toEqual([true, true, false]);
    const nobody = { userId: 'nobody', client: shop, scopes: ['openid'] };
    await expect(consents.grant(world.system(tenant), nobody)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    expect(await consents.covers(tenant.id, nobody)).toBe(false);
  });

  it('cost the same number of statements for 5 users as for 20', async () => {
    for (let i = 0; i < 20; i++) await world.consent(tenant, (await world.newUser(tenant)).id, shop, ['openid']);
    const caller = world.app(tenant, 'user:read', 'consent:read', 'client:read');
    const costOf = async (first: number) => {
      statements = 0;
      const { data, errors } = await world.graphql(caller, PAGE, { first });
      expect(errors).toEqual([]);
      expect(data.users.nodes).toHaveLength(first);
      expect(data.users.nodes.some(({ consents }: { consents: unknown[] }) => consents.length === 1)).toBe(true);
      return statements;
    };
    await costOf(5);
    expect(await costOf(5)).toBe(await costOf(20));
  });
});
