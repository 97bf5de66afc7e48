import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const FIELDS = `id type name displayName isEnabled storesTokens issuer authorizationEndpoint tokenEndpoint userinfoEndpoint jwksUri
  clientId tokenEndpointAuth hasClientSecret scope authorizationParameters { name value } subjectClaim nameClaim usesPkce`;
const CREATE = `mutation ($input: CreateFederationProviderInput!) { createFederationProvider(input: $input) { provider { ${FIELDS} } } }`;
const UPDATE = `mutation ($input: UpdateFederationProviderInput!) { updateFederationProvider(input: $input) { provider { ${FIELDS} } } }`;
const DELETE =
  'mutation ($input: DeleteFederationProviderInput!) { deleteFederationProvider(input: $input) { deletedProviderId } }';
const LIST = `query ($first: Int, $after: String, $filter: FederationProviderFilterInput) {
  federationProviders(first: $first, after: $after, filter: $filter) { totalCount nodes { name } edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
const ONE =
  'query ($id: ID!) { federationProvider(providerId: $id) { name } node(id: $id) { ... on FederationProvider { clientId } } }';

const OPENID = {
  type: 'corp',
  name: 'corp_1',
  issuer: 'https://issuer.example',
  clientId: 'idgraph',
  clientSecret: 's3cret',
};
const PLAIN = {
  type: 'vk',
  name: 'vk_1',
  authorizationEndpoint: 'https://oauth.example/authorize',
  tokenEndpoint: 'https://oauth.example/token',
  userinfoEndpoint: 'https://oauth.example/me',
  clientId: '1000001',
  clientSecret: 's3cret',
  tokenEndpointAuth: 'CLIENT_SECRET_POST',
  scope: 'email',
  authorizationParameters: [{ name: 'v', value: '5.52' }],
  subjectClaim: 'id',
  nameClaim: null,
};

describe('federation providers over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  let writer: Caller;
  beforeAll(async () => {
    world = await World.open();
  });
  beforeEach(async () => {
    tenant = await world.tenant();
    writer = world.app(tenant, 'federation-provider:write');
  });
  afterAll(() => world.close());

  const create = (input: object, caller = writer) => world.graphql(caller, CREATE, { input });
  const update = (id: string, input: object) => world.graphql(writer, UPDATE, { input: { providerId: id, ...input } });
  const created = async (input: object): Promise<string> =>
    (await create(input)).data.createFederationProvider.provider.id;
  const fault = async (input: object) => (await create(input)).errors[0]?.extensions;

  it('are made with an issuer; absent members have their default, and the secret is never shown', async () => {
    const { data, errors } = await create(OPENID);
    expect(errors).toEqual([]);
    const { provider } = data.createFederationProvider;
    expect(provider).toMatchObject({
      type: 'corp',
      name: 'corp_1',
      isEnabled: true,
      storesTokens: false,
      issuer: 'https://issuer.example',
      tokenEndpoint: null,
      tokenEndpointAuth: 'CLIENT_SECRET_BASIC',
      hasClientSecret: true,
      scope: 'openid',
      authorizationParameters: [],
      subjectClaim: 'sub',
      nameClaim: 'preferred_username',
      usesPkce: null,
    });
    const rows = await world.db.orm.em.fork().getConnection().execute('select * from federation_providers');
    expect(JSON.stringify(rows)).not.toContain('s3cret');
  });

  it('are made with endpoints if there is no issuer', async () => {
    const { data, errors } = await create(PLAIN);
    expect(errors).toEqual([]);
    expect(data.createFederationProvider.provider).toMatchObject({
      issuer: null,
      tokenEndpointAuth: 'CLIENT_SECRET_POST',
      authorizationParameters: [{ name: 'v', value: '5.52' }],
      subjectClaim: 'id',
      nameClaim: null,
    });
  });

  it.each([
    ['a type that is no name', { ...OPENID, type: 'a:b' }, 'input.type'],
    ['a name with a colon', { ...OPENID, name: 'a:b' }, 'input.name'],
    ['an issuer over plain http', { ...OPENID, issuer: 'http://issuer.example' }, 'input.issuer'],
    ['an issuer that is no URL', { ...OPENID, issuer: 'issuer' }, 'input.issuer'],
    ['an issuer with a query', { ...OPENID, issuer: 'https://issuer.example?x=1' }, 'input.issuer'],
    ['credentials in an address', { ...OPENID, issuer: 'https://u:p@issuer.example' }, 'input.issuer'],
    ['an issuer without the scope openid', { ...OPENID, scope: 'email' }, 'input.scope'],
    ['the scope openid without an issuer', { ...PLAIN, scope: 'openid' }, 'input.scope'],
    ['neither issuer nor endpoints', { ...OPENID, issuer: null }, 'input.authorizationEndpoint'],
    ['endpoints by halves', { ...OPENID, tokenEndpoint: 'https://issuer.example/t' }, 'input.authorizationEndpoint'],
    ['no userinfo where there is no ID token', { ...PLAIN, userinfoEndpoint: null }, 'input.userinfoEndpoint'],
    [
      'an issuer with endpoints and no keys',
      { ...PLAIN, issuer: 'https://issuer.example', scope: 'openid' },
      'input.jwksUri',
    ],
    ['no client id', { ...OPENID, clientId: '' }, 'input.clientId'],
    ['no secret where one is needed', { ...OPENID, clientSecret: null }, 'input.clientSecret'],
    ['a secret that is never used', { ...OPENID, tokenEndpointAuth: 'NONE' }, 'input.clientSecret'],
    [
      'a parameter that the flow sets itself',
      { ...OPENID, authorizationParameters: [{ name: 'Redirect_URI', value: 'https://evil.example' }] },
      'input.authorizationParameters',
    ],
    [
      'too many parameters',
      { ...OPENID, authorizationParameters: Array.from({ length: 21 }, (_, i) => ({ name: `p${i}`, value: 'x' })) },
      'input.authorizationParameters',
    ],
    [
      'a value with a control character',
      { ...OPENID, authorizationParameters: [{ name: 'p', value: 'a\u0001' }] },
      'input.authorizationParameters.p',
    ],
  ])('are refused with %s, with the path of the value', async (_what, input, path) => {
    const extensions = await fault(input);
    expect(extensions).toMatchObject({ code: 'FEDERATION_PROVIDER_INVALID' });
    expect((extensions!['fields'] as { path: string }[]).map((field) => field.path)).toContain(path);
  });

  it('are refused with a display name or secret that cannot be stored', async () => {
    expect(await fault({ ...OPENID, displayName: 'a\0' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await fault({ ...OPENID, clientSecret: '' })).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('have names that are unique in their tenant', async () => {
    await create(OPENID);
    expect(await fault({ ...OPENID, type: 'other' })).toMatchObject({
      code: 'FEDERATION_PROVIDER_NAME_TAKEN',
      fields: [{ path: 'input.name' }],
    });
    const elsewhere = world.app(await world.tenant(), 'federation-provider:write');
    expect((await create(OPENID, elsewhere)).errors).toEqual([]);
  });

  it('are refused where the tenant has 200', async () => {
    for (let n = 0; n < 200; n++) await world.newProvider(tenant);
    expect((await create(OPENID)).code).toBe('FEDERATION_PROVIDER_LIMIT');
  });

  it('change by member, with one event that names the members; without a change there is no event', async () => {
    const id = await created({
      ...PLAIN,
      authorizationParameters: [
        { name: 'zz', value: '1' },
        { name: 'a', value: '2' },
      ],
    });
    const changed = await update(id, { displayName: 'VK', scope: 'email phone', clientSecret: 'other' });
    expect(changed.data.updateFederationProvider.provider).toMatchObject({ displayName: 'VK', scope: 'email phone' });
    await update(id, { displayName: 'VK', clientSecret: 'other', isEnabled: null });
    await update(id, {
      authorizationParameters: [
        { name: 'a', value: '2' },
        { name: 'zz', value: '1' },
      ],
    });
    const updates = (await world.events(tenant)).filter(({ type }) => type === 'provider.updated');
    expect(updates.map(({ params }) => params)).toEqual([
      { provider_type: 'vk', provider_name: 'vk_1', changed: ['displayName', 'scope', 'clientSecret'] },
    ]);
  });

  it('are checked as a whole when they change', async () => {
    const id = await created(OPENID);
    expect((await update(id, { clientSecret: null })).code).toBe('FEDERATION_PROVIDER_INVALID');
    expect((await update(id, { tokenEndpointAuth: 'NONE', clientSecret: null })).errors).toEqual([]);
    expect((await update(id, { issuer: null })).code).toBe('FEDERATION_PROVIDER_INVALID');
    expect((await update('nonsense', { scope: 'openid' })).code).toBe('FEDERATION_PROVIDER_NOT_FOUND');
  });

  it('keep their issuer and subject claim while accounts are linked: ids are keyed by both (ASVS 6.8.1) (check 56)', async () => {
    const id = await created(OPENID);
    const user = await world.newUser(tenant);
    expect((await update(id, { issuer: 'https://other.example', clientSecret: 's3cret' })).errors).toEqual([]);
    await world.link(tenant, user.id, { type: 'corp', name: 'corp_1' }, '4711');
    expect((await update(id, { issuer: 'https://issuer.example' })).code).toBe('FEDERATION_PROVIDER_HAS_LINKS');
    expect((await update(id, { subjectClaim: 'email' })).code).toBe('FEDERATION_PROVIDER_HAS_LINKS');
    for (const name of ['userinfoEndpoint', 'jwksUri'])
      expect((await update(id, { [name]: 'https://elsewhere.example' })).code).toBe('FEDERATION_PROVIDER_HAS_LINKS');
    expect((await update(id, { displayName: 'Corp' })).errors).toEqual([]);
  });

  it('do not send a stored secret elsewhere: it is given again with another address', async () => {
    const id = await created(PLAIN);
    for (const input of [
      { tokenEndpoint: 'https://elsewhere.example' },
      { tokenEndpointAuth: 'CLIENT_SECRET_BASIC' },
      { issuer: 'https://elsewhere.example', scope: 'openid', jwksUri: 'https://elsewhere.example' },
    ]) {
      const refused = await update(id, input);
      expect([input, refused.errors[0]?.extensions]).toMatchObject([
        input,
        { code: 'FEDERATION_PROVIDER_INVALID', fields: [{ path: 'input.clientSecret' }] },
      ]);
      expect((await update(id, { ...input, clientSecret: 's3cret' })).errors).toEqual([]);
    }
  });

  it('are deleted with their links, whose number is in the event', async () => {
    const id = await created(OPENID);
    const user = await world.newUser(tenant);
    await world.link(tenant, user.id, { type: 'corp', name: 'corp_1' }, '4711');
    expect((await world.graphql(writer, DELETE, { input: { providerId: id } })).data.deleteFederationProvider).toEqual({
      deletedProviderId: id,
    });
    expect((await world.graphql(writer, DELETE, { input: { providerId: id } })).code).toBe(
      'FEDERATION_PROVIDER_NOT_FOUND',
    );
    const links = await world.services.federationLinks.list(world.system(tenant), user.id);
    expect(links).toEqual([]);
    expect((await world.events(tenant)).at(-1)).toMatchObject({
      type: 'provider.deleted',
      params: { provider_type: 'corp', provider_name: 'corp_1', links: 1 },
    });
  });

  it('are listed by name, page by page, with a filter', async () => {
    for (const name of ['c', 'a', 'b']) await create({ ...OPENID, name });
    await create({ ...PLAIN, name: 'd', isEnabled: false });
    const first = await world.graphql(writer, LIST, { first: 2 });
    expect(first.data.federationProviders).toMatchObject({
      totalCount: 4,
      nodes: [{ name: 'a' }, { name: 'b' }],
      pageInfo: { hasNextPage: true },
    });
    const after = first.data.federationProviders.pageInfo.endCursor;
    const second = await world.graphql(writer, LIST, { first: 2, after });
    expect(second.data.federationProviders.nodes).toEqual([{ name: 'c' }, { name: 'd' }]);
    const off = await world.graphql(writer, LIST, { filter: { isEnabled: false } });
    expect(off.data.federationProviders.nodes).toEqual([{ name: 'd' }]);
    const typed = await world.graphql(writer, LIST, { filter: { type: 'corp' } });
    expect(typed.data.federationProviders.totalCount).toBe(3);
  });

  it('are found by id and through node(id), but not from another tenant', async () => {
    const id = await created(OPENID);
    const reader = world.app(tenant, 'federation-provider:read');
    expect((await world.graphql(reader, ONE, { id })).data).toEqual({
      federationProvider: { name: 'corp_1' },
      node: { clientId: 'idgraph' },
    });
    const neighbour = world.app(await world.tenant(), 'federation-provider:read');
    expect((await world.graphql(neighbour, ONE, { id })).data).toEqual({ federationProvider: null, node: null });
  });

  it('are not changed by callers who may only read, and not shown to callers without permissions', async () => {
    expect((await create(OPENID, world.app(tenant, 'federation-provider:read'))).code).toBe('FORBIDDEN');
    expect((await world.graphql(world.app(tenant, 'federation-link:write'), LIST)).code).toBe('FORBIDDEN');
  });
});
