import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TENANT_ADMINISTRATOR_PERMISSIONS } from '../../../src/roles/administration.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK', subSystem = 2) => ({ message, status, subSystem });
const CREATED = [200, answer('App created successfully')];
const UPDATED = [200, answer('App updated successfully.')];
const NO_APP = [404, answer('App does not exist', 'APP_NOT_FOUND_STATUS')];
const invalid = (text: string) => [400, answer(text, 'BAD_REQUEST')];
const UNUSABLE = invalid('Mandatory data is missing');
const NO_REDIRECT = invalid('Invalid redirect uri');
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden', ...answer('HTTP 403 Forbidden', 'FORBIDDEN') }];
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const SCOPES = [
  'client:read',
  'client:create',
  'client:write',
  'client:delete',
  'client-secret:read',
  'client-secret:rotate',
];

describe('KOBIL: apps', () => {
  const kobil = kobilOfSuite();
  let token: string;
  let appName: string;
  let count = 0;
  beforeAll(async () => {
    token = kobil.token(kobil.acme, ...SCOPES);
    const inside = await kobil.world.newClient(kobil.acme, { clientId: 'inside', secret: { isReadable: true } });
    const phone = await kobil.world.newClient(kobil.acme, { clientId: 'phone-of-ada' });
    await kobil.world.db.transaction(async () => {
      const { clientStore } = kobil.world.stores;
      (await clientStore.lock(kobil.acme.id, inside.client.id))!.kind = 'builtin';
      (await clientStore.lock(kobil.acme.id, phone.client.id))!.kind = 'instance';
    });
  });
  beforeEach(() => {
    appName = `Tide Table ${++count}`;
  });
  const send = (method: string, path: string, body?: unknown, as = token) =>
    kobil.ask(method, `/auth/realms/acme/v3_client${path}`, { token: as, body });
  const at = (name: string) => `/${encodeURIComponent(name)}`;
  const create = (members: object = {}) => send('POST', '', { appName, ...members });
  const update = (members: object) => send('PUT', '/', { appName, ...members });
  const infoOf = async (name = appName) => {
    const [status, body] = await send('GET', at(name));
    expect(status).toBe(200);
    return body.data;
  };
  const secretOf = async (name = appName) => {
    const [status, body] = await send('GET', `/secret${at(name)}`);
    const { data } = body as { data: string | null };
    expect([status, body]).toEqual([200, { ...answer('App credential fetched successfully', 'OK', 5), data }]);
    return data;
  };
  const stored = async (name = appName) =>
    (await kobil.world.services.clients.find(kobil.world.system(kobil.acme), { clientId: name }))!;
  const eventsOf = async (name = appName) =>
    (await kobil.world.events(kobil.acme)).filter(({ client_id: id }) => id === name);

  describe('40', () => {
    it('makes an app of its name alone, which 41 shows whole', async () => {
      expect(await create()).toEqual(CREATED);
      const { id } = await stored();
      expect(await send('GET', at(appName))).toEqual([
        200,
        {
          ...answer('App info fetched successfully'),
          data: {
            id,
            appName,
            name: null,
            description: null,
            enabled: true,
            publicApp: false,
            consentRequired: false,
            fullScopeAllowed: false,
            standardFlowEnabled: true,
            directAccessGrantsEnabled: false,
            serviceAccountsEnabled: false,
            bearerOnly: false,
            frontchannelLogout: false,
            implicitFlowEnabled: false,
            surrogateAuthRequired: false,
            appAuthenticatorType: null,
            rootUrl: null,
            baseUrl: null,
            redirectUris: [],
            webOrigins: [],
            defaultRoles: [],
            attributes: {
              'backchannel.logout.session.required': true,
              'backchannel.logout.revoke.offline.tokens': false,
            },
            authenticationFlowBindingOverrides: {},
            registeredNodes: {},
            nodeReRegistrationTimeout: -1,
            notBefore: 0,
            protocol: 'openid-connect',
            protocolMappers: [],
          },
        },
      ]);
      expect((await eventsOf()).map(({ type }) => type)).toEqual(['client.created']);
    });

    it('shares the roles of its users where the caller may do all that they might', async () => {
      const administrator = kobil.token(kobil.acme, ...TENANT_ADMINISTRATOR_PERMISSIONS);
      expect(await send('POST', '', { appName }, administrator)).toEqual(CREATED);
      expect((await infoOf()).fullScopeAllowed).toBe(true);
      const evil = { appName, redirectUris: ['https://evil.example/cb'] };
      expect((await send('PUT', '/', evil))[0]).toBe(403);
      expect((await infoOf()).redirectUris).toEqual([]);
    });

    it('keeps what is sent; unknown members and null are ignored', async () => {
      const sent = {
        name: 'Tides',
        description: 'When the harbour is deep',
        enabled: false,
        consentRequired: true,
        fullScopeAllowed: false,
        standardFlowEnabled: false,
        directAccessGrantsEnabled: true,
        serviceAccountsEnabled: true,
        bearerOnly: true,
        frontchannelLogout: true,
        implicitFlowEnabled: true,
        surrogateAuthRequired: true,
        appAuthenticatorType: 'client-secret',
        rootUrl: 'https://tides.example/app/',
        baseUrl: '/today',
        redirectUris: ['https://tides.example/cb?x=1', 'https://tides.example/w/*', '/*', '/cb', 'org.tides.app:/cb'],
        webOrigins: ['https://tides.example', 'capacitor://localhost', '/*', '*', 'https://tides.example/'],
        defaultRoles: 'read write',
        attributes: {
          'backchannel.logout.session.required': false,
          'access.token.lifespan': 60,
          shade: 'deep',
          on: 'true',
        },
        authenticationFlowBindingOverrides: { browser: 'with-otp', direct_grant: '' },
        nodeReRegistrationTimeout: 30,
        notBefore: 1_600_000_000,
        protocolMappers: [{ name: 'harbour', config: { 'claim.name': 'harbour', 'id.token.claim': true } }],
      };
      const more = { id: 'x', registrationAccessToken: 'y', registeredNodes: { a: 1 }, protocol: 'saml', depth: 4 };
      expect(await create({ ...sent, ...more, publicApp: null, adminUrl: null })).toEqual(CREATED);
      const shown = await infoOf();
      const { appName: _name, id: _id, ...rest } = shown;
      expect(rest).toEqual({
        ...sent,
        publicApp: false,
        webOrigins: ['https://tides.example', 'capacitor://localhost', '/*', '*', 'https://tides.example/'],
        defaultRoles: ['read write'],
        attributes: {
          'backchannel.logout.session.required': false,
          'backchannel.logout.revoke.offline.tokens': false,
          'access.token.lifespan': 60,
          shade: 'deep',
          on: true,
        },
        authenticationFlowBindingOverrides: { browser: 'with-otp' },
        registeredNodes: {},
        protocol: 'openid-connect',
      });
      const client = await stored();
      expect(client).toMatchObject({
        kind: 'regular',
        grantTypes: ['client_credentials', 'password', 'refresh_token'],
        redirects: [
          { uri: 'https://tides.example/cb?x=1', match: 'exact' },
          { uri: 'https://tides.example/w/*', match: 'wildcard' },
          { uri: '/*', match: 'wildcard' },
          { uri: '/cb', match: 'exact' },
          { uri: 'org.tides.app:/cb', match: 'exact' },
        ],
        metadata: { admin_url: 'https://tides.example/app/', application_type: 'native' },
      });
      expect(client.metadata['web_origins']).toEqual(['https://tides.example', 'capacitor://localhost']);
    });

    it('makes mappers that act and that the administration shows; what cannot act is shown as it was sent', async () => {
      const config = {
        'claim.name': 'berth',
        'claim.value': 'B7',
        'access.token.claim': true,
        'id.token.claim': false,
      };
      const acting = { name: 'berth', protocolMapper: 'oidc-hardcoded-claim-mapper', config };
      const others = [
        { name: 'nameless type' },
        { protocolMapper: acting.protocolMapper, config },
        { ...acting, protocolMapper: 'oidc-tide-mapper' },
        { ...acting, protocol: 'saml' },
        { ...acting, config: { depth: { metres: 4 } } },
      ];
      expect(await create({ protocolMappers: [others[0], acting, ...others.slice(1)] })).toEqual(CREATED);
      const made = { id: expect.any(String), protocol: 'openid-connect', ...acting };
      expect((await infoOf()).protocolMappers).toEqual([made, ...others]);
      const administrator = kobil.token(kobil.acme, 'client:read');
      const byAdministration = async () => {
        const path = `/admin/realms/acme/clients/${(await stored()).id}/protocol-mappers/models`;
        return (await kobil.ask('GET', path, { token: administrator }))[1];
      };
      const texts = { ...config, 'access.token.claim': 'true', 'id.token.claim': 'false' };
      expect(await byAdministration()).toEqual([{ ...made, consentRequired: false, config: texts }]);
      const change = (protocolMappers: unknown) => update({ protocolMappers });
      const plain = { name: 'whole name', protocolMapper: 'oidc-full-name-mapper' };
      expect((await change([plain]))[0]).toBe(200);
      expect((await infoOf()).protocolMappers).toMatchObject([{ ...plain, config: {} }]);
      expect((await change([acting, ...others]))[0]).toBe(200);
      expect((await change(null))[0]).toBe(200);
      expect((await infoOf()).protocolMappers).toHaveLength(6);
      expect((await change([others[0]]))[0]).toBe(200);
      expect((await infoOf()).protocolMappers).toEqual([others[0]]);
      expect(await byAdministration()).toEqual([]);
      expect((await change([acting, acting]))[0]).toBe(400);
    });

    it('takes one redirect address as a text', async () => {
      expect(await create({ redirectUris: '/*' })).toEqual(CREATED);
      expect((await infoOf()).redirectUris).toEqual(['/*']);
    });

    it.each([
      '*',
      'string',
      '',
      'http://tides.example/cb',
      'http://tides.example/*',
      'https://*.tides.example/',
      'https://tides.example/*/cb',
      'https://tides.example*',
      'https://user@tides.example/',
      'https://tides.example/#x',
      '//tides.example/*',
      'tides:/cb',
      'org.tides.app:/*',
      'javascript:alert(1)',
      ['https://tides.example/cb', '*'],
    ])('refuses the redirect address %j, and makes nothing', async (redirectUris) => {
      expect(await create({ redirectUris })).toEqual(NO_REDIRECT);
      expect(await send('GET', at(appName))).toEqual(NO_APP);
    });

    it.each(['http://tides.example/', 'tides.example', '/app', 'org.tides.app:/', 'https://tides.example/#x'])(
      'refuses the root address %s',
      async (rootUrl) => expect(await create({ rootUrl })).toEqual(NO_REDIRECT),
    );

    it("takes a root address of the user's device", async () => {
      expect(await create({ rootUrl: 'http://localhost:3000/', redirectUris: ['/*'] })).toEqual(CREATED);
    });

    it('gives a secret in the form of a UUID, or the one that is sent', async () => {
      await create();
      const secret = await secretOf();
      expect(secret).toMatch(UUID);
      const proves = async (text: string) =>
        (await kobil.world.services.clientAuthenticator.authenticate(kobil.acme.id, appName, text)) !== null;
      expect([await proves(secret!), await proves('wrong')]).toEqual([true, false]);
      appName = `${appName} b`;
      await create({ secret: 'ebb and flow' });
      expect(await secretOf()).toBe('ebb and flow');
      expect(await proves('ebb and flow')).toBe(true);
      appName = `${appName} c`;
      await create({ secret: '' });
      expect(await secretOf()).toMatch(UUID);
      expect(JSON.stringify(await eventsOf())).not.toContain(await secretOf());
    });

    it('gives a public app none', async () => {
      expect(await create({ publicApp: true, secret: 'unused' })).toEqual(CREATED);
      expect(await infoOf()).toMatchObject({ publicApp: true, webOrigins: ['+'] });
      expect(await secretOf()).toBeNull();
      appName = `${appName} b`;
      expect(await create({ publicApp: true, serviceAccountsEnabled: true })).toEqual(UNUSABLE);
    });

    it('refuses a name that is taken, also by a client of the service', async () => {
      await create();
      const taken = [409, answer('App already exists', 'CONFLICT')];
      expect(await create({ name: 'Other' })).toEqual(taken);
      expect(await create({ appName: 'inside' })).toEqual(taken);
      expect((await infoOf()).name).toBeNull();
    });

    it.each([
      undefined,
      [],
      7,
      {},
      { appName: null },
      { appName: '' },
      { appName: 7 },
      { appName: 'ü' },
      { appName: 'x'.repeat(256) },
      { appName: 'a\u0000' },
      { appName: 'cli~aaaaaaaa~x' },
      { appName: 'fine', enabled: 'true' },
      { appName: 'fine', redirectUris: [1] },
      { appName: 'fine', attributes: [] },
      { appName: 'fine', notBefore: 1.5 },
      { appName: 'fine', notBefore: 8_000_000_000 },
      { appName: 'fine', name: 'x'.repeat(256) },
      { appName: 'fine', secret: 'ä' },
    ])('refuses the body %j', async (body) => {
      expect(await send('POST', '', body)).toEqual(UNUSABLE);
    });

    it('refuses more than can be kept', async () => {
      expect(await create({ attributes: { wave: 'x'.repeat(70_000) } })).toEqual(NO_REDIRECT);
      expect(await create({ redirectUris: Array.from({ length: 101 }, (_, i) => `/${i}`) })).toEqual(UNUSABLE);
    });
  });

  describe('39', () => {
    it('changes what is sent and leaves the rest', async () => {
      await create({ name: 'Before', redirectUris: ['/a'], attributes: { a: 1, b: 'two' }, defaultRoles: ['x', 'y'] });
      const before = await infoOf();
      const change = {
        name: 'After',
        enabled: false,
        implicitFlowEnabled: true,
        standardFlowEnabled: false,
        serviceAccountsEnabled: true,
        rootUrl: 'https://tides.example',
        attributes: { b: null, c: true },
        authenticationFlowBindingOverrides: { browser: 'flow-1' },
        webOrigins: ['/*'],
      };
      expect(await update(change)).toEqual(UPDATED);
      expect(await infoOf()).toEqual({
        ...before,
        ...change,
        attributes: { ...before.attributes, a: 1, b: undefined, c: true },
      });
      expect((await stored()).grantTypes).toEqual(['client_credentials', 'refresh_token']);
      const [, { params }] = (await eventsOf()) as unknown as [unknown, { params: { changed: string[] } }];
      expect(params.changed.sort()).toEqual(['enabled', 'extra', 'grantTypes', 'name', 'rootUrl', 'webOrigins']);
    });

    it('clears a flow with an empty text, origins with others, and texts', async () => {
      await create({
        description: 'x',
        baseUrl: '/x',
        webOrigins: ['/*'],
        authenticationFlowBindingOverrides: { browser: 'one', direct_grant: 'two' },
      });
      const change = { authenticationFlowBindingOverrides: { browser: '' }, webOrigins: ['https://a.example'] };
      expect(await update({ ...change, description: '', baseUrl: '' })).toEqual(UPDATED);
      expect(await infoOf()).toMatchObject({
        authenticationFlowBindingOverrides: { direct_grant: 'two' },
        webOrigins: ['https://a.example'],
        description: null,
        baseUrl: null,
      });
    });

    it('writes what 41 showed without changing anything', async () => {
      await create({
        redirectUris: ['/*', 'https://a.example/cb'],
        webOrigins: ['/*', 'https://a.example'],
        defaultRoles: ['r'],
        bearerOnly: true,
        attributes: { deep: 'x' },
      });
      const before = await infoOf();
      expect(await update(before)).toEqual(UPDATED);
      expect(await infoOf()).toEqual(before);
    });

    it('writes no event where nothing changes', async () => {
      await create({ name: 'Same', redirectUris: '/a' });
      const before = (await eventsOf()).length;
      expect(await update({ name: 'Same', redirectUris: ['/a'], standardFlowEnabled: true, publicApp: false })).toEqual(
        UPDATED,
      );
      expect(await update({})).toEqual(UPDATED);
      expect((await eventsOf()).slice(before)).toEqual([]);
    });

    it('revokes the tokens issued before a moment, and takes that back', async () => {
      await create();
      expect(await update({ notBefore: 1_700_000_000 })).toEqual(UPDATED);
      expect((await stored()).notBefore).toEqual(new Date(1_700_000_000_000));
      expect(await update({ notBefore: 0 })).toEqual(UPDATED);
      expect((await stored()).notBefore).toBeNull();
    });

    it.each([
      [{ redirectUris: '*' }, NO_REDIRECT],
      [{ redirectUris: ['http://tides.example/'] }, NO_REDIRECT],
      [{ rootUrl: 'http://tides.example/' }, NO_REDIRECT],
      [{ webOrigins: ['http://tides.example'] }, NO_REDIRECT],
      [{ publicApp: true }, UNUSABLE],
      [{ name: 7 }, UNUSABLE],
    ])('refuses %j and changes nothing', async (members, refused) => {
      await create({ name: 'Kept' });
      const before = await infoOf();
      expect(await update({ name: 'Lost', ...members })).toEqual(refused);
      expect(await infoOf()).toEqual(before);
    });

    it('needs a name', async () => {
      for (const body of [undefined, {}, [], { appName: null }, { appName: '' }, { appName: 'cli~aaaaaaaa~x' }])
        expect(await send('PUT', '', body)).toEqual(UNUSABLE);
    });

    it('keeps both of two changes at the same moment', async () => {
      await create();
      const changes = [{ attributes: { left: 1 }, directAccessGrantsEnabled: true }, { attributes: { right: 2 } }];
      expect(await Promise.all(changes.map(update))).toEqual([UPDATED, UPDATED]);
      expect(await infoOf()).toMatchObject({
        attributes: { left: 1, right: 2 },
        standardFlowEnabled: true,
        directAccessGrantsEnabled: true,
      });
    });
  });

  it('40, 39 and 42 make and delete the service account with its switch', async () => {
    const account = async () => kobil.world.services.users.findServiceAccount(kobil.acme.id, (await stored()).id);
    await create({ serviceAccountsEnabled: true });
    expect((await account())!.username).toBe(`service-account-${appName.toLowerCase()}`);
    expect(await update({ serviceAccountsEnabled: false })).toEqual(UPDATED);
    expect(await account()).toBeNull();
    expect(await update({ serviceAccountsEnabled: true, name: 'On' })).toEqual(UPDATED);
    const { id } = await stored();
    expect(await account()).not.toBeNull();
    expect(await send('DELETE', at(appName))).toEqual([200, answer('App deleted successfully')]);
    expect(await kobil.world.services.users.findIn(kobil.acme.id, id)).toBeNull();
  });

  it('40 and 39 make no service account in the way of another one', async () => {
    await create({ appName: appName.toUpperCase(), serviceAccountsEnabled: true });
    expect(await create({ serviceAccountsEnabled: true })).toEqual(invalid('User already exists'));
    expect(await send('GET', at(appName))).toEqual(NO_APP);
    await create();
    expect(await update({ serviceAccountsEnabled: true })).toEqual(invalid('User already exists'));
    expect((await infoOf()).serviceAccountsEnabled).toBe(false);
  });

  it('38 lists apps by name, and no client of the service or of a user', async () => {
    await create({ appName: 'zz-last', name: 'Last' });
    await create({ appName: '!first' });
    const [status, body] = await send('GET', '/');
    expect([status, { ...(body as object), data: null }]).toEqual([
      200,
      { ...answer('App info fetched successfully'), data: null },
    ]);
    const { data } = body as { data: { appName: string }[] };
    const names = data.map((app) => app.appName);
    expect([names.at(0), names.at(-1)]).toEqual(['!first', 'zz-last']);
    expect(names).not.toContain('inside');
    expect(names).not.toContain('phone-of-ada');
    expect(data.at(-1)).toEqual(await infoOf('zz-last'));
  });

  it('39 changes no client of the service, not even whether it is enabled', async () => {
    expect(await update({ appName: 'inside', enabled: false })).toEqual(NO_APP);
    expect((await stored('inside')).enabled).toBe(true);
  });

  it('42 deletes an app, once', async () => {
    await create();
    expect(await send('DELETE', at(appName))).toEqual([200, answer('App deleted successfully')]);
    expect(await send('DELETE', at(appName))).toEqual(NO_APP);
    expect(await send('GET', at(appName))).toEqual(NO_APP);
    expect((await eventsOf()).map(({ type }) => type)).toEqual(['client.created', 'client.deleted']);
  });

  it('42 deletes no app that is locked', async () => {
    await create();
    const { clients } = kobil.world.services;
    const lock = async (isDeletionLocked: boolean) =>
      clients.update(kobil.world.system(kobil.acme), (await stored()).id, { isDeletionLocked });
    await lock(true);
    const refused = await send('DELETE', at(appName));
    expect([refused[0], refused[1].message]).toEqual([409, 'App is locked']);
    await lock(false);
    expect((await send('DELETE', at(appName)))[0]).toBe(200);
  });

  describe('43 and 44', () => {
    it('show a secret with an event, and replace it at once', async () => {
      await create();
      const first = (await secretOf())!;
      const [status, body] = await send('POST', `/secret${at(appName)}`);
      expect([status, body]).toEqual([
        200,
        { ...answer('App credential regenerated successfully'), data: expect.stringMatching(UUID) },
      ]);
      const second = await secretOf();
      expect(second).toBe((body as { data: string }).data);
      expect(second).not.toBe(first);
      const { clientAuthenticator } = kobil.world.services;
      expect(await clientAuthenticator.authenticate(kobil.acme.id, appName, first)).toBeNull();
      expect(await clientAuthenticator.authenticate(kobil.acme.id, appName, second!)).not.toBeNull();
      expect((await eventsOf()).map(({ type }) => type)).toEqual([
        'client.created',
        'client.secret_read',
        'client.secret_rotated',
        'client.secret_read',
      ]);
    });

    it('43 hides a secret of which only the hash is kept, without an event', async () => {
      await kobil.world.newClient(kobil.acme, { clientId: appName });
      expect(await secretOf()).toBe('**********');
      expect((await eventsOf()).map(({ type }) => type)).toEqual(['client.created']);
    });

    it('43 shows the secret of a client of the service', async () => {
      expect(await secretOf('inside')).toMatch(/^[\w-]{43}$/);
      expect((await infoOf('inside')).appName).toBe('inside');
      expect((await infoOf('phone-of-ada')).appName).toBe('phone-of-ada');
    });

    it('43 needs the permission to read secrets, and 44 to replace them', async () => {
      await create();
      const viewer = kobil.token(kobil.acme, 'client:read', 'client:write', 'client-secret:rotate');
      const refused = [403, { ...(FORBIDDEN[1] as object), subSystem: 5 }];
      expect(await send('GET', `/secret${at(appName)}`, undefined, viewer)).toEqual(refused);
      const reader = kobil.token(kobil.acme, 'client:read', 'client-secret:read');
      expect(await send('POST', `/secret${at(appName)}`, undefined, reader)).toEqual(FORBIDDEN);
      expect((await send('GET', `/secret${at(appName)}`, undefined, reader))[0]).toBe(200);
    });

    it('44 refuses a public app', async () => {
      await create({ publicApp: true });
      expect(await send('POST', `/secret${at(appName)}`)).toEqual(invalid('Public app has no credential'));
    });
  });

  it('39, 42 and 44 know no client of the service or of a user', async () => {
    for (const name of ['inside', 'phone-of-ada']) {
      expect(await send('PUT', '', { appName: name, name: 'x' })).toEqual(NO_APP);
      expect(await send('DELETE', at(name))).toEqual(NO_APP);
      expect(await send('POST', `/secret${at(name)}`)).toEqual(NO_APP);
    }
    expect((await infoOf('inside')).name).toBeNull();
  });

  it('39 to 44 know no app that is not there, in other case, or in another tenant', async () => {
    await create();
    const theirs = await kobil.world.newClient(kobil.master, { secret: { isReadable: true } });
    const { client } = theirs;
    const names = [
      'nobody',
      appName.toUpperCase(),
      client.clientId,
      client.id,
      '%00',
      '~',
      `cli~${kobil.master.route}~${client.id}`,
    ];
    for (const name of [...names, 'app~aaaaaaaa~x', 'a~b~c']) {
      const path = name === '%00' ? '/%00' : at(name);
      const missing = (body: unknown) => [404, expect.objectContaining(body as object)];
      for (const [method, on] of [
        ['GET', path],
        ['DELETE', path],
        ['GET', `/secret${path}`],
        ['POST', `/secret${path}`],
      ] as const)
        expect([name, method, on, ...(await send(method, on))]).toEqual([
          name,
          method,
          on,
          ...missing({ message: 'App does not exist', status: 'APP_NOT_FOUND_STATUS' }),
        ]);
    }
    expect(await send('PUT', '', { appName: 'nobody', name: 'x' })).toEqual(NO_APP);
    expect(await kobil.world.services.clients.find(kobil.world.system(kobil.master), { id: client.id })).not.toBeNull();
  });

  it('40 makes nothing for a caller who may only change apps', async () => {
    const writer = kobil.token(kobil.acme, 'client:write');
    expect(await send('POST', '', { appName }, writer)).toEqual(FORBIDDEN);
    const maker = kobil.token(kobil.acme, 'client:create');
    expect(await send('POST', '', { appName }, maker)).toEqual(CREATED);
    expect(await send('PUT', '', { appName, name: 'x' }, maker)).toEqual(FORBIDDEN);
    expect(await send('DELETE', at(appName), undefined, maker)).toEqual(FORBIDDEN);
  });

  it('answer below the host of the tenant as well, by a name in the path or in the query', async () => {
    const headers = { host: 'acme.id.example.com' };
    const below = (method: string, path: string, body?: unknown) =>
      kobil.ask(method, `/digitanium/v4/${path}`, { token, headers, body });
    appName = `tide-${count}`;
    expect(await below('POST', 'apps', { appName, name: 'Low' })).toEqual(CREATED);
    expect(await below('PUT', 'apps/', { appName, name: 'High' })).toEqual(UPDATED);
    const shown = [200, { ...answer('App info fetched successfully'), data: await infoOf() }];
    expect(await below('GET', `apps/${appName}`)).toEqual(shown);
    expect(await below('GET', `app/fetch?appname=${appName}`)).toEqual(shown);
    expect((await below('GET', 'apps'))[0]).toBe(200);
    const secret = [200, { ...answer('App credential fetched successfully', 'OK', 5), data: await secretOf() }];
    expect(await below('GET', `apps/${appName}/credentials`)).toEqual(secret);
    expect(await below('GET', `app/secret?appname=${appName}`)).toEqual(secret);
    const renewed = [200, { ...answer('App credential regenerated successfully'), data: expect.stringMatching(UUID) }];
    expect(await below('POST', `apps/${appName}/credentials`)).toEqual(renewed);
    expect(await below('POST', `app/secret?appname=${appName}`)).toEqual(renewed);
    expect(await below('DELETE', `app/remove?appname=${appName}`)).toEqual([200, answer('App deleted successfully')]);
    expect(await below('DELETE', `apps/${appName}`)).toEqual(NO_APP);
    expect(await below('GET', `app/fetch?appname=${appName}`)).toEqual(NO_APP);
    for (const [method, path] of [
      ['GET', 'app/fetch'],
      ['DELETE', 'app/remove'],
      ['POST', 'app/secret'],
    ] as const)
      expect(await below(method, path)).toEqual(UNUSABLE);
  });
});
