import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { vaultOfSuite } from '../../support/vault.ts';

const UNKNOWN = [404, { detail: 'Client not found' }];

describe('sign-in of Secrets Vault', () => {
  const vault = vaultOfSuite();
  let count = 0;
  let id: string;
  beforeEach(() => {
    id = `deck-${++count}`;
  });

  const ask = (row: string, query: Record<string, string> = {}) =>
    vault.ask('GET', `/api/auth/${row}?${new URLSearchParams({ client_id: id, tenant_id: 'acme', ...query })}`);
  const create = (members: object = {}) =>
    vault.ask('POST', '/api/clients', {
      token: vault.token(vault.acme, 'client:create'),
      body: { client_id: id, name: 'Deck', tenant_id: 'acme', ...members },
    });

  const SHOWN = {
    name: 'Deck',
    tenant_id: 'acme',
    logo_uri: null,
    op_policy_url: null,
    op_tos_url: null,
    op_user_agreement_url: null,
    client_uri: null,
    client_logout_uri: null,
    register_enable: false,
    tenant_name: 'acme',
    has_profile: true,
  };

  it('AUTH-12: everybody sees what a client shows, and nothing else', async () => {
    await create();
    expect(await ask('client')).toEqual([200, { client_id: id, ...SHOWN }]);
    id = `${id}.all`;
    const members = {
      logo_uri: 'https://deck.example/logo.png',
      op_policy_url: 'https://deck.example/policy',
      op_tos_url: 'https://deck.example/terms',
      op_user_agreement_url: 'https://deck.example/agreement',
      client_uri: 'https://deck.example/',
      client_logout_uri: 'https://deck.example/out',
      register_enable: true,
      tenant_name: 'Deck Ltd',
    };
    await create({ ...members, allowed_scopes: ['openid'] });
    expect(await ask('client')).toEqual([200, { client_id: id, ...SHOWN, ...members, has_profile: false }]);
  });

  it('AUTH-12: shows the id of a client without a name, and the name of its tenant', async () => {
    const tenant = await vault.world.tenant({ template: 'image', displayName: 'Harbour' });
    const { client } = await vault.world.newClient(tenant);
    const [, shown] = await ask('client', { client_id: client.clientId, tenant_id: tenant.name });
    expect(shown).toMatchObject({ name: client.clientId, tenant_name: 'Harbour', tenant_id: tenant.name });
  });

  it('AUTH-13: shows the tenant as well, without its lock-out rules', async () => {
    await create();
    const token = vault.token(vault.acme, 'tenant:read', 'setting:read');
    const [, { block_config: _, ...tenant }] = await vault.ask('GET', '/api/tenants/acme', { token });
    expect(await ask('client-tenant')).toEqual([200, { client: { client_id: id, ...SHOWN }, tenant }]);
  });

  it('AUTH-14: signs the same, and the key of challenges, with a key that the issuer publishes', async () => {
    await create();
    const [, shown] = await ask('client-tenant');
    const [status, { data, ...others }] = await ask('client-tenant/signed');
    expect([status, others]).toEqual([200, {}]);
    const [, set] = await vault.ask('GET', '/api/oidc/acme/.well-known/jwks');
    const now = vault.world.clock.now();
    const iat = Math.floor(now.getTime() / 1000);
    const typ = 'sv-client-tenant+jwt';
    const { payload } = await jwtVerify(data, createLocalJWKSet(set), { currentDate: now, typ });
    expect(decodeProtectedHeader(data).alg).toBe('EdDSA');
    const { publicJwk } = await vault.world.services.oauth.keys.agreementKey(vault.acme);
    const iss = 'https://id.example.com/api/oidc/acme';
    expect(payload).toEqual({ iss, iat, exp: iat + 300, ...shown, enc_jwk: publicJwk });
    expect(payload['enc_jwk']).toMatchObject({ kty: 'EC', crv: 'P-256', kid: expect.stringMatching(/^[\w-]{43}$/) });
    expect(payload['enc_jwk']).not.toHaveProperty('d');
    const { presentations } = vault.world.services.oauth;
    const tenant = (await vault.world.services.directory.byId(vault.acme.id))!;
    expect([
      await presentations.sign(tenant, id, 'native', {}),
      await presentations.sign(tenant, id, 'root', {}),
    ]).toEqual([null, null]);
  });

  const ROWS = ['client', 'client-tenant', 'client-tenant/signed'];
  it.each(ROWS)('404, 422: %s of no client, of no tenant, without parameters', async (row) => {
    await create();
    for (const wrong of ['nobody', id.toUpperCase(), '', "x' or true"])
      expect([wrong, await ask(row, { client_id: wrong })]).toEqual([wrong, UNKNOWN]);
    expect(await ask(row, { tenant_id: 'master' })).toEqual(UNKNOWN);
    expect(await ask(row, { tenant_id: 'nowhere' })).toEqual([404, { detail: 'Tenant not found' }]);
    const [status, { detail }] = await vault.ask('GET', `/api/auth/${row}`);
    expect([status, detail.map(({ loc, type }: { loc: string[]; type: string }) => [...loc, type])]).toEqual([
      422,
      [
        ['query', 'client_id', 'missing'],
        ['query', 'tenant_id', 'missing'],
      ],
    ]);
  });

  it('AUTH-12: 404 for clients that are disabled or that the service made', async () => {
    const { clients } = vault.world.services;
    await create();
    const authority = vault.world.system(vault.acme);
    const { id: uuid } = (await clients.find(authority, { clientId: id }))!;
    await clients.update(authority, uuid, { enabled: false });
    for (const row of ROWS) expect([row, await ask(row)]).toEqual([row, UNKNOWN]);
    id = `${id}.inside`;
    const { client } = await vault.world.newClient(vault.acme, { clientId: id });
    await vault.world.db.transaction(async () => {
      (await vault.world.stores.clientStore.lock(vault.acme.id, client.id))!.kind = 'builtin';
    });
    expect(await ask('client')).toEqual(UNKNOWN);
  });
});
