import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FederationProvider } from '../../../src/federation/index.ts';
import { parseProviderKey, providerKey } from '../../../src/federation/provider.service.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { openPostgresDatabase } from '../../support/postgres.ts';
import { faultsOf, refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('type and name of a provider as one text', () => {
  it('are read as they are written', () => {
    expect(providerKey({ type: 'vk', name: 'vk_1' })).toBe('vk:vk_1');
    expect(parseProviderKey('vk:vk_1')).toEqual({ type: 'vk', name: 'vk_1' });
  });

  it.each(['', ':', 'vk', 'vk:', ':vk_1', 'vk:vk_1:', 'vk:vk_1:x'])('are not read from %j', (key) => {
    expect(parseProviderKey(key)).toBeNull();
  });
});

describe('federation providers', () => {
  let world: World;
  let tenant: TenantRef;
  let neighbour: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    [tenant, neighbour] = [await world.tenant(), await world.tenant()];
  });
  afterAll(() => world.close());

  const service = () => world.services.federationProviders;
  const update = (provider: FederationProvider, input: object, where = tenant) =>
    service().update(world.system(where), provider.id, input);
  const read = (provider: FederationProvider) => service().find(world.system(tenant), provider.id);

  it.each(['a', 'x'.repeat(64), '1.a_b-C'])('may have %j as type and name', async (text) => {
    expect(await refusalOf(world.newProvider(tenant, { type: text, name: text }))).toBeNull();
  });

  it.each(['', 'x'.repeat(65), '.a', '-a', 'a:b', 'a b', 'ä', 'a\n', 'a/b'])(
    'cannot have %j as type and name',
    async (text) => {
      expect(await faultsOf(() => world.newProvider(tenant, { type: text, name: text }))).toEqual([
        'FEDERATION_PROVIDER_INVALID',
        'input.type FEDERATION_PROVIDER_INVALID',
        'input.name FEDERATION_PROVIDER_INVALID',
      ]);
    },
  );

  it('have names that are unique in their tenant, whatever their type', async () => {
    const { name } = await world.newProvider(tenant);
    expect(await faultsOf(() => world.newProvider(tenant, { type: 'other', name }))).toEqual([
      'FEDERATION_PROVIDER_NAME_TAKEN',
      'input.name FEDERATION_PROVIDER_NAME_TAKEN',
    ]);
    expect((await world.newProvider(neighbour, { name })).name).toBe(name);
  });

  it('keep the secret sealed, bound to the row, and give it only to the flow that needs it', async () => {
    const provider = await world.newProvider(tenant, { clientSecret: 'kept-secret' });
    expect(JSON.stringify(provider)).not.toContain('kept-secret');
    expect(service().clientSecret(provider)).toBe('kept-secret');
    for (const moved of [{ id: newId() }, { tenantId: neighbour.id }])
      expect(() => service().clientSecret({ ...provider, ...moved } as FederationProvider)).toThrow('does not open');
    const open = await world.newProvider(tenant, { tokenEndpointAuth: 'none', clientSecret: null });
    expect(service().clientSecret(open)).toBeNull();
  });

  it('have a secret of at most 4,096 characters and a display name of at most 255', async () => {
    const faults = (input: object) => faultsOf(() => world.newProvider(tenant, input));
    expect(await faults({ clientSecret: 'x'.repeat(4096), displayName: 'x'.repeat(255) })).toBeNull();
    expect(await faults({ clientSecret: 'x'.repeat(4097) })).toEqual([
      'INVALID_INPUT',
      'input.clientSecret TEXT_LENGTH',
    ]);
    expect(await faults({ clientSecret: '' })).toEqual(['INVALID_INPUT', 'input.clientSecret TEXT_LENGTH']);
    expect(await faults({ displayName: 'x'.repeat(256) })).toEqual(['INVALID_INPUT', 'input.displayName TEXT_LENGTH']);
  });

  it('change in what is named; one event names it, and never a secret', async () => {
    const provider = await world.newProvider(tenant, { displayName: 'VK' });
    await update(provider, {
      displayName: 'VK',
      enabled: true,
      storeTokens: false,
      clientSecret: 'provider-secret',
      scope: 'openid',
    });
    const changed = await update(provider, {
      displayName: null,
      enabled: false,
      scope: 'openid email',
      clientSecret: 'next-secret',
    });
    expect(changed).toMatchObject({
      displayName: null,
      enabled: false,
      config: { scope: 'openid email', issuer: 'https://issuer.example' },
    });
    expect(service().clientSecret(changed)).toBe('next-secret');
    const events = (await world.events(tenant)).filter(
      ({ type, params }) => type === 'provider.updated' && params['provider_name'] === provider.name,
    );
    expect(events.map(({ params }) => params['changed'])).toEqual([
      ['displayName', 'enabled', 'scope', 'clientSecret'],
    ]);
    expect(JSON.stringify(events)).not.toContain('next-secret');
  });

  it('are checked as a whole when a part of them changes', async () => {
    const provider = await world.newProvider(tenant);
    expect(await faultsOf(() => update(provider, { issuer: null }))).toEqual([
      'FEDERATION_PROVIDER_INVALID',
      ...['authorizationEndpoint', 'tokenEndpoint', 'userinfoEndpoint', 'scope'].map(
        (name) => `input.${name} FEDERATION_PROVIDER_INVALID`,
      ),
    ]);
    for (const input of [{ tokenEndpointAuth: 'none' }, { clientSecret: null }])
      expect(await faultsOf(() => update(provider, input))).toEqual([
        'FEDERATION_PROVIDER_INVALID',
        'input.clientSecret FEDERATION_PROVIDER_INVALID',
      ]);
    expect(await refusalOf(update(provider, { tokenEndpointAuth: 'none', clientSecret: null }))).toBeNull();
    expect(await read(provider)).toMatchObject({ clientSecretSealed: null, config: { tokenEndpointAuth: 'none' } });
  });

  it('keep issuer and subject claim while accounts are linked, and may change everything else', async () => {
    const provider = await world.newProvider(tenant);
    const { id } = await world.newUser(tenant);
    await world.link(tenant, id, provider, 'external-1');
    for (const input of [
      { issuer: 'https://other.example' },
      { subjectClaim: 'email' },
      { enabled: false, subjectClaim: 'email' },
    ])
      expect(await refusalOf(update(provider, input))).toBe('FEDERATION_PROVIDER_HAS_LINKS');
    expect(await read(provider)).toMatchObject({ enabled: true, config: { subjectClaim: 'sub' } });
    expect(await refusalOf(update(provider, { nameClaim: 'name', clientId: 'other' }))).toBeNull();
    await world.services.federationLinks.unlink(world.system(tenant), {
      userId: id,
      provider,
      externalId: 'external-1',
    });
    const moved = { issuer: 'https://other.example', subjectClaim: 'email', clientSecret: 'provider-secret' };
    expect(await refusalOf(update(provider, moved))).toBeNull();
  });

  it('keep the places where tokens and accounts are read, and the keys, while accounts are linked', async () => {
    const endpoints = {
      authorizationEndpoint: 'https://issuer.example/auth',
      tokenEndpoint: 'https://issuer.example/token',
      userinfoEndpoint: 'https://issuer.example/me',
      jwksUri: 'https://issuer.example/keys',
    };
    const provider = await world.newProvider(tenant, endpoints);
    const { id } = await world.newUser(tenant);
    await world.link(tenant, id, provider, 'external-2');
    const elsewhere = 'https://elsewhere.example/';
    for (const name of ['tokenEndpoint', 'userinfoEndpoint', 'jwksUri'])
      expect([name, await refusalOf(update(provider, { [name]: elsewhere, clientSecret: 'mine' }))]).toEqual([
        name,
        'FEDERATION_PROVIDER_HAS_LINKS',
      ]);
    expect(await read(provider)).toMatchObject({ config: endpoints });
    expect(await refusalOf(update(provider, { authorizationEndpoint: elsewhere }))).toBeNull();
  });

  it('send a stored secret nowhere else: who changes the address gives it again, or none', async () => {
    const endpoints = {
      authorizationEndpoint: 'https://issuer.example/auth',
      tokenEndpoint: 'https://issuer.example/token',
      jwksUri: 'https://issuer.example/keys',
    };
    const provider = await world.newProvider(tenant, endpoints);
    const moves = [
      { issuer: 'https://other.example' },
      { tokenEndpoint: 'https://other.example/token' },
      { tokenEndpointAuth: 'client_secret_post' },
    ];
    for (const move of moves)
      expect([move, await faultsOf(() => update(provider, { ...move, displayName: 'x' }))]).toEqual([
        move,
        ['FEDERATION_PROVIDER_INVALID', 'input.clientSecret FEDERATION_PROVIDER_INVALID'],
      ]);
    expect(await read(provider)).toMatchObject({
      displayName: null,
      config: { issuer: 'https://issuer.example', ...endpoints, tokenEndpointAuth: 'client_secret_basic' },
    });
    for (const move of moves)
      expect([move, await refusalOf(update(provider, { ...move, clientSecret: 'provider-secret' }))]).toEqual([
        move,
        null,
      ]);
    const none = { tokenEndpoint: 'https://third.example/token', tokenEndpointAuth: 'none', clientSecret: null };
    expect(await refusalOf(update(provider, none))).toBeNull();
    expect(await refusalOf(update(provider, { tokenEndpoint: 'https://fourth.example/token' }))).toBeNull();
  });

  it('are at most 200 of a tenant, also when they are made at the same moment', async () => {
    const side = await World.open(await openPostgresDatabase());
    const full = await side.tenant();
    const system = side.system(full);
    const { federationProviders } = side.services;
    for (let n = 0; n < 199; n++) await side.newProvider(full);
    const both = await Promise.all(Array.from({ length: 4 }, () => refusalOf(side.newProvider(full))));
    expect(both.filter((refusal) => refusal === null)).toHaveLength(1);
    expect(both.filter((refusal) => refusal === 'FEDERATION_PROVIDER_LIMIT')).toHaveLength(3);
    const { rows } = await federationProviders.page(system, {}, { first: 200 });
    expect(rows).toHaveLength(200);
    expect(await refusalOf(federationProviders.update(system, rows[0]!.id, { enabled: false }))).toBeNull();
    await federationProviders.delete(system, rows[0]!.id);
    expect(await refusalOf(side.newProvider(full))).toBeNull();
    await side.close();
  });

  it('of another tenant are unknown by their id', async () => {
    const provider = await world.newProvider(tenant);
    const authority = world.system(neighbour);
    expect(await service().find(authority, provider.id)).toBeNull();
    expect(await refusalOf(update(provider, { enabled: false }, neighbour))).toBe('FEDERATION_PROVIDER_NOT_FOUND');
    expect(await refusalOf(service().delete(authority, provider.id))).toBe('FEDERATION_PROVIDER_NOT_FOUND');
    expect((await service().page(authority, {}, { first: 200 })).rows.map(({ id }) => id)).not.toContain(provider.id);
    expect(await read(provider)).toMatchObject({ enabled: true });
  });

  it('are unknown by what is no id, and once they are deleted', async () => {
    const provider = await world.newProvider(tenant);
    await service().delete(world.system(tenant), provider.id);
    for (const id of [provider.id, 'no uuid', newId()]) {
      expect(await refusalOf(service().update(world.system(tenant), id, {}))).toBe('FEDERATION_PROVIDER_NOT_FOUND');
      expect(await refusalOf(service().delete(world.system(tenant), id))).toBe('FEDERATION_PROVIDER_NOT_FOUND');
    }
  });
});
