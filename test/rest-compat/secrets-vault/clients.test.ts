import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';

const FORBIDDEN = [403, { detail: 'Not enough permissions' }];
const UNKNOWN = [404, { detail: 'Client not found' }];

const DEFAULTS = {
  redirect_uris: [],
  post_logout_redirect_uri: [],
  allowed_scopes: ['openid', 'profile', 'email'],
  token_endpoint_auth_method: 'client_secret_post',
  logo_uri: null,
  op_policy_url: null,
  op_tos_url: null,
  op_user_agreement_url: null,
  client_uri: null,
  client_logout_uri: null,
  register_enable: false,
  tenant_name: null,
  client_secret: null,
  client_type: 'confidential',
  is_lock: false,
  sing_alg: 'EdDSA',
  flow: null,
};

const ALL = {
  name: 'Harbour',
  redirect_uris: ['https://harbour.example/cb', 'http://localhost:3000/cb'],
  post_logout_redirect_uri: ['https://harbour.example/bye'],
  allowed_scopes: ['openid', '2fa', '2fa_link'],
  logo_uri: 'https://harbour.example/logo.png',
  op_policy_url: 'https://harbour.example/policy',
  op_tos_url: 'https://harbour.example/terms',
  op_user_agreement_url: 'https://harbour.example/agreement',
  client_uri: 'https://harbour.example/',
  client_logout_uri: 'https://harbour.example/out',
  register_enable: true,
  tenant_name: 'Harbour Ltd',
  sing_alg: 'RS256',
  flow: {
    type: 'MICROSOFT_MFA',
    app_id: '1fb3c0de-93a1-4a53-8d4b-5c2f5d7f0a10',
    allowed_tids: ['9d6b1f0e-3c55-4a3c-9a35-0b8c2b8e1d11'],
    user_claim: 'oid',
  },
};

