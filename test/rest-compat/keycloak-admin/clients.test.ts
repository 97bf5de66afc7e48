import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { TENANT_ADMINISTRATOR_PERMISSIONS } from '../../../src/roles/administration.ts';
import { realmOfSuite } from '../../support/realm.ts';

const HIDDEN = '**********';
const UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden' }];
const UNKNOWN = [404, { error: 'Could not find client' }];
const CANNOT_PARSE = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];

describe('clients of the administration', () => {
  const realm = realmOfSuite();
  let admin: KeycloakAdminClient;
  let token: string;
  let other: TenantRef;
  let count = 0;
  const nextName = () => `tide ${++count}`;

  /** A token of an application with these permissions. */
  const tokenWith = async (tenant: TenantRef, ...permissions: string[]): Promise<string> => {
    const { client, secret } = await realm.world.newClient(tenant, {
      clientId: `caller-${++count}`,
      grantTypes: ['client_credentials'],
      permissions,
    });
    const answer = await realm.rest.ask('POST', `/t/${tenant.name}/oauth/token`, {
      headers: {
        authorization: `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    return answer.json.access_token;
  };
  const send = async (method: string, path: string, body?: unknown, as = token) => {
    const { status, json } = await realm.rest.ask(method, `/admin/realms/acme${path}`, { token: as, body });
    return [status, json];
  };
  const create = async (members: object = {}, as = token): Promise<string> => {
    const clientId = nextName();
    const answer = await realm.rest.ask('POST', '/auth/admin/realms/acme/clients', {
      token: as,
      body: { clientId, ...members },
    });
    expect([answer.status, answer.text]).toEqual([201, '']);
    const [, id = ''] = /\/auth\/admin\/realms\/acme\/clients\/([^/]+)$/.exec(answer.headers.location!) ?? [];
    expect(id).toMatch(UUID);
    return id;
  };
  const shown = async (id: string) => {
    const [status, client] = await send('GET', `/clients/${id}`);
    expect(status).toBe(200);
    return client;
  };
  const stored = async (id: string) => (await realm.world.services.clients.findIn(realm.acme.id, id))!;
  const eventsOf = async (clientId: string) =>
    (await realm.world.events(realm.acme)).filter((event) => event.client_id === clientId).map(({ type }) => type);
  const builtin = async (clientId: string) =>
    (await realm.world.services.clients.find(realm.world.system(realm.acme), { clientId }))!;
  const proves = async (clientId: string, secret: string) =>
    (await realm.world.services.clientAuthenticator.authenticate(realm.acme.id, clientId, secret)) !== null;

  beforeAll(async () => {
    const { world } = realm;
    other = await realm.tenant({ name: 'other' });
    // The client compares the end of the token with the time of its process.
    world.clock.advance((Date.now() - world.clock.now().getTime()) / 1000);
    token = await tokenWith(realm.acme, ...TENANT_ADMINISTRATOR_PERMISSIONS);
    admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${realm.rest.port}`, realmName: 'acme' });
    admin.setAccessToken(token);
  });

  describe('by the stock client', () => {
    it('are made, found, changed and deleted', async () => {
      const { id } = await admin.clients.create({ clientId: 'harbour', name: 'Harbour', redirectUris: ['/cb'] });
      const one = {
        id,
        clientId: 'harbour',
        name: 'Harbour',
        enabled: true,
        publicClient: false,
        consentRequired: false,
        fullScopeAllowed: true,
        standardFlowEnabled: true,
        directAccessGrantsEnabled: false,
        serviceAccountsEnabled: false,
        bearerOnly: false,
        frontchannelLogout: false,
        implicitFlowEnabled: false,
        surrogateAuthRequired: false,
        alwaysDisplayInConsole: false,
        authorizationServicesEnabled: false,
        clientAuthenticatorType: 'client-secret',
        secret: HIDDEN,
        redirectUris: ['/cb'],
        webOrigins: [],
        defaultRoles: [],
        attributes: {},
        authenticationFlowBindingOverrides: {},
        registeredNodes: {},
        nodeReRegistrationTimeout: -1,
        notBefore: 0,
        protocol: 'openid-connect',
        protocolMappers: [],
        defaultClientScopes: ['acr', 'basic', 'email', 'profile', 'roles', 'web-origins'],
        optionalClientScopes: ['address', 'microprofile-jwt', 'offline_access', 'phone'],
        access: { view: true, configure: true, manage: true },
      };
      expect(await admin.clients.find({ clientId: 'harbour' })).toEqual([one]);
      expect(await admin.clients.findOne({ id })).toEqual(one);
      expect(await admin.clients.find({ clientId: 'harb' })).toEqual([]);
      expect(await admin.clients.find({ clientId: 'HARB', search: true })).toEqual([one]);
      await admin.clients.update({ id }, { ...one, name: 'Pier', attributes: { berth: '7' } });
      expect(await admin.clients.findOne({ id })).toEqual({ ...one, name: 'Pier', attributes: { berth: '7' } });
      await admin.clients.del({ id });
      expect(await admin.clients.findOne({ id })).toBeNull();
      expect(await eventsOf('harbour')).toEqual(['client.created', 'client.updated', 'client.deleted']);
    });

    it('have secrets and service accounts', async () => {
      const { id } = await admin.clients.create({ clientId: 'crane', serviceAccountsEnabled: true });
      const first = await admin.clients.getClientSecret({ id });
      expect(first).toEqual({ type: 'secret', value: expect.stringMatching(UUID) });
      const second = await admin.clients.generateNewClientSecret({ id });
      expect(second).toEqual({ type: 'secret', value: expect.stringMatching(UUID) });
      expect(second.value).not.toBe(first.value);
      expect([await proves('crane', first.value!), await proves('crane', second.value!)]).toEqual([false, true]);
      const authority = realm.world.system(realm.acme);
      await realm.world.services.clients.rotateSecret(authority, id, {
        kind: 'oauth',
        text: 'third',
        overlapSeconds: 600,
      });
      expect(await proves('crane', second.value!)).toBe(true);
      await admin.clients.invalidateSecret({ id });
      expect([await proves('crane', second.value!), await proves('crane', 'third')]).toEqual([false, true]);
      const types = await eventsOf('crane');
      expect(types.at(-1)).toBe('client.secret_ended');
      await admin.clients.invalidateSecret({ id });
      expect(await eventsOf('crane')).toEqual(types);
      expect(await admin.clients.getServiceAccountUser({ id })).toMatchObject({
        id,
        username: 'service-account-crane',
        enabled: true,
      });
      const { id: other } = await admin.clients.create({ clientId: 'winch' });
      await expect(admin.clients.getServiceAccountUser({ id: other })).rejects.toThrow(
        "Service account not enabled for the client 'winch'",
      );
    });

    it('have sessions and settings for their adapters', async () => {
      const { client, form } = await realm.client();
      const user = await realm.user();
      expect(await admin.clients.getSessionCount({ id: client.id })).toEqual({ count: 0 });
      const { json } = await realm.signIn(form, user);
      const now = realm.world.clock.now().getTime();
      const session = {
        id: json.session_state,
        username: user.username,
        userId: user.id,
        ipAddress: expect.any(String),
        start: now,
        lastAccess: now,
        rememberMe: false,
        transientUser: false,
      };
      expect(await admin.clients.listSessions({ id: client.id, first: 0, max: 5 })).toEqual([session]);
      expect(await admin.clients.getSessionCount({ id: client.id })).toEqual({ count: 1 });
      await realm.signIn(form, user, { scope: 'openid offline_access' });
      expect(await admin.clients.listOfflineSessions({ id: client.id })).toEqual([
        {
          id: expect.stringMatching(UUID),
          username: user.username,
          userId: user.id,
          start: now,
          lastAccess: now,
          rememberMe: false,
          transientUser: false,
        },
      ]);
      expect(await admin.clients.getOfflineSessionCount({ id: client.id })).toEqual({ count: 1 });
      expect(await admin.clients.pushRevocation({ id: client.id })).toEqual({});
      const { id } = await admin.clients.create({ clientId: 'deck', publicClient: true });
      const settings = await admin.clients.getInstallationProviders({
        id,
        providerId: 'keycloak-oidc-keycloak-json',
      });
      expect(settings).toEqual({
        realm: 'acme',
        'auth-server-url': 'https://id.example.com/',
        'ssl-required': 'external',
        resource: 'deck',
        'public-client': true,
        'confidential-port': 0,
      });
    });
  });

  describe('as they are sent', () => {
    it('keep what is sent, and unknown attributes', async () => {
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
        alwaysDisplayInConsole: true,
        authorizationServicesEnabled: true,
        clientAuthenticatorType: 'client-jwt',
        rootUrl: 'https://tides.example/app/',
        baseUrl: '/today',
        adminUrl: 'https://tides.example/admin',
        redirectUris: ['https://tides.example/w/*', '/cb', 'org.tides.app:/cb'],
        webOrigins: ['https://tides.example', '*'],
        defaultRoles: ['read'],
        attributes: { shade: 'deep', 'pkce.code.challenge.method': 'S256' },
        authenticationFlowBindingOverrides: { browser: 'with-otp' },
        nodeReRegistrationTimeout: 30,
        notBefore: 1_600_000_000,
        defaultClientScopes: ['email'],
        optionalClientScopes: ['phone'],
      };
      const mapper = {
        name: 'badge',
        protocol: 'openid-connect',
        protocolMapper: 'oidc-usermodel-attribute-mapper',
        config: { 'claim.name': 'badge', 'access.token.claim': true, multivalued: null },
      };
      const ignored = { id: 'x', registeredNodes: { a: 1 }, access: { view: false }, origin: 'y', depth: 4 };
      const id = await create({ ...sent, ...ignored, protocol: 'openid-connect', protocolMappers: [mapper] });
      expect(await shown(id)).toMatchObject({
        ...sent,
        id,
        registeredNodes: {},
        access: { view: true, configure: true, manage: true },
        protocolMappers: [
          {
            id: expect.stringMatching(UUID),
            name: 'badge',
            protocol: 'openid-connect',
            protocolMapper: 'oidc-usermodel-attribute-mapper',
            consentRequired: false,
            config: { 'claim.name': 'badge', 'access.token.claim': 'true' },
          },
        ],
      });
      expect(await stored(id)).toMatchObject({
        grantTypes: ['client_credentials', 'password', 'refresh_token'],
        redirects: [
          { uri: 'https://tides.example/w/*', match: 'wildcard' },
          { uri: '/cb', match: 'exact' },
          { uri: 'org.tides.app:/cb', match: 'exact' },
        ],
      });
    });

    it('are resource servers with `authorizationServicesEnabled`, unless they are public', async () => {
      const id = await create({ authorizationServicesEnabled: true });
      expect(await stored(id)).toMatchObject({ metadata: { is_resource_server: true } });
      const put = (body: object) => send('PUT', `/clients/${id}`, body);
      expect(await put({ authorizationServicesEnabled: null })).toEqual([204, undefined]);
      expect((await shown(id)).authorizationServicesEnabled).toBe(true);
      expect(await put({ authorizationServicesEnabled: false })).toEqual([204, undefined]);
      expect((await shown(id)).authorizationServicesEnabled).toBe(false);
      const refused = { publicClient: true, authorizationServicesEnabled: true };
      expect(await send('POST', '/clients', refused)).toEqual([
        400,
        { errorMessage: 'A member of the metadata of the client is not valid.' },
      ]);
    });

    it('are named by the service where no name is sent', async () => {
      for (const clientId of [undefined, null, '']) {
        const id = await create({ clientId });
        expect((await shown(id)).clientId).toMatch(UUID);
      }
    });

    it('change in what is sent, null counts as absent, and one mapper keeps its id', async () => {
      const mapperOf = (name: string, value: string) => ({
        name,
        protocolMapper: 'oidc-hardcoded-claim-mapper',
        config: { 'claim.name': name, 'claim.value': value },
      });
      const id = await create({ attributes: { a: '1', b: '2' }, protocolMappers: [mapperOf('a', '1')], name: 'N' });
      const before = await shown(id);
      const { clientId } = before;
      expect(await send('PUT', `/clients/${id}`, { name: null, enabled: null })).toEqual([204, undefined]);
      expect(await shown(id)).toEqual(before);
      const change = {
        clientId,
        name: '',
        description: 'Deep',
        attributes: { a: '', c: '3' },
        protocolMappers: [mapperOf('b', '2'), mapperOf('a', '9')],
        directAccessGrantsEnabled: true,
        redirectUris: ['/next'],
      };
      expect(await send('PUT', `/clients/${id}`, change)).toEqual([204, undefined]);
      const after = await shown(id);
      expect(after).toMatchObject({
        description: 'Deep',
        attributes: { b: '2', c: '3' },
        directAccessGrantsEnabled: true,
        redirectUris: ['/next'],
      });
      expect(after).not.toHaveProperty('name');
      expect(after.protocolMappers.map((mapper: { name: string }) => mapper.name)).toEqual(['b', 'a']);
      expect(after.protocolMappers[1].id).toBe(before.protocolMappers[0].id);
      expect(await send('PUT', `/clients/${id}`, change)).toEqual([204, undefined]);
      expect(await eventsOf(clientId)).toEqual(['client.created', 'client.updated']);
    });

    it('are not deleted while they are locked', async () => {
      const id = await create();
      await realm.world.services.clients.update(realm.world.system(realm.acme), id, { isDeletionLocked: true });
      const refused = [400, { errorMessage: 'The client is locked against deletion.' }];
      expect(await send('DELETE', `/clients/${id}`)).toEqual(refused);
      expect((await stored(id)).id).toBe(id);
    });

    it('get another secret, by callers who may replace secrets', async () => {
      const id = await create({ secret: 'ebb' });
      const { clientId } = await shown(id);
      expect(await send('GET', `/clients/${id}/client-secret`)).toEqual([200, { type: 'secret', value: 'ebb' }]);
      for (const secret of [HIDDEN, '', null, 'ebb'])
        expect(await send('PUT', `/clients/${id}`, { secret })).toEqual([204, undefined]);
      expect(await eventsOf(clientId)).toEqual(['client.created', 'client.secret_read']);
      const writer = await tokenWith(
        realm.acme,
        ...TENANT_ADMINISTRATOR_PERMISSIONS.filter((permission) => permission !== 'client-secret:rotate'),
      );
      expect(await send('PUT', `/clients/${id}`, { secret: 'flow', name: 'x' }, writer)).toEqual(FORBIDDEN);
      expect(await shown(id)).not.toHaveProperty('name');
      expect(await send('PUT', `/clients/${id}`, { secret: 'flow' })).toEqual([204, undefined]);
      expect([await proves(clientId, 'ebb'), await proves(clientId, 'flow')]).toEqual([false, true]);
      expect((await send('GET', `/clients/${id}/client-secret`))[1].value).toBe('flow');
      const open = await create({ publicClient: true, secret: 'unused' });
      expect(await send('PUT', `/clients/${open}`, { secret: 'x' })).toEqual([
        400,
        { errorMessage: 'A public client has no secret.' },
      ]);
      expect(await send('GET', `/clients/${open}/client-secret`)).toEqual([200, { type: 'secret' }]);
      expect(await shown(open)).not.toHaveProperty('secret');
      expect((await send('POST', `/clients/${open}/client-secret`))[0]).toBe(400);
    });

    it('hide a secret of which only the hash is kept', async () => {
      const { client } = await realm.world.newClient(realm.acme);
      expect(await send('GET', `/clients/${client.id}/client-secret`)).toEqual([
        200,
        { type: 'secret', value: HIDDEN },
      ]);
      const settings = await realm.rest.ask(
        'GET',
        `/auth/admin/realms/acme/clients/${client.id}/installation/providers/keycloak-oidc-keycloak-json`,
        { token },
      );
      expect(settings.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(JSON.parse(settings.text)).toMatchObject({
        'auth-server-url': 'https://id.example.com/auth/',
        credentials: { secret: HIDDEN },
      });
    });
  });

  describe('of the service', () => {
    it('are listed, switched off and on, and neither changed nor deleted', async () => {
      const [, all] = await send('GET', '/clients');
      const names = all.map(({ clientId }: { clientId: string }) => clientId);
      expect(names).toEqual(expect.arrayContaining(['account', 'admin-cli', 'broker', 'realm-management']));
      const { id, clientId } = await builtin('admin-cli');
      expect(await send('DELETE', `/clients/${id}`)).toEqual(FORBIDDEN);
      expect(await send('PUT', `/clients/${id}`, { name: 'Mine' })).toEqual(FORBIDDEN);
      expect(await send('PUT', `/clients/${id}`, { redirectUris: ['https://evil.example/'] })).toEqual(FORBIDDEN);
      expect(await send('PUT', `/clients/${id}`, { clientId, enabled: false })).toEqual([204, undefined]);
      expect((await shown(id)).enabled).toBe(false);
      expect(await send('PUT', `/clients/${id}`, { enabled: true })).toEqual([204, undefined]);
    });

    it('get their secret when it is first read', async () => {
      const { id } = await builtin('broker');
      const [status, first] = await send('GET', `/clients/${id}/client-secret`);
      expect([status, first]).toEqual([200, { type: 'secret', value: expect.stringMatching(UUID) }]);
      expect(await send('GET', `/clients/${id}/client-secret`)).toEqual([200, first]);
      expect(await proves('broker', first.value)).toBe(true);
      expect(await send('POST', `/clients/${id}/client-secret`)).toEqual(FORBIDDEN);
      expect(await send('DELETE', `/clients/${id}/client-secret/rotated`)).toEqual(FORBIDDEN);
      const { id: open } = await builtin('account');
      expect(await send('GET', `/clients/${open}/client-secret`)).toEqual([200, { type: 'secret' }]);
    });
  });

  describe('in lists', () => {
    it('have pages, by client_id', async () => {
      const [, all] = await send('GET', '/clients');
      const ids = all.map(({ id }: { id: string }) => id);
      const pageOf = async (query: string) =>
        (await send('GET', `/clients?${query}`))[1].map(({ id }: { id: string }) => id);
      expect(await pageOf('first=2&max=3')).toEqual(ids.slice(2, 5));
      expect(await pageOf('first=2&max=-1')).toEqual(ids.slice(2));
      expect(await pageOf(`first=${ids.length}`)).toEqual([]);
      expect(await pageOf('max=0')).toEqual([]);
      expect(await pageOf('clientId=&viewableOnly=true')).toEqual(ids);
      expect(await send('GET', '/clients?max=10001')).toEqual([400, { errorMessage: 'max must not exceed 10000' }]);
      for (const query of ['max=x', 'first=1.5', 'search=maybe'])
        expect(await send('GET', `/clients?${query}`)).toEqual([400, { error: 'HTTP 400 Bad Request' }]);
    });

    it('say what the caller may do', async () => {
      const viewer = await tokenWith(realm.acme, 'client:read');
      const [status, found] = await send('GET', '/clients?clientId=account', undefined, viewer);
      expect([status, found[0].access]).toEqual([200, { view: true, configure: false, manage: false }]);
    });

    it('leave out apps on devices of users, which are not found either', async () => {
      const app = await realm.world.newAppInstance(realm.acme);
      const [, found] = await send('GET', `/clients?clientId=${encodeURIComponent(app.clientId)}`);
      expect(found).toEqual([]);
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['GET', '/client-secret'],
        ['GET', '/user-sessions'],
      ])
        expect(await send(method!, `/clients/${app.id}${path}`)).toEqual(UNKNOWN);
    });
  });

  describe('that are refused', () => {
    it.each([
      '*',
      '',
      'http://tides.example/cb',
      'https://*.tides.example/',
      'https://tides.example*',
      'https://tides.example/#x',
      '//tides.example/*',
      'javascript:alert(1)',
    ])('the redirect address %j', async (uri) => {
      const refused = [400, { errorMessage: 'Invalid redirect uri' }];
      expect(await send('POST', '/clients', { clientId: nextName(), redirectUris: [uri] })).toEqual(refused);
      const id = await create({ redirectUris: ['/cb'] });
      expect(await send('PUT', `/clients/${id}`, { redirectUris: ['/ok', uri] })).toEqual(refused);
      expect((await shown(id)).redirectUris).toEqual(['/cb']);
    });

    it.each([
      [],
      7,
      null,
      { enabled: 'true' },
      { redirectUris: [1] },
      { attributes: [] },
      { notBefore: 1.5 },
      { protocolMappers: [{}] },
      { defaultClientScopes: 'email' },
    ])('the body %j', async (body) => {
      expect(await send('POST', '/clients', body)).toEqual(CANNOT_PARSE);
    });

    it.each([
      [{ clientId: 'ü' }, 'A client_id has 1 to 255 printable ASCII characters.'],
      [{ defaultClientScopes: ['nothing'] }, 'The scope does not exist.'],
      [{ rootUrl: 'tides.example' }, 'A member of the metadata of the client is not valid.'],
      [{ publicClient: true, serviceAccountsEnabled: true }, 'The client cannot have this grant.'],
      [{ notBefore: 8_000_000_000 }, 'Could not store the client'],
      [{ secret: 'ä' }, 'Could not store the client'],
    ])('the values %j', async (members, errorMessage) => {
      expect(await send('POST', '/clients', { clientId: nextName(), ...members })).toEqual([400, { errorMessage }]);
    });

    it('another protocol, and an unknown type of mappers', async () => {
      expect(await send('POST', '/clients', { protocol: 'saml' })).toEqual([
        400,
        { errorMessage: 'Unexpected protocol' },
      ]);
      const protocolMappers = [{ name: 'a', protocolMapper: 'nothing' }];
      expect(await send('POST', '/clients', { protocolMappers })).toEqual([
        404,
        { error: 'ProtocolMapper provider not found' },
      ]);
    });

    it('more than can be kept', async () => {
      expect(await send('POST', '/clients', { attributes: { wave: 'x'.repeat(70_000) } })).toEqual([
        400,
        { errorMessage: 'A member of the metadata of the client is not valid.' },
      ]);
    });

    it('two mappers of one name, and too many', async () => {
      const mapper = { name: 'a', protocolMapper: 'oidc-audience-mapper' };
      const many = Array.from({ length: 100 }, (_, at) => ({
        ...mapper,
        name: `m${at}`,
        config: { text: 'x'.repeat(1000) },
      }));
      const id = await create();
      for (const [protocolMappers, errorMessage] of [
        [[mapper, mapper], 'There is a mapper with this name.'],
        [many, 'A client or scope has at most 100 mappers, of 64 KiB together.'],
      ] as const) {
        expect(await send('POST', '/clients', { protocolMappers })).toEqual([400, { errorMessage }]);
        expect(await send('PUT', `/clients/${id}`, { protocolMappers })).toEqual([400, { errorMessage }]);
      }
    });

    it('a name that is taken, another name, and another type', async () => {
      const id = await create();
      const { clientId } = await shown(id);
      expect(await send('POST', '/clients', { clientId })).toEqual([
        409,
        { errorMessage: `Client ${clientId} already exists` },
      ]);
      expect(await send('PUT', `/clients/${id}`, { clientId: 'other', name: 'x' })).toEqual([
        400,
        { errorMessage: 'The client_id of a client cannot be changed.' },
      ]);
      expect(await send('PUT', `/clients/${id}`, { publicClient: true })).toEqual([
        400,
        { errorMessage: 'The type of a client cannot be changed.' },
      ]);
      expect(await shown(id)).not.toHaveProperty('name');
    });

    it('unknown ones, those of other realms, and texts that are no id', async () => {
      const theirs = await realm.world.newClient(other);
      for (const id of ['nothing', theirs.client.id, '~', `cli~${other.route}~${theirs.client.id}`, 'app~aaaaaaaa~x'])
        for (const [method, path, body] of [
          ['GET', ''],
          ['PUT', '', { name: 'x' }],
          ['DELETE', ''],
          ['GET', '/client-secret'],
          ['POST', '/client-secret'],
          ['DELETE', '/client-secret/rotated'],
          ['GET', '/service-account-user'],
          ['GET', '/user-sessions'],
          ['GET', '/session-count'],
          ['GET', '/offline-sessions'],
          ['GET', '/offline-session-count'],
          ['POST', '/push-revocation'],
        ] as const)
          expect([id, method, path, ...(await send(method, `/clients/${id}${path}`, body))]).toEqual([
            id,
            method,
            path,
            ...UNKNOWN,
          ]);
      const id = await create();
      const settings = '/installation/providers/keycloak-oidc-keycloak-json';
      expect(await send('GET', `/clients/${theirs.client.id}${settings}`)).toEqual(UNKNOWN);
      expect(await send('GET', `/clients/${id}/installation/providers/saml`)).toEqual([
        404,
        { error: 'Unknown Provider' },
      ]);
    });

    it('callers who lack the permission for a part', async () => {
      const id = await create({ serviceAccountsEnabled: true });
      const viewer = await tokenWith(realm.acme, 'client:read', 'client:write');
      for (const [method, path] of [
        ['DELETE', ''],
        ['GET', '/client-secret'],
        ['POST', '/client-secret'],
        ['GET', '/service-account-user'],
        ['GET', '/user-sessions'],
        ['GET', '/installation/providers/keycloak-oidc-keycloak-json'],
      ] as const)
        expect([path, ...(await send(method, `/clients/${id}${path}`, undefined, viewer))]).toEqual([
          path,
          ...FORBIDDEN,
        ]);
      const maker = await tokenWith(realm.acme, 'client:create', 'client:read');
      const made = await create({ redirectUris: ['https://evil.example/cb'] }, maker);
      expect((await shown(made)).fullScopeAllowed).toBe(false);
      expect(await send('PUT', `/clients/${made}`, { fullScopeAllowed: true }, viewer)).toEqual(FORBIDDEN);
    });
  });

  describe('have roles', () => {
    it('by the stock client: made, found, changed, granted and deleted', async () => {
      const { id } = await admin.clients.create({ clientId: 'lighthouse' });
      const roleName = 'keeper of/lamps';
      const made = await admin.clients.createRole({ id, name: roleName, description: 'Holds the lamp.' });
      expect(made).toEqual({ roleName: encodeURIComponent(roleName) });
      const one = {
        id: expect.stringMatching(UUID),
        name: roleName,
        description: 'Holds the lamp.',
        composite: false,
        clientRole: true,
        containerId: id,
      };
      expect(await admin.clients.listRoles({ id })).toEqual([one]);
      expect(await admin.clients.findRole({ id, roleName })).toMatchObject(one);
      await admin.clients.updateRole({ id, roleName }, { name: roleName, description: 'Rests.' });
      const changed = await admin.clients.findRole({ id, roleName });
      expect(changed?.description).toBe('Rests.');
      const user = await realm.user();
      await realm.world.grantRole(realm.acme, { roleId: changed!.id!, holderKind: 'user', holderId: user.id });
      expect(await admin.clients.findUsersWithRole({ id, roleName })).toEqual([
        expect.objectContaining({ id: user.id, username: user.username }),
      ]);
      await admin.clients.delRole({ id, roleName });
      expect(await admin.clients.findRole({ id, roleName })).toBeNull();
      expect(await admin.clients.listRoles({ id })).toEqual([]);
    });

    it('which are refused without a name, twice, for unknown clients, and for those of the service', async () => {
      const id = await create();
      expect(await send('POST', `/clients/${id}/roles`, { description: 'x' })).toEqual([
        400,
        { error: 'role has no name' },
      ]);
      const answer = await realm.rest.ask('POST', `/auth/admin/realms/acme/clients/${id}/roles`, {
        token,
        body: { name: 'a' },
      });
      expect([answer.status, answer.headers.location]).toEqual([
        201,
        `https://id.example.com/auth/admin/realms/acme/clients/${id}/roles/a`,
      ]);
      expect(await send('POST', `/clients/${id}/roles`, { name: 'a' })).toEqual([
        409,
        { errorMessage: 'Role with name a already exists' },
      ]);
      const missing = [404, { error: 'Could not find role' }];
      for (const [method, path] of [
        ['GET', '/roles/b'],
        ['PUT', '/roles/b'],
        ['DELETE', '/roles/b'],
        ['GET', '/roles/b/users'],
      ] as const) {
        const body = method === 'PUT' ? {} : undefined;
        expect(await send(method, `/clients/${id}${path}`, body)).toEqual(missing);
        expect(await send(method, `/clients/nothing${path}`, body)).toEqual(UNKNOWN);
      }
      expect(await send('GET', '/clients/nothing/roles')).toEqual(UNKNOWN);
      expect(await send('POST', '/clients/nothing/roles', { name: 'a' })).toEqual(UNKNOWN);
      const management = await builtin('realm-management');
      const [, roles] = await send('GET', `/clients/${management.id}/roles?search=VIEW-U`);
      expect(roles.map(({ name }: { name: string }) => name)).toEqual(['view-users']);
      expect(await send('DELETE', `/clients/${management.id}/roles/view-users`)).toEqual(FORBIDDEN);
      expect(await send('PUT', `/clients/${management.id}/roles/view-users`, { name: 'x' })).toEqual(FORBIDDEN);
    });
  });

  it('show the sessions of one client alone, without those whose tokens ended', async () => {
    const [one, two] = [await realm.client(), await realm.client()];
    const user = await realm.user();
    const { json } = await realm.signIn(one.form, user);
    await realm.signIn(two.form, user);
    const sessionsOf = async ({ client }: typeof one) =>
      (await send('GET', `/clients/${client.id}/user-sessions`))[1].map(({ id }: { id: string }) => id);
    expect(await sessionsOf(one)).toEqual([json.session_state]);
    expect(await sessionsOf(two)).toHaveLength(1);
    await realm.post('revoke', { ...one.form, token: json.refresh_token });
    expect(await sessionsOf(one)).toEqual([]);
    const lasting = await realm.signIn(two.form, user, { scope: 'offline_access' });
    const [, offline] = await send('GET', `/clients/${two.client.id}/offline-sessions?max=1`);
    expect(offline).toHaveLength(1);
    expect(await send('GET', `/clients/${one.client.id}/offline-sessions`)).toEqual([200, []]);
    const ofUser = (clientId: string, id = user.id) => send('GET', `/users/${id}/offline-sessions/${clientId}`);
    expect(await ofUser(two.client.id)).toEqual([200, offline]);
    expect(await ofUser(one.client.id)).toEqual([200, []]);
    expect(await ofUser(two.client.id, (await realm.user()).id)).toEqual([200, []]);
    for (const id of ['none', newId(), (await realm.user({}, other)).id])
      expect(await ofUser(two.client.id, id)).toEqual([404, { error: 'User not found' }]);
    for (const id of ['none', newId(), (await realm.client({}, other)).client.id])
      expect(await ofUser(id)).toEqual(UNKNOWN);
    await realm.post('revoke', { ...two.form, token: lasting.json.refresh_token });
    expect(await send('GET', `/clients/${two.client.id}/offline-session-count`)).toEqual([200, { count: 0 }]);
  });
});
