import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { Client, ClientChanges, CreateClient } from '../../../src/clients/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('clients', () => {
  let world: World;
  let master: TenantRef;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  const as = (tenant: TenantRef, ...scopes: string[]) =>
    new Authority(
      world.app(tenant, ...scopes),
      tenant,
      scopes.some((scope) => scope.endsWith(':all')) ? 'all' : 'tenant',
    );
  const create = (input: CreateClient, ...scopes: string[]) =>
    world.services.clients.create(as(acme, ...scopes), input);
  const reload = (client: Client) => world.stores.clientStore.findById(client.tenantId, client.id);

  describe('client_id', () => {
    it('is printable ASCII of 1 to 255 characters, in exact case, and unique within its tenant', async () => {
      expect((await create({ clientId: 'My App:1~x' })).client.clientId).toBe('My App:1~x');
      expect((await create({ clientId: 'my app:1~x' })).client.clientId).toBe('my app:1~x');
      expect(await refusalOf(create({ clientId: 'My App:1~x' }))).toBe('CLIENT_ID_TAKEN');
      expect((await world.newClient(master, { clientId: 'My App:1~x' })).client.clientId).toBe('My App:1~x');
      for (const clientId of ['', 'a'.repeat(256), 'ümlaut', 'a\u0000b', 'a\nb', '\ud800']) {
        expect(await refusalOf(create({ clientId }))).toBe('CLIENT_ID_INVALID');
      }
    });

    it('of `master` looks like that of a tenant only by callers who administer all tenants', async () => {
      const make = (tenant: TenantRef, ...scopes: string[]) =>
        world.services.clients.create(as(tenant, ...scopes), { clientId: 'acme-realm' });
      expect(await refusalOf(make(master, 'client:create'))).toBe('FORBIDDEN');
      expect((await make(acme, 'client:create')).client.clientId).toBe('acme-realm');
      expect((await make(master, 'client:create:all')).client.clientId).toBe('acme-realm');
    });

    it('is a new UUID when the caller gives none', async () => {
      expect((await create({})).client.clientId).toMatch(/^[0-9a-f-]{36}$/);
    });
  });

  describe('creation', () => {
    it('gives a confidential client a secret of 256 bits that is nowhere stored as it is (check 32)', async () => {
      const { client, secret, restSecret } = await world.newClient(acme, { withRestSecret: true });
      expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(restSecret).toMatch(/^[A-Za-z0-9_-]{43}$/);
      const stored = await world.stores.clientStore.secretsOf(acme.id, client.id);
      expect(stored.map(({ kind }) => kind).sort()).toEqual(['oauth', 'rest']);
      expect(JSON.stringify(stored)).not.toContain(secret);
      expect(stored.every(({ sealed }) => sealed === null)).toBe(true);
    });

    it('gives a public client none, and refuses to', async () => {
      expect((await create({ type: 'public' })).secret).toBeNull();
      expect(await refusalOf(create({ type: 'public', withRestSecret: true }))).toBe('CLIENT_PUBLIC');
      expect(await refusalOf(create({ type: 'public', grantTypes: ['client_credentials'] }))).toBe(
        'CLIENT_GRANT_TYPE_INVALID',
      );
    });

    it('records one event that names the client and holds no secret', async () => {
      const { secret } = await create({ clientId: 'recorded', name: 'Recorded' });
      const [event, ...others] = (await world.events(acme)).filter(({ client_id }) => client_id === 'recorded');
      expect(others).toEqual([]);
      expect(event).toMatchObject({ type: 'client.created', client_id: 'recorded' });
      expect(JSON.stringify(event)).not.toContain(secret);
    });

    it.each([
      [{ name: 'a\u0000b' }, 'INVALID_INPUT', 'input.name'],
      [{ name: '' }, 'INVALID_INPUT', 'input.name'],
      [{ description: 'x'.repeat(1001) }, 'INVALID_INPUT', 'input.description'],
      [{ grantTypes: ['magic'] }, 'CLIENT_GRANT_TYPE_INVALID', 'input.grantTypes.0'],
      [{ accessTokenAlg: 'none' }, 'INVALID_INPUT', 'input.accessTokenAlg'],
      [{ accessTokenSeconds: 0 }, 'INVALID_INPUT', 'input.accessTokenSeconds'],
      [{ refreshTokenSeconds: 1.5 }, 'INVALID_INPUT', 'input.refreshTokenSeconds'],
      [{ tokenFormat: 'xml' as 'jwt' }, 'INVALID_INPUT', 'input.tokenFormat'],
      [{ redirects: [{ uri: 'http://a.example/' }] }, 'CLIENT_REDIRECT_INVALID', 'input.redirects.0.uri'],
      [{ postLogoutRedirects: [{ uri: 'x' }] }, 'CLIENT_REDIRECT_INVALID', 'input.postLogoutRedirects.0.uri'],
      [{ permissions: ['user:fly'] }, 'PERMISSION_UNKNOWN', 'input.permissions.0'],
      [{ permissions: ['user:read:self'] }, 'INVALID_INPUT', 'input.permissions.0'],
      [{ scopes: [{ name: 'a b', isDefault: false }] }, 'INVALID_INPUT', 'input.scopes.0.name'],
      [{ scopes: [{ name: 'no-such', isDefault: false }] }, 'CLIENT_SCOPE_UNKNOWN', 'input.scopes.0.name'],
      [{ secret: { text: 'a\u0000' } }, 'INVALID_INPUT', 'input.secret'],
      [{ secret: { expiresInSeconds: -1 } }, 'INVALID_INPUT', 'input.expiresInSeconds'],
    ])('refuses %j', async (input, expected, path) => {
      const refusal = await create(input as CreateClient).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: expected, fields: [{ path }] });
    });
  });

  describe('escalation', () => {
    it('refuses to give a client permissions that the caller does not hold, at creation or later', async () => {
      const write = 'client:write';
      expect(await refusalOf(create({ permissions: ['user:delete'] }, 'user:read'))).toBe('PERMISSION_ESCALATION');
      expect(await refusalOf(create({ permissions: ['user:read'] }, 'user:write'))).toBe(null);
      const { client } = await create({});
      const update = (permissions: string[], ...held: string[]) =>
        world.services.clients.update(as(acme, write, ...held), client.id, { permissions });
      expect(await refusalOf(update(['user:delete']))).toBe('PERMISSION_ESCALATION');
      expect(await refusalOf(update(['user:read'], 'user:read'))).toBe(null);
      expect((await reload(client))?.permissions).toEqual(['user:read']);
    });

    it('lets only callers with all permissions of a client change it, also when it loses permissions', async () => {
      const { client } = await world.newClient(acme, { permissions: ['user:read', 'user:delete'] });
      const { clients } = world.services;
      const change = { permissions: ['user:read', 'group:read'] };
      const less = as(acme, 'client:write', 'group:read', 'user:read');
      expect(await refusalOf(clients.update(less, client.id, change))).toBe('FORBIDDEN');
      expect((await reload(client))?.permissions).toEqual(['user:delete', 'user:read']);
      await clients.update(as(acme, 'client:write', 'group:read', 'user:write', 'user:delete'), client.id, change);
      expect((await reload(client))?.permissions).toEqual(['group:read', 'user:read']);
    });

    it('counts what a `rest` secret opens: at its making, its rotation, and whenever its client is changed', async () => {
      const { clients } = world.services;
      const opened = ['federation-link:bind', 'federation-link:write', 'user:delete'];
      expect(await refusalOf(create({ withRestSecret: true }, 'client:create'))).toBe('PERMISSION_ESCALATION');
      expect(await refusalOf(create({ withRestSecret: true }, ...opened.slice(1)))).toBe('PERMISSION_ESCALATION');
      expect((await world.eventTypes(acme)).at(-1)).not.toBe('client.created');
      const { client } = await create({}, 'client:create');
      const rotate = (...held: string[]) => clients.rotateSecret(as(acme, ...held), client.id, { kind: 'rest' });
      expect(await refusalOf(rotate('client-secret:rotate'))).toBe('PERMISSION_ESCALATION');
      expect(await world.stores.clientStore.secretsOf(acme.id, client.id)).toHaveLength(1);
      await rotate(...opened);
      for (const attempt of [
        clients.update(as(acme, 'client:write'), client.id, { name: 'mine' }),
        clients.rotateSecret(as(acme, 'client-secret:rotate'), client.id, { kind: 'oauth' }),
        clients.readSecret(as(acme, 'client-secret:read'), client.id, 'oauth'),
        clients.delete(as(acme, 'client:delete'), client.id),
      ])
        expect(await refusalOf(attempt)).toBe('FORBIDDEN');
      expect(await refusalOf(clients.update(as(acme, ...opened), client.id, { name: 'ours' }))).toBeNull();
    });

    it('counts a scope as what it expands to, for applications and beyond reach self for users', async () => {
      world.services.scopes.register([
        { name: 'sys_users', holder: 'application', expandsTo: ['user:read'], description: 'Users.' },
        { name: 'own_user', holder: 'user', expandsTo: ['user:read:self'], description: 'Own account.' },
        { name: 'all_users', holder: 'user', expandsTo: ['user:read'], description: 'What its users may do.' },
      ]);
      const scopes = (name: string) => ({ scopes: [{ name, isDefault: false }] });
      expect(await refusalOf(create(scopes('sys_users'), 'client:create'))).toBe('PERMISSION_ESCALATION');
      expect(await refusalOf(create(scopes('user:delete'), 'client:create'))).toBe('PERMISSION_ESCALATION');
      expect(await refusalOf(create(scopes('own_user'), 'client:create'))).toBe(null);
      expect(await refusalOf(create(scopes('all_users'), 'client:create'))).toBe('PERMISSION_ESCALATION');
      expect(await refusalOf(create(scopes('sys_users'), 'client:create', 'user:read'))).toBe(null);
    });

    it('allows reach all only for clients of master, for every caller', async () => {
      const { clients } = world.services;
      const all = new Authority(world.app(master, 'client:create:all', 'user:read:all'), acme, 'all');
      expect(await refusalOf(clients.create(all, { permissions: ['user:read:all'] }))).toBe('PERMISSION_MASTER_ONLY');
      expect(await refusalOf(world.newClient(acme, { permissions: ['user:read:all'] }))).toBe('PERMISSION_MASTER_ONLY');
      expect(await refusalOf(clients.create(all, { permissions: ['user:read'] }))).toBe(null);
      expect(await refusalOf(clients.create(all, { permissions: ['user:delete'] }))).toBe('PERMISSION_ESCALATION');
    });

    it('refuses every change of a client that reaches all tenants to callers who do not', async () => {
      const { clients } = world.services;
      const { client } = await world.newClient(master, {
        permissions: ['user:read:all'],
        secret: { isReadable: true },
      });
      const narrow = as(master, 'client:write', 'client:delete', 'client-secret:rotate', 'client-secret:read');
      const attempts = [
        clients.update(narrow, client.id, { name: 'mine' }),
        clients.delete(narrow, client.id),
        clients.rotateSecret(narrow, client.id, { kind: 'oauth' }),
        clients.readSecret(narrow, client.id, 'oauth'),
      ];
      expect(await Promise.all(attempts.map(refusalOf))).toEqual(Array(4).fill('ACCOUNT_GUARDED'));
      const wide = new Authority(world.app(master, 'client:write:all', 'user:read:all'), master, 'all');
      expect((await clients.update(wide, client.id, { name: 'ours' })).name).toBe('ours');
    });
  });

  describe('update', () => {
    it('changes what is named, writes one event with the names, and none when nothing changed', async () => {
      const { client } = await create({
        clientId: 'changing',
        name: 'Before',
        scopes: [{ name: 'openid', isDefault: true }],
      });
      const { clientScopeStore } = world.stores;
      const { clients } = world.services;
      const change = {
        name: 'After',
        redirects: [{ uri: 'https://a.example/cb' }],
        scopes: [
          { name: 'profile', isDefault: false },
          { name: 'openid', isDefault: true },
        ],
      };
      await clients.update(as(acme), client.id, change);
      await clients.update(as(acme), client.id, change);
      const events = (await world.events(acme)).filter(({ client_id }) => client_id === 'changing');
      expect(events.map(({ type, params }) => [type, params])).toEqual([
        ['client.created', {}],
        ['client.updated', { changed: ['name', 'redirects', 'scopes'] }],
      ]);
      expect((await clientScopeStore.linksOf(acme.id, [client.id])).get(client.id)).toEqual([
        { scopeId: expect.any(String), name: 'openid', isDefault: true, isNamed: true },
        { scopeId: expect.any(String), name: 'profile', isDefault: false, isNamed: true },
      ]);
      await clients.update(as(acme), client.id, { scopes: [] });
      expect((await clientScopeStore.linksOf(acme.id, [client.id])).get(client.id)).toBeUndefined();
    });

    it('adds to what is there under the lock, so that changes at the same time are both kept', async () => {
      const { client } = await create({ grantTypes: ['password'], extra: { a: 1 } });
      const { clients } = world.services;
      await Promise.all([
        clients.update(as(acme), client.id, { addedGrantTypes: ['refresh_token'], extraChanges: { b: 2 } }),
        clients.update(as(acme), client.id, { removedGrantTypes: ['password'], extraChanges: { c: 3 } }),
      ]);
      const after = await reload(client);
      expect(after!.grantTypes).toEqual(['refresh_token']);
      expect(after!.metadata['extra']).toEqual({ a: 1, b: 2, c: 3 });
      const before = (await world.events(acme)).length;
      await clients.update(as(acme), client.id, {
        addedGrantTypes: ['refresh_token'],
        extraChanges: { b: 2, x: null },
      });
      expect(await world.events(acme)).toHaveLength(before);
    });

    it('refuses another type, and a moment of the future before which tokens would be refused', async () => {
      const { client } = await create({ type: 'public' });
      const { clients } = world.services;
      const update = (changes: Parameters<typeof clients.update>[2]) => clients.update(as(acme), client.id, changes);
      expect(await refusalOf(update({ type: 'confidential' }))).toBe('CLIENT_TYPE_FIXED');
      const now = world.clock.now();
      expect((await update({ type: 'public', notBefore: now })).notBefore).toEqual(now);
      expect((await reload(client))!.notBefore).toEqual(now);
      const notBefore = new Date(now.getTime() + 1000);
      expect(await refusalOf(update({ notBefore }))).toBe('INVALID_INPUT');
      expect(await refusalOf(create({ notBefore }))).toBe('INVALID_INPUT');
      expect((await update({ notBefore: null })).notBefore).toBeNull();
    });

    it('clears a text with null and refuses what is not there', async () => {
      const { client } = await create({ name: 'Named' });
      expect((await world.services.clients.update(as(acme), client.id, { name: null })).name).toBeNull();
      expect(await refusalOf(world.services.clients.update(as(acme), 'nonsense', {}))).toBe('NOT_FOUND');
      expect(await refusalOf(world.services.clients.update(as(master), client.id, {}))).toBe('NOT_FOUND');
    });
  });

  it('deletes a client with its secrets and roles', async () => {
    const { client } = await create({ clientId: 'doomed' });
    await world.services.clients.delete(as(acme), client.id);
    expect(await reload(client)).toBeNull();
    expect(await world.stores.clientStore.secretsOf(acme.id, client.id)).toEqual([]);
    expect(await refusalOf(world.services.clients.delete(as(acme), client.id))).toBe('NOT_FOUND');
    expect((await world.events(acme)).at(-1)).toMatchObject({ type: 'client.deleted', client_id: 'doomed' });
  });

  it('keeps a client whose roles make the last administrator, until there is another', async () => {
    const tenant = await world.tenant({ settings: { protectLastAdmin: true } });
    const [bundle] = await world.stores.roleStore.findBuiltin(tenant.id, ['tenant-administrator']);
    const { client } = await world.newClient(tenant, { clientId: 'crowned' });
    const role = await world.newRole(tenant, { clientUuid: client.id, childIds: [bundle!.id] });
    const grant = async (roleId: string) => {
      const { id: holderId } = await world.newUser(tenant);
      await world.grantRole(tenant, { roleId, holderKind: 'user', holderId });
    };
    await grant(role.id);
    const before = (await world.events(tenant)).length;
    const remove = () => refusalOf(world.services.clients.delete(world.system(tenant), client.id));
    expect(await remove()).toBe('ADMINISTRATOR_LAST');
    expect(await reload(client)).not.toBeNull();
    expect(await world.stores.roleStore.findById(tenant.id, role.id)).not.toBeNull();
    expect(await world.events(tenant)).toHaveLength(before);
    await grant(bundle!.id);
    expect(await remove()).toBeNull();
    expect(await world.stores.roleStore.findById(tenant.id, role.id)).toBeNull();
  });

  describe('secrets', () => {
    const proves = async (client: Client, secret: string) =>
      (await world.services.clientAuthenticator.authenticate(client.tenantId, client.clientId, secret)) !== null;

    it('ends the old one at once on rotation without overlap', async () => {
      const { client, secret } = await create({});
      const next = await world.services.clients.rotateSecret(as(acme), client.id, { kind: 'oauth' });
      expect([await proves(client, secret!), await proves(client, next.secret)]).toEqual([false, true]);
    });

    it('lets the one before live on through the overlap, and never three', async () => {
      const { client, secret: first } = await create({});
      const rotate = () =>
        world.services.clients.rotateSecret(as(acme), client.id, { kind: 'oauth', overlapSeconds: 3600 });
      const { secret: second } = await rotate();
      expect([await proves(client, first!), await proves(client, second)]).toEqual([true, true]);
      const { secret: third } = await rotate();
      expect([await proves(client, first!), await proves(client, second), await proves(client, third)]).toEqual([
        false,
        true,
        true,
      ]);
      world.clock.advance(3600);
      expect([await proves(client, second), await proves(client, third)]).toEqual([false, true]);
    });

    it('refuses an overlap of rest secrets, and one beyond a quarter', async () => {
      const { client } = await create({});
      const { clients } = world.services;
      const rotation = { kind: 'rest', overlapSeconds: 1 } as const;
      expect(await refusalOf(clients.rotateSecret(world.system(acme), client.id, rotation))).toBe('INVALID_INPUT');
      expect(
        await refusalOf(clients.rotateSecret(as(acme), client.id, { kind: 'oauth', overlapSeconds: 7_776_001 })),
      ).toBe('INVALID_INPUT');
      const { client: open } = await create({ type: 'public' });
      expect(await refusalOf(clients.rotateSecret(as(acme), open.id, { kind: 'oauth' }))).toBe('CLIENT_PUBLIC');
    });

    it('lapses when its time is over', async () => {
      const { client, secret } = await create({ secret: { expiresInSeconds: 60 } });
      expect(await proves(client, secret!)).toBe(true);
      world.clock.advance(60);
      expect(await proves(client, secret!)).toBe(false);
    });

    it('is shown again only where a sealed copy was kept, and each showing is an event', async () => {
      const { clients } = world.services;
      const kept = await create({ clientId: 'kept', secret: { isReadable: true } });
      const hashed = await create({ clientId: 'hashed' });
      expect(await clients.readSecret(as(acme), kept.client.id, 'oauth')).toBe(kept.secret);
      expect(await clients.readSecret(as(acme), kept.client.id, 'rest')).toBeNull();
      expect(await clients.readSecret(as(acme), hashed.client.id, 'oauth')).toBeNull();
      const reads = (await world.events(acme)).filter(({ type }) => type === 'client.secret_read');
      expect(reads.map(({ client_id, params }) => [client_id, params])).toEqual([['kept', { kind: 'oauth' }]]);
    });

    it('can be imported, however short', async () => {
      const { client, secret } = await create({ secret: { text: 'topsecret' } });
      expect(secret).toBe('topsecret');
      expect(await proves(client, 'topsecret')).toBe(true);
    });
  });

  it('enables and disables builtin clients, by changes that name nothing else', async () => {
    const { client } = await create({ clientId: 'switched' });
    await world.db.transaction(async () => {
      (await world.stores.clientStore.lock(acme.id, client.id))!.kind = 'builtin';
    });
    const { clients } = world.services;
    const switchTo = async (enabled: boolean) =>
      (await clients.update(as(acme, 'client:write'), client.id, { enabled })).enabled;
    const before = (await world.events(acme)).length;
    expect([await switchTo(false), await switchTo(false), await switchTo(true)]).toEqual([false, false, true]);
    const events = (await world.events(acme)).slice(before);
    expect(events.map(({ type, client_id, params }) => [type, client_id, params])).toEqual([
      ['client.updated', 'switched', { changed: ['enabled'] }],
      ['client.updated', 'switched', { changed: ['enabled'] }],
    ]);
    const others: ClientChanges[] = [{ name: null }, { type: 'confidential' }, { addedGrantTypes: [] }];
    for (const changes of [{}, ...others, ...others.map((other) => ({ ...other, enabled: false }))])
      expect(await refusalOf(clients.update(as(acme), client.id, changes))).toBe('CLIENT_BUILTIN');
  });

  it('keeps builtin clients from change, but shows them', async () => {
    const { client } = await create({ clientId: 'inside' });
    await world.db.transaction(async () => {
      (await world.stores.clientStore.lock(acme.id, client.id))!.kind = 'builtin';
    });
    const { clients } = world.services;
    expect(await refusalOf(clients.update(as(acme), client.id, { name: 'x' }))).toBe('CLIENT_BUILTIN');
    expect(await refusalOf(clients.delete(as(acme), client.id))).toBe('CLIENT_BUILTIN');
    expect((await clients.find(as(acme), { id: client.id }))?.clientId).toBe('inside');
    const names = async (withBuiltin: boolean) =>
      (await clients.page(as(acme), { withBuiltin, nameContains: 'INSIDE' }, {})).rows.map(({ clientId }) => clientId);
    expect([await names(false), await names(true)]).toEqual([[], ['inside']]);
  });
});