describe('clients of Secrets Vault', () => {
  const vault = kobilOfSuite();
  let count = 0;
  let id: string;
  let token: string;
  beforeAll(async () => {
    const { client } = await vault.world.newClient(vault.acme, { clientId: 'inside' });
    await vault.world.db.transaction(async () => {
      (await vault.world.stores.clientStore.lock(vault.acme.id, client.id))!.kind = 'builtin';
    });
  });
  beforeEach(() => {
    id = `app-${++count}`;
    const nouns = ['client:read', 'client:create', 'client:write', 'client:delete', 'client-secret:rotate'];
    token = vault.token(vault.acme, ...nouns);
  });

  const ask = (method: string, path: string, body?: unknown, as = token) =>
    vault.ask(method, `/api/clients${path}`, { token: as, ...(body === undefined ? {} : { body }) });
  const client = (members: object = {}) => ({ client_id: id, name: 'App', tenant_id: 'acme', ...members });
  const create = (members: object = {}) => ask('POST', '', client(members));
  const update = (members: object = {}) => ask('PUT', `/${id}`, client(members));
  const read = (of = id) => ask('GET', `/${of}?tenant_id=acme`);
  const proves = async (secret: string) =>
    (await vault.world.services.clientAuthenticator.authenticate(vault.acme.id, id, secret)) !== null;

  it('CLIENT-2, CLIENT-3: are made with defaults, and show their secret once', async () => {
    const [status, made] = await create();
    expect([status, made]).toEqual([
      201,
      { ...client(), ...DEFAULTS, client_secret: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
    expect(await proves(made.client_secret)).toBe(true);
    expect(await read()).toEqual([200, { ...client(), ...DEFAULTS }]);
    expect(await create()).toEqual([409, { detail: 'Client already exists' }]);
  });

  it('CLIENT-2: have all members that are sent', async () => {
    const secret = 's'.repeat(32);
    const shown = { ...client(), ...DEFAULTS, ...ALL };
    expect(await create({ ...ALL, client_secret: secret, unknown: 1 })).toEqual([
      201,
      { ...shown, client_secret: secret },
    ]);
    expect(await proves(secret)).toBe(true);
    expect(await read()).toEqual([200, shown]);
    const stored = (await vault.world.services.clients.find(vault.world.system(vault.acme), { clientId: id }))!;
    expect(stored).toMatchObject({ idTokenAlg: 'RS256', accessTokenAlg: 'RS256' });
  });

  it('CLIENT-2: without a secret where they are public', async () => {
    expect((await create({ client_type: 'public' }))[1]).toMatchObject({ client_type: 'public', client_secret: null });
    expect((await ask('POST', `/acme/${id}/secret`))[0]).toBe(400);
  });

  it.each<[string, object]>([
    ['client_id', { client_id: '' }],
    ['client_id', { client_id: 'x'.repeat(129) }],
    ['client_id', { client_id: 'a b' }],
    ['name', { name: null }],
    ['redirect_uris', { redirect_uris: ['http://harbour.example/cb'] }],
    ['redirect_uris', { redirect_uris: ['https://harbour.example/#cb'] }],
    ['post_logout_redirect_uri', { post_logout_redirect_uri: ['/bye'] }],
    ['allowed_scopes', { allowed_scopes: ['offline_access'] }],
    ['token_endpoint_auth_method', { token_endpoint_auth_method: 'client_secret_basic' }],
    ['logo_uri', { logo_uri: 'javascript:alert(1)' }],
    ['client_logout_uri', { client_logout_uri: 'ftp://harbour.example/' }],
    ['client_secret', { client_secret: 'short' }],
    ['client_secret', { client_type: 'public', client_secret: 's'.repeat(32) }],
    ['client_type', { client_type: 'native' }],
    ['sing_alg', { sing_alg: 'ES256' }],
    ['flow', { flow: { type: 'MICROSOFT_MFA', app_id: ALL.flow.app_id, allowed_tids: [] } }],
    ['flow', { flow: { type: 'MICROSOFT_MFA', allowed_tids: ALL.flow.allowed_tids } }],
  ])('CLIENT-2: refuses a wrong %s: %j', async (member, members) => {
    const [status, { detail }] = await create(members);
    expect(status).toBe(422);
    expect(detail.map(({ loc }: { loc: string[] }) => loc[1])).toContain(member);
    expect(await read()).toEqual(UNKNOWN);
  });

  it('CLIENT-4: are replaced as a whole, without their secret', async () => {
    const [, { client_secret: secret }] = await create(ALL);
    expect(await update({ name: 'Other' })).toEqual([200, { ...client({ name: 'Other' }), ...DEFAULTS }]);
    expect(await proves(secret)).toBe(true);
    expect(await read()).toEqual([200, { ...client({ name: 'Other' }), ...DEFAULTS }]);
    expect(await update(ALL)).toEqual([200, { ...client(), ...DEFAULTS, ...ALL }]);
  });

  it('CLIENT-4: keep what another API gave them', async () => {
    await create();
    const { clients } = vault.world.services;
    const authority = vault.world.system(vault.acme);
    const { id: uuid } = (await clients.find(authority, { clientId: id }))!;
    const wild = { uri: 'https://harbour.example/*', match: 'wildcard' } as const;
    await clients.update(authority, uuid, {
      redirects: [wild],
      addedScopes: [{ name: 'phone', isDefault: true }],
      description: 'Kept',
    });
    expect((await read())[1]).toMatchObject({ redirect_uris: [], allowed_scopes: ['openid', 'profile', 'email'] });
    const uri = 'https://harbour.example/cb';
    expect((await update({ redirect_uris: [uri], allowed_scopes: ['openid'] }))[1]).toMatchObject({
      redirect_uris: [uri],
      allowed_scopes: ['openid'],
    });
    const stored = (await clients.findIn(vault.acme.id, uuid))!;
    expect(stored).toMatchObject({ description: 'Kept', redirects: [wild, { uri, match: 'exact' }] });
    const scopes = (await clients.scopesOf(vault.acme.id, [uuid])).get(uuid)!;
    expect(scopes.map(({ name }) => name).toSorted()).toEqual(['openid', 'phone']);
  });

  it('CLIENT-4: are refused under another name or tenant', async () => {
    await create();
    expect((await ask('PUT', `/${id}`, client({ client_id: 'other' })))[0]).toBe(400);
    expect(await ask('PUT', `/${id}`, client({ tenant_id: 'master' }))).toEqual(FORBIDDEN);
    expect(await ask('PUT', '/nobody', client({ client_id: 'nobody' }))).toEqual(UNKNOWN);
  });

  it('CLIENT-4: lose their secret where they become public, and get one by CLIENT-6 where they are no longer', async () => {
    const [, { client_secret: secret }] = await create();
    const open = { ...client(), ...DEFAULTS, client_type: 'public' };
    expect(await update({ client_type: 'public' })).toEqual([200, open]);
    expect(await read()).toEqual([200, open]);
    expect(await proves(secret)).toBe(false);
    expect(await update()).toEqual([200, { ...client(), ...DEFAULTS }]);
    expect(await proves(secret)).toBe(false);
    const [status, { client_secret: next }] = await ask('POST', `/acme/${id}/secret`);
    expect([status, await proves(next)]).toEqual([200, true]);
  });

  it('CLIENT-4: do not become public with what another API gave them, nor for those who may not replace secrets', async () => {
    const { client: made } = await vault.world.newClient(vault.acme, {
      clientId: id,
      grantTypes: ['client_credentials'],
    });
    const [status, { detail }] = await update({ client_type: 'public' });
    expect([status, detail.map(({ loc }: { loc: string[] }) => loc)]).toEqual([422, [['body', 'client_type']]]);
    const writer = vault.token(vault.acme, 'client:read', 'client:write');
    expect(await ask('PUT', `/${id}`, client({ client_type: 'public' }), writer)).toEqual(FORBIDDEN);
    expect(await vault.world.stores.clientStore.secretsOf(vault.acme.id, made.id)).toHaveLength(1);
  });

  it('CLIENT-5: are deleted, once, unless they are locked', async () => {
    await create({ is_lock: true });
    const remove = () => ask('DELETE', `/${id}?tenant_id=acme`);
    expect(await remove()).toEqual([409, { detail: 'Client is locked' }]);
    await update();
    expect(await remove()).toEqual([200, null]);
    expect(await remove()).toEqual(UNKNOWN);
  });

  it('CLIENT-6: get another secret, and the one before ends at once', async () => {
    const [, { client_secret: before }] = await create();
    const [status, { client_id: named, client_secret: secret }] = await ask('POST', `/acme/${id}/secret`);
    expect([status, named]).toEqual([200, id]);
    expect([await proves(secret), await proves(before)]).toEqual([true, false]);
    expect(await ask('POST', '/acme/nobody/secret')).toEqual(UNKNOWN);
  });

  it('CLIENT-1: are listed by name, part by part, without those of the service', async () => {
    for (const letter of ['b', 'a', 'c']) await ask('POST', '', client({ client_id: `!${letter}` }));
    const list = async (query = '') => {
      const [status, { clients }] = await ask('GET', `?tenant_id=acme${query}`);
      expect(status).toBe(200);
      return clients.map((one: { client_id: string }) => one.client_id);
    };
    expect((await list()).slice(0, 3)).toEqual(['!a', '!b', '!c']);
    expect(await list()).not.toContain('inside');
    expect(await list('&skip=1&limit=2')).toEqual(['!b', '!c']);
    expect(await list('&skip=99999')).toEqual([]);
    for (const [query, type] of [
      ['limit=0', 'greater_than_equal'],
      ['limit=501', 'less_than_equal'],
      ['limit=1.5', 'int_parsing'],
      ['limit=', 'int_parsing'],
      ['skip=-1', 'greater_than_equal'],
      ['skip=1000000000', 'less_than_equal'],
      ['skip=12345678901234567890', 'int_parsing'],
      ['skip=x', 'int_parsing'],
    ]) {
      const [status, { detail }] = await ask('GET', `?tenant_id=acme&${query}`);
      expect([query, status, detail[0].type]).toEqual([query, 422, type]);
    }
    expect((await ask('GET', '', undefined, vault.token(vault.master, 'client:read')))[0]).toBe(422);
  });

  it.each([
    ['GET', ''],
    ['POST', ''],
    ['GET', '/app'],
    ['PUT', '/app'],
    ['DELETE', '/app'],
  ])('name their tenant, whatever tenant the caller is of: %s %s', async (method, path) => {
    const hasBody = method === 'POST' || method === 'PUT';
    const [status, { detail }] = await ask(method, path, hasBody ? client({ tenant_id: undefined }) : undefined);
    expect([status, detail.map(({ loc, type }: { loc: string[]; type: string }) => [loc, type])]).toEqual([
      422,
      [[[hasBody ? 'body' : 'query', 'tenant_id'], 'missing']],
    ]);
  });

  it('CLIENT-2: have one fault for a list that is too long, whatever its items', async () => {
    const [status, { detail }] = await create({ allowed_scopes: Array(1000).fill('none') });
    expect([status, detail.map(({ loc }: { loc: string[] }) => loc)]).toEqual([422, [['body', 'allowed_scopes']]]);
  });

  it('of the service are unknown', async () => {
    expect(await read('inside')).toEqual(UNKNOWN);
    expect(await ask('PUT', '/inside', client({ client_id: 'inside' }))).toEqual(UNKNOWN);
    expect(await ask('DELETE', '/inside?tenant_id=acme')).toEqual(UNKNOWN);
    expect(await ask('POST', '/acme/inside/secret')).toEqual(UNKNOWN);
  });

  it('are for those who may', async () => {
    await create();
    const reader = vault.token(vault.acme, 'client:read');
    for (const [method, path, body] of [
      ['POST', '', client()],
      ['PUT', `/${id}`, client()],
      ['DELETE', `/${id}?tenant_id=acme`, undefined],
      ['POST', `/acme/${id}/secret`, undefined],
      ['GET', '?tenant_id=master', undefined],
      ['GET', '?tenant_id=nobody', undefined],
    ] as const)
      expect(await ask(method, path, body, reader)).toEqual(FORBIDDEN);
    expect((await ask('GET', `/${id}?tenant_id=acme`, undefined, reader))[0]).toBe(200);
  });
});
