import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { parsePermissions } from '../../../src/roles/index.ts';
import { World } from '../../support/world.ts';

describe('clients over GraphQL', () => {
  let world: World;
  let master: TenantRef;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  const CREATE = `mutation ($input: CreateClientInput!) {
    createClient(input: $input) { clientId secret restSecret client { id clientUuid clientId grantTypes permissions
      redirects { uri match } scopes { name isDefault } secrets { kind isReadable expiresAt } } } }`;
  const CLIENT = 'query ($clientId: ID!) { client(clientId: $clientId) { id clientId name type } }';
  const admin = (tenant: TenantRef, ...more: string[]) =>
    world.app(
      tenant,
      'client:read',
      'client:create',
      'client:write',
      'client:delete',
      'client-secret:read',
      'client-secret:rotate',
      ...more,
    );

  it('shows of a client of another version what this one serves; unknown permissions grant nothing', async () => {
    const { client } = await world.newClient(acme, { grantTypes: ['refresh_token'], permissions: ['user:read'] });
    await sql`update clients set grants = '{implicit,refresh_token}', permissions = '{webhook:read:all,user:read}'
      where tenant_id = ${acme.id} and id = ${client.id}`.execute(world.db.read());
    const document = 'query ($clientId: ID!) { client(clientId: $clientId) { grantTypes } }';
    const { data, errors } = await world.graphql(admin(acme), document, { clientId: client.clientId });
    expect(errors).toEqual([]);
    expect(data.client.grantTypes).toEqual(['REFRESH_TOKEN']);
    const stored = await world.services.clients.find(world.system(acme), { clientId: client.clientId });
    expect(stored!.permissions).toContain('webhook:read:all');
    expect(parsePermissions(stored!.permissions).map(formatScope)).toEqual(['user:read']);
  });

  it('registers a client and shows its secrets once', async () => {
    const input = {
      clientId: 'shop',
      grantTypes: ['PASSWORD', 'CLIENT_CREDENTIALS'],
      redirects: [{ uri: 'https://shop.example/', match: 'PREFIX' }, { uri: 'http://localhost:3000/cb' }],
      permissions: ['user:read'],
      scopes: [{ name: 'openid', isDefault: true }, { name: 'profile' }],
      withRestSecret: true,
      keepSecretReadable: true,
    };
    const opened = ['federation-link:bind', 'federation-link:write', 'user:delete'];
    expect((await world.graphql(admin(acme, 'user:read'), CREATE, { input })).code).toBe('PERMISSION_ESCALATION');
    const holder = admin(acme, 'user:read', ...opened);
    const { data, errors } = await world.graphql(holder, CREATE, { input });
    expect(errors).toEqual([]);
    const { client, secret, restSecret } = data.createClient;
    const { id } = client;
    expect(id).toBe(`cli~${acme.route}~${client.clientUuid}`);
    expect([secret, restSecret].every((text) => /^[\w-]{43}$/.test(text))).toBe(true);
    expect(client).toMatchObject({
      clientId: 'shop',
      grantTypes: ['CLIENT_CREDENTIALS', 'PASSWORD'],
      permissions: ['user:read'],
      redirects: [
        { uri: 'https://shop.example/', match: 'PREFIX' },
        { uri: 'http://localhost:3000/cb', match: 'EXACT' },
      ],
      scopes: [
        { name: 'openid', isDefault: true },
        { name: 'profile', isDefault: false },
      ],
    });
    expect(client.secrets).toHaveLength(2);
    const SECRET = 'query ($id: ID!, $kind: ClientSecretKind) { clientSecret(clientId: $id, kind: $kind) }';
    expect((await world.graphql(holder, SECRET, { id })).data).toEqual({ clientSecret: secret });
    expect((await world.graphql(holder, SECRET, { id, kind: 'REST' })).data).toEqual({ clientSecret: null });
    expect((await world.graphql(world.app(acme, 'client:write'), SECRET, { id })).code).toBe('FORBIDDEN');
  });

  it('stores metadata, shows it, and restores the default of a member for null', async () => {
    const MEMBERS = `applicationType responseTypes tokenEndpointAuthMethod clientUri logoUri policyUri tosUri userAgreementUri contacts
      defaultMaxAgeSeconds defaultAcrValues requireAuthTime initiateLoginUri consent pkce isResourceServer webOrigins rootUrl baseUrl adminUrl
      logoutUri organizationName isRegistrationEnabled isDeletionLocked
      specialFlow { type applicationId directoryIds userClaim } extra`;
    const create = `mutation ($input: CreateClientInput!) { createClient(input: $input) { clientId client { ${MEMBERS} } } }`;
    const update = `mutation ($input: UpdateClientInput!) { updateClient(input: $input) { client { ${MEMBERS} } } }`;
    const metadata = {
      applicationType: 'NATIVE',
      responseTypes: [],
      tokenEndpointAuthMethod: 'CLIENT_SECRET_POST',
      clientUri: 'https://app.example/',
      logoUri: 'https://app.example/logo.png',
      policyUri: 'https://app.example/policy',
      tosUri: 'https://app.example/terms',
      userAgreementUri: 'https://app.example/agreement',
      contacts: ['admin@app.example'],
      defaultMaxAgeSeconds: 3600,
      defaultAcrValues: ['2fa'],
      requireAuthTime: true,
      initiateLoginUri: 'https://app.example/begin',
      consent: 'TRUSTED',
      pkce: 'OPTIONAL',
      isResourceServer: true,
      webOrigins: ['https://app.example'],
      rootUrl: 'https://app.example/',
      baseUrl: '/start',
      adminUrl: 'https://app.example/admin',
      logoutUri: 'https://app.example/bye',
      organizationName: 'Harbour Ltd',
      isRegistrationEnabled: true,
      isDeletionLocked: true,
      specialFlow: {
        type: 'EXTERNAL_FACTOR',
        applicationId: '1fb3c0de-93a1-4a53-8d4b-5c2f5d7f0a10',
        directoryIds: ['9d6b1f0e-3c55-4a3c-9a35-0b8c2b8e1d11'],
        userClaim: 'OID',
      },
      extra: { alwaysDisplayInConsole: true },
    };
    const redirects = [{ uri: 'com.example.app:/cb' }];
    const made = await world.graphql(admin(acme), create, { input: { ...metadata, redirects } });
    expect(made.errors).toEqual([]);
    const { clientId, client } = made.data.createClient;
    expect(client).toEqual(metadata);
    const nothing = Object.fromEntries(Object.keys(metadata).map((name) => [name, null]));
    const input = { clientId, ...nothing, redirects: [] };
    const { data, errors } = await world.graphql(admin(acme), update, { input });
    expect(errors).toEqual([]);
    expect(data.updateClient.client).toEqual({
      ...nothing,
      applicationType: 'WEB',
      responseTypes: ['CODE'],
      contacts: [],
      defaultAcrValues: [],
      requireAuthTime: false,
      consent: 'REQUIRED',
      isResourceServer: false,
      webOrigins: [],
      isRegistrationEnabled: true,
      isDeletionLocked: false,
      extra: {},
    });
    const updated = (await world.events(acme)).findLast(({ type }) => type === 'client.updated');
    expect(updated!.params).toEqual({ changed: ['redirects', ...Object.keys(metadata)] });
  });

  it('gives creators who may not read clients only the id and the secret', async () => {
    const { data, code } = await world.graphql(world.app(acme, 'client:create'), CREATE, { input: {} });
    expect(data.createClient).toMatchObject({ secret: expect.any(String), client: null });
    expect(code).toBe('FORBIDDEN');
  });

  it.each([
    [{ clientId: 'ü' }, 'CLIENT_ID_INVALID', 'input.clientId'],
    [{ redirects: [{ uri: 'http://a.example/' }] }, 'CLIENT_REDIRECT_INVALID', 'input.redirects.0.uri'],
    [{ webOrigins: ['+', '*'] }, 'CLIENT_METADATA_INVALID', 'input.webOrigins.1'],
    [{ logoUri: 'https://a.example/#x' }, 'CLIENT_METADATA_INVALID', 'input.logoUri'],
    [{ tokenEndpointAuthMethod: 'NONE' }, 'CLIENT_METADATA_INVALID', 'input.tokenEndpointAuthMethod'],
    [{ redirects: [{ uri: 'com.example.app:/cb' }] }, 'CLIENT_REDIRECT_INVALID', 'input.redirects.0.uri'],
    [{ permissions: ['x:y'] }, 'PERMISSION_UNKNOWN', 'input.permissions.0'],
    [{ scopes: [{ name: 'nope' }] }, 'CLIENT_SCOPE_UNKNOWN', 'input.scopes.0.name'],
    [{ type: 'PUBLIC', grantTypes: ['CLIENT_CREDENTIALS'] }, 'CLIENT_GRANT_TYPE_INVALID', 'input.grantTypes.0'],
  ])('refuses %j with the path of the value', async (input, code, path) => {
    const { errors } = await world.graphql(admin(acme), CREATE, { input });
    expect(errors[0]?.extensions).toMatchObject({ code, fields: [{ path }] });
  });

  it('refuses permissions that the caller does not have', async () => {
    const result = await world.graphql(admin(acme), CREATE, { input: { permissions: ['user:read'] } });
    expect(result.code).toBe('PERMISSION_ESCALATION');
  });

  it('finds a client by global id, UUID or client_id, and none by nonsense', async () => {
    const { client } = await world.newClient(acme, { clientId: 'findable' });
    const ask = async (variables: Record<string, unknown>) => world.graphql(admin(acme), CLIENT, variables);
    const id = `cli~${acme.route}~${client.id}`;
    for (const variables of [{ clientId: id }, { clientId: client.id }, { clientId: 'findable' }]) {
      expect((await ask(variables)).data.client).toMatchObject({ id, clientId: 'findable', type: 'CONFIDENTIAL' });
    }
    for (const variables of [{ clientId: 'nonsense' }, { clientId: 'FINDABLE' }]) {
      expect((await ask(variables)).data.client).toBeNull();
    }
    expect((await ask({ clientId: 'a\u0000' })).code).toBe('INVALID_INPUT');
    expect((await ask({ clientId: `usr~${acme.route}~x` })).code).toBe('INVALID_INPUT');
    const node = await world.graphql(admin(acme), 'query ($id: ID!) { node(id: $id) { ... on Client { clientId } } }', {
      id,
    });
    expect(node.data.node).toEqual({ clientId: 'findable' });
  });

  it('changes a client by its client_id, also if that contains `~`', async () => {
    const UPDATE =
      'mutation ($id: ID!) { updateClient(input: { clientId: $id, name: "new" }) { client { clientId name } } }';
    for (const clientId of ['by-name', 'a~b', 'cli~short~x']) {
      await world.newClient(acme, { clientId });
      const { data } = await world.graphql(admin(acme), UPDATE, { id: clientId });
      expect(data.updateClient.client).toEqual({ clientId, name: 'new' });
    }
  });

  it('makes no client whose client_id is the UUID of another client, or has the form of a global id', async () => {
    const { client } = await world.newClient(acme);
    const code = async (clientId: string) => (await world.graphql(admin(acme), CREATE, { input: { clientId } })).code;
    expect(await code(client.id)).toBe('CLIENT_ID_TAKEN');
    expect(await code(client.id.toUpperCase())).toBe('CLIENT_ID_TAKEN');
    // A value of that form in an input names a tenant and a row, so the request itself is refused or the name is.
    expect(await code(`cli~${acme.route}~${client.id}`)).toBe('CLIENT_ID_INVALID');
  });

  it('shows, changes and deletes no client of another tenant', async () => {
    const { client } = await world.newClient(master, { clientId: 'theirs' });
    const id = `cli~${master.route}~${client.id}`;
    const UPDATE = 'mutation ($id: ID!) { updateClient(input: { clientId: $id, name: "mine" }) { client { id } } }';
    const DELETE = 'mutation ($id: ID!) { deleteClient(input: { clientId: $id }) { deletedClientId } }';
    const ROTATE = 'mutation ($id: ID!) { rotateClientSecret(input: { clientId: $id }) { secret } }';
    for (const document of [CLIENT.replaceAll('$clientId', '$id'), UPDATE, DELETE, ROTATE]) {
      expect((await world.graphql(admin(acme), document, { id })).code).toBe('FORBIDDEN');
    }
    for (const document of [UPDATE, DELETE, ROTATE]) {
      expect((await world.graphql(admin(acme), document, { id: client.id })).code).toBe('NOT_FOUND');
    }
    expect((await world.graphql(admin(acme), CLIENT, { clientId: client.id })).data.client).toBeNull();
  });

  it('shows the origins of pages that may call, and restores the default for null', async () => {
    const { client } = await world.newClient(acme, { type: 'public', redirects: [{ uri: 'https://spa.example/cb' }] });
    const UPDATE = 'mutation ($input: UpdateClientInput!) { updateClient(input: $input) { client { webOrigins } } }';
    const update = async (input: object) =>
      (await world.graphql(admin(acme), UPDATE, { input: { clientId: client.id, ...input } })).data.updateClient.client;
    expect(await update({ name: 'SPA' })).toEqual({ webOrigins: ['+'] });
    expect(await update({ webOrigins: ['https://a.example', '+'] })).toEqual({
      webOrigins: ['https://a.example', '+'],
    });
    expect(await update({ webOrigins: [] })).toEqual({ webOrigins: [] });
    expect(await update({ webOrigins: null })).toEqual({ webOrigins: ['+'] });
  });

  it('changes, rotates and deletes over the graph', async () => {
    const { client, secret } = await world.newClient(acme, { clientId: 'lively', name: 'Before' });
    const UPDATE =
      'mutation ($input: UpdateClientInput!) { updateClient(input: $input) { client { name isEnabled } } }';
    const update = async (input: object) =>
      (await world.graphql(admin(acme), UPDATE, { input: { clientId: client.id, ...input } })).data.updateClient.client;
    expect(await update({ isEnabled: null, name: 'After' })).toEqual({ name: 'After', isEnabled: true });
    expect(await update({ name: null })).toEqual({ name: null, isEnabled: true });
    const ROTATE = `mutation ($id: ID!) { rotateClientSecret(input: { clientId: $id, overlapSeconds: 60 }) {
      secret client { secrets { kind expiresAt } } } }`;
    const rotated = (await world.graphql(admin(acme), ROTATE, { id: client.id })).data.rotateClientSecret;
    expect(rotated.secret).not.toBe(secret);
    expect(rotated.client.secrets).toMatchObject([
      { kind: 'OAUTH', expiresAt: null },
      { kind: 'OAUTH', expiresAt: new Date(world.clock.now().getTime() + 60_000).toISOString() },
    ]);
    const DELETE = 'mutation ($id: ID!) { deleteClient(input: { clientId: $id }) { clientId } }';
    expect((await world.graphql(admin(acme), DELETE, { id: client.id })).data.deleteClient).toEqual({
      clientId: 'lively',
    });
  });

  it('takes the secret that the caller chose, and makes one in the form of a UUID', async () => {
    const chosen = { clientId: 'chosen', secret: 'quiet harbour 7', keepSecretReadable: true };
    const made = (await world.graphql(admin(acme), CREATE, { input: chosen })).data.createClient;
    expect([made.secret, made.client.secrets]).toEqual([
      'quiet harbour 7',
      [{ kind: 'OAUTH', isReadable: true, expiresAt: null }],
    ]);
    const ROTATE =
      'mutation ($input: RotateClientSecretInput!) { rotateClientSecret(input: $input) { secret client { clientId } } }';
    const rotate = (input: object) =>
      world.graphql(admin(acme), ROTATE, { input: { clientId: 'chosen', keepReadable: true, ...input } });
    expect((await rotate({ secret: 'louder harbour 8' })).data.rotateClientSecret.secret).toBe('louder harbour 8');
    expect((await rotate({ secretForm: 'UUID' })).data.rotateClientSecret.secret).toMatch(/^[\da-f-]{36}$/);
    expect((await rotate({ secret: '' })).code).toBe('INVALID_INPUT');
    const input = { type: 'PUBLIC', secretForm: 'UUID' };
    expect((await world.graphql(admin(acme), CREATE, { input })).code).toBe('CLIENT_PUBLIC');
    const open = { type: 'PUBLIC', keepSecretReadable: false, secret: null };
    expect((await world.graphql(admin(acme), CREATE, { input: open })).data.createClient.secret).toBeNull();
  });

  it('changes grant types and `extra` without naming the rest', async () => {
    await world.newClient(acme, { clientId: 'patched', grantTypes: ['password'], extra: { one: 1 } });
    const UPDATE = `mutation ($input: UpdateClientInput!) {
      updateClient(input: $input) { client { grantTypes extra redirects { uri } notBefore } } }`;
    const notBefore = world.clock.now().toISOString();
    const input = {
      clientId: 'patched',
      type: 'CONFIDENTIAL',
      addedGrantTypes: ['AUTHORIZATION_CODE', 'CLIENT_CREDENTIALS'],
      removedGrantTypes: ['PASSWORD'],
      extraChanges: { one: null, two: [2] },
      canLackRedirects: true,
      notBefore,
    };
    const { data, errors } = await world.graphql(admin(acme), UPDATE, { input });
    expect(errors).toEqual([]);
    expect(data.updateClient.client).toEqual({
      grantTypes: ['AUTHORIZATION_CODE', 'CLIENT_CREDENTIALS'],
      extra: { two: [2] },
      redirects: [],
      notBefore,
    });
    const updated = (await world.events(acme)).findLast(({ type }) => type === 'client.updated');
    expect(updated!.params).toEqual({ changed: ['grantTypes', 'notBefore', 'extra'] });
  });

  it('shows the service account of a client to callers who may read users, and ends it with the client', async () => {
    const ACCOUNT = 'serviceAccount { subject username }';
    const create = `mutation ($input: CreateClientInput!) { createClient(input: $input) { client { clientUuid ${ACCOUNT} } } }`;
    const input = { clientId: 'served', hasServiceAccount: true };
    const made = await world.graphql(admin(acme, 'user:read'), create, { input });
    expect(made.errors).toEqual([]);
    const { clientUuid, serviceAccount } = made.data.createClient.client;
    expect(serviceAccount).toEqual({ subject: clientUuid, username: 'service-account-served' });
    const show = `query ($id: ID!) { client(clientId: $id) { ${ACCOUNT} } }`;
    expect((await world.graphql(admin(acme), show, { id: 'served' })).code).toBe('FORBIDDEN');
    const update = `mutation ($input: UpdateClientInput!) { updateClient(input: $input) { client { ${ACCOUNT} } } }`;
    const change = (hasServiceAccount: boolean | null) =>
      world.graphql(admin(acme, 'user:read'), update, { input: { clientId: 'served', hasServiceAccount } });
    expect((await change(null)).data.updateClient.client.serviceAccount).toEqual(serviceAccount);
    expect((await change(false)).data.updateClient.client.serviceAccount).toBeNull();
    const deletion = 'mutation ($id: ID!) { deleteClient(input: { clientId: $id }) { clientId } }';
    expect((await change(true)).data.updateClient.client.serviceAccount).toEqual(serviceAccount);
    expect((await world.graphql(admin(acme), deletion, { id: 'served' })).errors).toEqual([]);
    expect(await world.services.users.findIn(acme.id, clientUuid)).toBeNull();
  });

  it('makes no service account in the way of another account, and leaves the last administrator', async () => {
    const tenant = await world.tenant({ template: 'image' });
    const run = (field: string, type: string, input: object) =>
      world.graphql(
        world.app(tenant, ...everyPermission('tenant').map(formatScope)),
        `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`,
        { input },
      );
    await run('createClient', 'CreateClientInput', { clientId: 'Named', hasServiceAccount: true });
    const taken = { clientId: 'named', hasServiceAccount: true };
    expect((await run('createClient', 'CreateClientInput', taken)).code).toBe('USER_USERNAME_TAKEN');
    await run('createClient', 'CreateClientInput', { clientId: 'named' });
    expect((await run('updateClient', 'UpdateClientInput', taken)).code).toBe('USER_USERNAME_TAKEN');
    const { client } = await world.newClient(tenant, { clientId: 'idle' });
    await world.newUser(tenant, { id: client.id });
    const idle = { clientId: 'idle', hasServiceAccount: true };
    expect((await run('updateClient', 'UpdateClientInput', idle)).code).toBe('USER_ID_TAKEN');
    const { client: last } = await world.newClient(tenant, { clientId: 'last' });
    await run('updateClient', 'UpdateClientInput', { clientId: 'last', hasServiceAccount: true });
    const roleId = (await world.stores.roleStore.findBuiltin(tenant.id, ['tenant-administrator']))[0]!.id;
    await world.grantRole(tenant, { roleId, holderKind: 'user', holderId: last.id });
    const without = { clientId: 'last', hasServiceAccount: false };
    expect((await run('updateClient', 'UpdateClientInput', without)).code).toBe('ADMINISTRATOR_LAST');
    expect((await run('deleteClient', 'DeleteClientInput', { clientId: 'last' })).code).toBe('ADMINISTRATOR_LAST');
    expect(await world.services.users.findIn(tenant.id, last.id)).not.toBeNull();
  });

  it('pages clients by client_id', async () => {
    const tenant = await world.tenant();
    for (const clientId of ['b', 'c', 'a']) await world.newClient(tenant, { clientId });
    const LIST =
      'query ($after: String) { clients(first: 2, after: $after) { totalCount nodes { clientId } pageInfo { hasNextPage endCursor } } }';
    const first = (await world.graphql(admin(tenant), LIST)).data.clients;
    expect(first).toMatchObject({ totalCount: 3, nodes: [{ clientId: 'a' }, { clientId: 'b' }] });
    const second = (await world.graphql(admin(tenant), LIST, { after: first.pageInfo.endCursor })).data.clients;
    expect(second.nodes).toEqual([{ clientId: 'c' }]);
  });
});
