import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderTokens } from '../../../src/federation/index.ts';
import { addSeconds } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite } from '../../support/blitz.ts';
import { NOT_FOUND } from '../../support/blitz-refusals.ts';

const VK = { type: 'vk', name: 'vk_1' };
const TCS = { type: 'tcs', name: 'tcs_1' };

describe('Blitz 2.16: stored external tokens', () => {
  const blitz = blitzOfSuite();
  let any: string;
  let anna: User;
  beforeAll(async () => {
    for (const provider of [VK, TCS]) await blitz.world.newProvider(blitz.tenant, { ...provider, storeTokens: true });
    any = await blitz.appToken('fed_token_any');
  });
  beforeEach(async () => {
    anna = await blitz.account();
  });

  const path = ({ type, name } = VK, id = anna.id) => `/blitz/api/v3/users/${id}/fedToken/${type}/${name}`;
  const ask = (token: string | undefined, provider = VK, id = anna.id) =>
    blitz.rest.ask('GET', path(provider, id), token === undefined ? {} : { token });
  const store = (provider: typeof VK, over: Partial<ProviderTokens> = {}) =>
    blitz.world.services.federationLinks.linkProven(
      blitz.world.system(blitz.tenant),
      { userId: anna.id, provider, externalId: `${provider.name}-${anna.id}` },
      {
        accessToken: 'vk1.a.XXXX',
        tokenType: 'Bearer',
        expiresAt: addSeconds(blitz.world.clock.now(), 3421),
        ...over,
      },
    );
  const reads = async () =>
    (await blitz.world.events(blitz.tenant)).filter(
      ({ type, subject_id: subject }) => type === 'federation_token.read' && subject === anna.id,
    );

  it('sample: answers the token with the seconds it is still valid, and records an event', async () => {
    await store(VK);
    const answer = await ask(any);
    expect([answer.status, answer.json]).toEqual([
      200,
      { access_token: 'vk1.a.XXXX', token_type: 'Bearer', expires_in: 3421 },
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(await reads()).toMatchObject([
      { client_id: 'portal', actor_id: 'portal', params: { provider_type: 'vk', provider_name: 'vk_1' } },
    ]);
    expect(JSON.stringify(await reads())).not.toContain('vk1.a');
  });

  it('leaves out expires_in when the provider did not give it', async () => {
    await store(VK, { expiresAt: null });
    expect((await ask(any)).json).toEqual({ access_token: 'vk1.a.XXXX', token_type: 'Bearer' });
  });

  it('allows fed_token_<type>_<name> for one provider only', async () => {
    await store(VK);
    await store(TCS);
    const one = await blitz.appToken('fed_token_vk_vk_1');
    expect((await ask(one)).status).toBe(200);
    const other = await ask(one, TCS);
    expect([other.status, other.json.error]).toEqual([403, 'access_denied']);
    // The answer does not reveal whether the provider exists.
    expect((await ask(one, { type: 'tcs', name: 'none' })).status).toBe(403);
    expect(await reads()).toHaveLength(1);
  });

  it('refuses the scope of a provider that does not exist, also to holders of fed_token_any', async () => {
    const app = await blitz.world.newClient(blitz.tenant, {
      grantTypes: ['client_credentials'],
      scopes: [{ name: 'fed_token_any', isDefault: false }],
    });
    const authorization = `Basic ${Buffer.from(`${app.client.clientId}:${app.secret}`).toString('base64')}`;
    const ask = async (scope: string) => {
      const body = new URLSearchParams({ grant_type: 'client_credentials', scope }).toString();
      const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
      const { status, json } = await blitz.rest.ask('POST', '/blitz/oauth/te', { headers, body });
      return [status, json.scope ?? json.error];
    };
    const neighbour = await blitz.world.tenant();
    await blitz.world.newProvider(neighbour, { type: 'esia', name: 'esia_1' });
    for (const name of ['fed_token_vk_none', 'fed_token_tcs_vk_1', 'fed_token_none_none', 'fed_token_esia_esia_1'])
      expect(await ask(name)).toEqual([400, 'invalid_scope']);
    expect(await ask('fed_token_any fed_token_vk_none')).toEqual([400, 'invalid_scope']);
    for (const name of ['fed_token_vk_vk_1', 'fed_token_tcs_tcs_1', 'fed_token_any fed_token_vk_vk_1'])
      expect(await ask(name)).toEqual([200, name]);
  });

  it('answers not_found when nothing is stored: no link, a link without a token, a token that ended, an unknown provider', async () => {
    const refused = async () => {
      const answer = await ask(any);
      expect([answer.status, answer.json]).toEqual([404, NOT_FOUND]);
    };
    await refused();
    await blitz.world.link(blitz.tenant, anna.id, TCS, `bare-${anna.id}`);
    expect((await ask(any, TCS)).status).toBe(404);
    await store(VK, { expiresAt: blitz.world.clock.now() });
    await refused();
    expect((await ask(any, { type: 'tcs', name: 'vk_1' })).json).toEqual(NOT_FOUND);
    expect((await ask(any, { type: 'none', name: 'none' })).json).toEqual(NOT_FOUND);
    expect(await reads()).toEqual([]);
  });

  it('answers not_found when storing is switched off, whatever is stored', async () => {
    await store(VK);
    const { federationProviderStore } = blitz.world.stores;
    const { federationProviders } = blitz.world.services;
    const { id } = (await federationProviderStore.findByName(blitz.tenant.id, VK.name))!;
    const change = (storeTokens: boolean) =>
      federationProviders.update(blitz.world.system(blitz.tenant), id, { storeTokens });
    await change(false);
    expect((await ask(any)).json).toEqual(NOT_FOUND);
    await change(true);
  });

  it('answers no_subject_found for an account that does not exist', async () => {
    const answer = await ask(any, VK, 'nobody');
    expect([answer.status, answer.json.error]).toEqual([404, 'no_subject_found']);
  });

  it('T13: is only for applications: tokens of user mode and other scopes are refused', async () => {
    await store(VK);
    const poor = await blitz.appToken('blitz_api_sys_ufa');
    expect((await ask(poor)).json.error).toBe('insufficient_scope');
    expect((await ask(await blitz.userToken(anna, 'blitz_api_ufa'))).status).toBe(403);
    const narrow = await blitz.userToken(anna, 'fed_token_any');
    expect((await ask(narrow)).status).toBe(403);
    expect((await ask(undefined)).status).toBe(401);
  });
});
