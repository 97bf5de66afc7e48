import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { TENANT_ADMINISTRATOR_PERMISSIONS } from '../../../src/roles/administration.ts';
import { realmOfSuite } from '../../support/realm.ts';

const BASE = '/realms/acme/clients-registrations/openid-connect';
const TOKEN = /^[\w-]{43}$/;
const METADATA = { client_name: 'Tides', redirect_uris: ['https://tides.example/cb'] };
const REFUSED = [
  403,
  {
    error: 'insufficient_scope',
    error_description:
      'Clients are registered with an initial access token, or with an access token that may create clients.',
  },
];
const INVALID = [
  401,
  { error: 'invalid_token', error_description: 'This registration access token does not open this client.' },
];

describe('clients that register themselves (RFC 7591, RFC 7592)', () => {
  const realm = realmOfSuite();
  let admin: KeycloakAdminClient;
  let token: string;

  /** A token of an application with these permissions. */
  const tokenWith = async (...permissions: readonly string[]): Promise<string> => {
    const { client, secret } = await realm.world.newClient(realm.acme, {
      grantTypes: ['client_credentials'],
      permissions,
    });
    const answer = await realm.rest.ask('POST', '/t/acme/oauth/token', {
      headers: {
        authorization: `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    return answer.json.access_token;
  };
  const send = async (method: string, path: string, as?: string, body?: unknown) => {
    const { status, json } = await realm.rest.ask(method, `${BASE}${path}`, {
      ...(as === undefined ? {} : { token: as }),
      body,
    });
    return [status, json];
  };
  const initial = async (count = 1, expiration = 0): Promise<string> =>
    (await admin.realms.createClientsInitialAccess({ realm: 'acme' }, { count, expiration })).token!;
  const register = async (metadata: object = METADATA, as?: string) => {
    const [status, json] = await send('POST', '', as ?? (await initial()), metadata);
    expect([status, json]).toEqual([201, expect.objectContaining({ client_id: expect.any(String) })]);
    return json;
  };
  const stored = (clientId: string) => realm.world.services.clients.find(realm.world.system(realm.acme), { clientId });
  const eventsOf = async (clientId: string) =>
    (await realm.world.events(realm.acme)).filter((event) => event.client_id === clientId).map(({ type }) => type);

  beforeAll(async () => {
    const { clock } = realm.world;
    // The client compares the end of the token with the time of its process.
    clock.advance((Date.now() - clock.now().getTime()) / 1000);
    token = await tokenWith(...TENANT_ADMINISTRATOR_PERMISSIONS);
    admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${realm.rest.port}`, realmName: 'acme' });
    admin.setAccessToken(token);
  });

  it('are registered with an initial access token, read, changed and deleted', async () => {
    const answer = await realm.rest.ask('POST', `/auth${BASE}`, { token: await initial(), body: METADATA });
    expect(answer.status).toBe(201);
    const { json } = answer;
    const address = `https://id.example.com/auth${BASE}/${json.client_id}`;
    expect(answer.headers.location).toBe(address);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(json).toEqual({
      client_id: expect.any(String),
      client_id_issued_at: Math.floor(realm.world.clock.now().getTime() / 1000),
      client_secret: expect.stringMatching(TOKEN),
      client_secret_expires_at: 0,
      client_name: 'Tides',
      redirect_uris: ['https://tides.example/cb'],
      grant_types: ['authorization_code'],
      application_type: 'web',
      response_types: ['code'],
      contacts: [],
      default_acr_values: [],
      require_auth_time: false,
      registration_client_uri: address,
      registration_access_token: expect.stringMatching(TOKEN),
    });
    const { client_id: clientId, registration_access_token: own } = json;
    expect(await stored(clientId)).toMatchObject({
      kind: 'regular',
      type: 'confidential',
      fullRoleScope: false,
      permissions: [],
      metadata: {},
      redirects: [{ uri: 'https://tides.example/cb', match: 'exact' }],
    });
    const uri = `https://id.example.com${BASE}/${clientId}`;
    const read = { ...json, registration_client_uri: uri };
    expect(await send('GET', `/${clientId}`, own)).toEqual([200, read]);
    const next = {
      client_id: clientId,
      redirect_uris: ['https://tides.example/next'],
      post_logout_redirect_uris: ['https://tides.example/bye'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'openid email',
      contacts: ['ada@tides.example'],
      consent: 'trusted',
      web_origins: ['*'],
      client_secret: 'other',
    };
    const [status, changed] = await send('PUT', `/${clientId}`, own, next);
    const { client_name: _name, ...rest } = read;
    expect([status, changed]).toEqual([
      200,
      {
        ...rest,
        redirect_uris: next.redirect_uris,
        post_logout_redirect_uris: next.post_logout_redirect_uris,
        grant_types: next.grant_types,
        token_endpoint_auth_method: next.token_endpoint_auth_method,
        contacts: next.contacts,
      },
    ]);
    expect((await stored(clientId))?.metadata).not.toHaveProperty('consent');
    expect(await send('DELETE', `/${clientId}`, own)).toEqual([204, undefined]);
    expect(await send('GET', `/${clientId}`, own)).toEqual(INVALID);
    expect(await eventsOf(clientId)).toEqual([
      'client.registered',
      'client.secret_read',
      'client.updated',
      'client.secret_read',
      'client.deleted',
    ]);
  });

  it('are registered by callers who may create clients, and by nobody else', async () => {
    expect(await stored((await register(METADATA, await tokenWith('client:create'))).client_id)).not.toBeNull();
    for (const as of [undefined, 'nonsense', await tokenWith('client:read')])
      expect(await send('POST', '', as, METADATA)).toEqual(REFUSED);
    const other = await realm.tenant({ name: 'other' });
    const theirs = await realm.world.services.registrations.createInitialToken(realm.world.system(other), {});
    expect(await send('POST', '', theirs.text, METADATA)).toEqual(REFUSED);
    const basic = { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` };
    const { status } = await realm.rest.ask('POST', BASE, { headers: basic, body: METADATA });
    expect(status).toBe(403);
  });

  it('use up an initial access token, which expires and is deleted', async () => {
    const twice = await initial(2);
    const before = await admin.realms.getClientsInitialAccess({ realm: 'acme' });
    expect(before).toContainEqual({
      id: expect.any(String),
      timestamp: Math.floor(realm.world.clock.now().getTime() / 1000),
      expiration: 0,
      count: 2,
      remainingCount: 2,
    });
    // A refused registration costs no use.
    expect((await send('POST', '', twice, { redirect_uris: ['http://tides.example/'] }))[0]).toBe(400);
    await register(METADATA, twice);
    expect(await admin.realms.getClientsInitialAccess({ realm: 'acme' })).toContainEqual(
      expect.objectContaining({ count: 2, remainingCount: 1 }),
    );
    await register(METADATA, twice);
    expect(await send('POST', '', twice, METADATA)).toEqual(REFUSED);
    const once = await initial();
    const both = await Promise.all([send('POST', '', once, METADATA), send('POST', '', once, METADATA)]);
    expect(both.map(([status]) => status).sort()).toEqual([201, 403]);
    const made = await admin.realms.createClientsInitialAccess({ realm: 'acme' }, { count: 1, expiration: 60 });
    expect(made).toMatchObject({ expiration: 60, count: 1, remainingCount: 1 });
    await admin.realms.delClientsInitialAccess({ realm: 'acme', id: made.id! });
    await admin.realms.delClientsInitialAccess({ realm: 'acme', id: made.id! });
    await admin.realms.delClientsInitialAccess({ realm: 'acme', id: 'nothing' });
    expect(await send('POST', '', made.token!, METADATA)).toEqual(REFUSED);
    const short = await realm.world.services.registrations.createInitialToken(realm.world.system(realm.acme), {
      expiresInSeconds: 1,
    });
    realm.world.clock.advance(2);
    expect(await send('POST', '', short.text, METADATA)).toEqual(REFUSED);
    expect(await realm.world.sweep(100)).toBeGreaterThan(0);
    const types = (await realm.world.events(realm.acme)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['initial_access_token.created', 'initial_access_token.deleted']));
    expect(JSON.stringify(await realm.world.events(realm.acme))).not.toContain(twice);
  });

  it('are public where they cannot keep a secret', async () => {
    const made = await register({ ...METADATA, token_endpoint_auth_method: 'none' });
    expect(made).not.toHaveProperty('client_secret');
    expect(await stored(made.client_id)).toMatchObject({ type: 'public' });
    const path = `/${made.client_id}`;
    const own = made.registration_access_token;
    expect((await send('GET', path, own))[1]).not.toHaveProperty('client_secret');
    expect(await send('PUT', path, own, { ...METADATA, client_id: made.client_id })).toEqual([
      400,
      { error: 'invalid_client_metadata', error_description: 'type: The type of a client cannot be changed.' },
    ]);
  });

  it.each([
    [{ redirect_uris: ['http://tides.example/cb'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: ['https://tides.example/*'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: ['org.tides.app:/cb'] }, 'invalid_redirect_uri'],
    [{}, 'invalid_redirect_uri'],
    [{ redirect_uris: 'https://tides.example/cb' }, 'invalid_client_metadata'],
    [{ ...METADATA, grant_types: ['password'] }, 'invalid_client_metadata'],
    [{ ...METADATA, grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    [{ ...METADATA, token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
    [{ ...METADATA, scope: 'no-such-scope' }, 'invalid_client_metadata'],
    [{ ...METADATA, scope: 'user:read' }, 'invalid_client_metadata'],
    [{ ...METADATA, client_uri: 'javascript:alert(1)' }, 'invalid_client_metadata'],
    [{ ...METADATA, contacts: 'ada' }, 'invalid_client_metadata'],
  ])('are refused for %j: %s', async (metadata, error) => {
    const made = await initial();
    const { status, json } = await realm.rest.ask('POST', BASE, { token: made, body: metadata });
    expect([status, json]).toEqual([400, { error, error_description: expect.stringMatching(/^[\x20-\x7e]+$/) }]);
    const { client_id: clientId, registration_access_token: own } = await register(METADATA, made);
    const changed = await send('PUT', `/${clientId}`, own, { ...metadata, client_id: clientId });
    expect(changed).toEqual([400, { error, error_description: expect.any(String) }]);
  });

  it('look after themselves alone, under their name', async () => {
    const [one, two] = [await register(), await register()];
    const path = `/${one.client_id}`;
    const own = one.registration_access_token;
    for (const [as, at] of [
      [undefined, path],
      ['nonsense', path],
      [two.registration_access_token, path],
      [token, path],
      [own, '/nobody'],
      [own, `/${(await stored(one.client_id))!.id}`],
    ] as const)
      for (const method of ['GET', 'PUT', 'DELETE'] as const)
        expect(
          await send(method, at, as, method === 'PUT' ? { ...METADATA, client_id: one.client_id } : undefined),
        ).toEqual(INVALID);
    const { headers } = await realm.rest.ask('GET', `${BASE}${path}`);
    expect(headers['www-authenticate']).toMatch(/^Bearer /);
    for (const clientId of [undefined, two.client_id])
      expect(await send('PUT', path, own, { ...METADATA, client_id: clientId })).toEqual([
        400,
        {
          error: 'invalid_client_metadata',
          error_description: 'metadata.client_id: The client_id of a client cannot be changed.',
        },
      ]);
    expect((await send('GET', path, own))[0]).toBe(200);
  });

  it('lose their registration where they are disabled or may do something themselves', async () => {
    const { clients } = realm.world.services;
    const authority = realm.world.system(realm.acme);
    const made = await register();
    const [path, own] = [`/${made.client_id}`, made.registration_access_token];
    const { id } = (await stored(made.client_id))!;
    await clients.update(authority, id, { enabled: false });
    expect(await send('GET', path, own)).toEqual(INVALID);
    await clients.update(authority, id, { enabled: true, permissions: ['user:read'] });
    expect(await send('GET', path, own)).toEqual(INVALID);
    expect(await send('PUT', path, own, { ...METADATA, client_id: made.client_id })).toEqual(INVALID);
    expect(await send('DELETE', path, own)).toEqual(INVALID);
  });

  it('lose their registration where an administrator trusts them, because nobody is asked there', async () => {
    const { clients } = realm.world.services;
    const made = await register();
    const { id } = (await stored(made.client_id))!;
    await clients.update(realm.world.system(realm.acme), id, { consent: 'trusted' });
    const moved = { client_id: made.client_id, redirect_uris: ['https://elsewhere.example/cb'] };
    const own = made.registration_access_token;
    expect(await send('PUT', `/${made.client_id}`, own, moved)).toEqual(INVALID);
    expect((await stored(made.client_id))!.redirects).toEqual([{ uri: 'https://tides.example/cb', match: 'exact' }]);
  });

  it('cannot delete themselves where an administrator locked them', async () => {
    const made = await register();
    const { id } = (await stored(made.client_id))!;
    await realm.world.services.clients.update(realm.world.system(realm.acme), id, { isDeletionLocked: true });
    expect(await send('DELETE', `/${made.client_id}`, made.registration_access_token)).toEqual(INVALID);
    expect(await stored(made.client_id)).not.toBeNull();
  });

  it('have no scopes but those that new clients may have, and those that administrators gave them', async () => {
    const { clients, clientScopes } = realm.world.services;
    const system = realm.world.system(realm.acme);
    await clientScopes.create(system, { name: 'payroll' });
    await clientScopes.create(system, { name: 'tides', tenantDefault: 'optional' });
    const refused = [400, { error: 'invalid_client_metadata', error_description: expect.any(String) }];
    const asking = { ...METADATA, scope: 'openid payroll' };
    expect(await send('POST', '', await initial(), asking)).toEqual(refused);
    const made = await register({ ...METADATA, scope: 'openid tides' });
    const change = () =>
      send('PUT', `/${made.client_id}`, made.registration_access_token, { ...asking, client_id: made.client_id });
    expect(await change()).toEqual(refused);
    const { id } = (await stored(made.client_id))!;
    await clients.update(system, id, { addedScopes: [{ name: 'payroll', isDefault: false }] });
    expect((await change())[0]).toBe(200);
  });

  it('get another token from administrators, which ends the one before', async () => {
    const made = await register();
    const { id } = (await stored(made.client_id))!;
    const shown = await admin.clients.generateRegistrationAccessToken({ id });
    expect(shown).toMatchObject({
      id,
      clientId: made.client_id,
      registrationAccessToken: expect.stringMatching(TOKEN),
    });
    expect(await send('GET', `/${made.client_id}`, made.registration_access_token)).toEqual(INVALID);
    expect((await send('GET', `/${made.client_id}`, shown.registrationAccessToken))[0]).toBe(200);
    const writer = await tokenWith('client:write', 'client:read');
    const path = `/admin/realms/acme/clients/${id}/registration-access-token`;
    expect((await realm.rest.ask('POST', path, { token: writer })).status).toBe(403);
    const account = await stored('account');
    const ofAccount = `/admin/realms/acme/clients/${account!.id}/registration-access-token`;
    expect((await realm.rest.ask('POST', ofAccount, { token })).status).toBe(403);
    expect(await eventsOf(made.client_id)).toContain('registration_token.issued');
  });

  it('need an initial access token of a sensible size, of which a tenant has 200', async () => {
    const path = '/admin/realms/acme/clients-initial-access';
    const create = async (body: object) => {
      const { status, json } = await realm.rest.ask('POST', path, { token, body });
      return [status, json];
    };
    const refused = (member: string, text: string) => [
      400,
      { error: `Invalid value for ${member}`, error_description: text },
    ];
    expect(await create({ count: -1 })).toEqual(refused('count', 'The count cannot be less than 0'));
    for (const count of [0, 10_001])
      expect(await create({ count })).toEqual(refused('count', 'The count must be from 1 to 10000'));
    const time = 'The expiration time interval cannot';
    expect(await create({ expiration: -1 })).toEqual(refused('expiration', `${time} be less than 0`));
    expect(await create({ expiration: 31_536_001 })).toEqual(refused('expiration', `${time} exceed 31536000`));
    const present = (await admin.realms.getClientsInitialAccess({ realm: 'acme' })).length;
    const { registrations } = realm.world.services;
    const make = () => registrations.createInitialToken(realm.world.system(realm.acme), {});
    for (let at = present; at < 198; at++) await make();
    const atOnce = await Promise.allSettled(Array.from({ length: 5 }, make));
    expect(atOnce.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(await create({})).toEqual([400, { errorMessage: 'A tenant has at most 200 initial access tokens.' }]);
  });

  it('meet no policies', async () => {
    expect(await admin.clientPolicies.listProfiles({ realm: 'acme' })).toEqual({ profiles: [], globalProfiles: [] });
    expect(await admin.clientPolicies.listPolicies({ realm: 'acme' })).toEqual({ policies: [], globalPolicies: [] });
  });

  it('are named in discovery', async () => {
    const { json } = await realm.rest.ask('GET', '/auth/realms/acme/.well-known/openid-configuration');
    expect(json.registration_endpoint).toBe(`https://id.example.com/auth${BASE}`);
    const { json: native } = await realm.rest.ask('GET', '/t/acme/.well-known/openid-configuration');
    expect(native).not.toHaveProperty('registration_endpoint');
  });
});
