import { beforeAll, describe, expect, it } from 'vitest';
import type { ClientScope, CreateClientScope } from '../../../src/clients/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { HOSTILE_TEXTS } from '../../support/hostile-texts.ts';
import { faultsOf, refusalOf } from '../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../support/two-tenants.ts';

const NO_SCOPE = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';

describe('scopes of a tenant', () => {
  const tenants = twoTenantsOfSuite();
  const { as } = tenants;
  let acme: TenantRef;
  beforeAll(() => {
    acme = tenants.acme;
  });
  const service = () => tenants.world.services.clientScopes;
  const manager = (...scopes: string[]) => as(acme, 'client:write', ...scopes);
  const create = (input: CreateClientScope, ...scopes: string[]) => service().create(manager(...scopes), input);
  const eventsOf = async ({ id }: Pick<ClientScope, 'id'>) =>
    (await tenants.world.events(acme))
      .filter(({ params }) => params['clientScopeId'] === id)
      .map(({ type, params }) => [type, params['changed']]);
  const linksOf = async (clientUuid: string) => {
    const links = await tenants.world.services.clients.scopesOf(acme.id, [clientUuid]);
    return (links.get(clientUuid) ?? []).map(({ name, isDefault }) => [name, isDefault]);
  };

  it('are created with what the caller says, or the defaults, and one event', async () => {
    const bare = await create({ name: 'tides' });
    expect(bare).toMatchObject({ description: null, named: true, tenantDefault: null, attributes: {}, mappers: [] });
    const full = await create({
      name: 'moorings',
      description: 'Where ships lie',
      named: false,
      tenantDefault: 'optional',
      attributes: { 'gui.order': '7' },
      mappers: [{ name: 'berth', type: 'oidc-usermodel-attribute-mapper', config: { 'user.attribute': 'berth' } }],
    });
    const stored = await service().find(manager(), { name: 'moorings' });
    expect(stored).toMatchObject({
      id: full.id,
      description: 'Where ships lie',
      named: false,
      tenantDefault: 'optional',
      attributes: { 'gui.order': '7' },
      mappers: [{ name: 'berth', type: 'oidc-usermodel-attribute-mapper', config: { 'user.attribute': 'berth' } }],
    });
    expect(await eventsOf(full)).toEqual([['client_scope.created', undefined]]);
    await service().delete(manager(), full.id);
  });

  it('are found by id and by name in exact case, and listed by name', async () => {
    const { id } = await create({ name: 'Charts' });
    expect(await service().find(manager(), { id })).toMatchObject({ name: 'Charts' });
    expect(await service().find(manager(), { id: id.toUpperCase() })).toMatchObject({ name: 'Charts' });
    for (const reference of [{ name: 'charts' }, { name: 'a\0b' }, { id: 'x' }, { id: NO_SCOPE }])
      expect(await service().find(manager(), reference)).toBeNull();
    const optional = await create({ name: 'buoys', tenantDefault: 'optional' });
    const page = await service().page(manager(), { tenantDefault: 'optional' }, {});
    expect(page.rows.map(({ name }) => name)).toEqual(['buoys']);
    const names = (await service().page(manager(), {}, { first: 200 })).rows.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    await service().delete(manager(), optional.id);
  });

  it('change in what is given; no change is no event', async () => {
    const scope = await create({ name: 'pilots', description: 'Old' });
    const before = tenants.world.clock.now();
    tenants.world.clock.advance(5);
    const changes = { name: 'pilotage', description: null, named: false, attributes: { long: 'b', a: 'c' } };
    const changed = await service().update(manager(), scope.id, { ...changes, tenantDefault: 'default' });
    expect(changed).toMatchObject({ ...changes, tenantDefault: 'default' });
    expect(changed.updatedAt.getTime()).toBeGreaterThan(before.getTime());
    await service().update(manager(), scope.id, changes);
    await service().update(manager(), scope.id, { attributes: { a: 'c', long: 'b' } });
    await service().update(manager(), scope.id, {});
    await service().update(manager(), scope.id.toUpperCase(), { tenantDefault: null });
    expect(await eventsOf(scope)).toEqual([
      ['client_scope.created', undefined],
      ['client_scope.updated', ['name', 'description', 'named', 'tenantDefault', 'attributes']],
      ['client_scope.updated', ['tenantDefault']],
    ]);
  });

  it('keep their clients under another name, and leave them when they are deleted', async () => {
    const scope = await create({ name: 'wharves' });
    const { client } = await tenants.world.newClient(acme, { scopes: [{ name: 'wharves', isDefault: true }] });
    const record = async () => (await tenants.world.services.clientDirectory.byClientId(acme.id, client.clientId))!;
    expect((await record()).defaultScopes).toEqual(['wharves']);
    await service().update(manager(), scope.id, { name: 'quays' });
    expect(await linksOf(client.id)).toEqual([['quays', true]]);
    expect((await record()).defaultScopes).toEqual(['quays']);
    await service().update(manager(), scope.id, { named: false });
    expect([(await record()).defaultScopes, [...(await record()).allowedScopes]]).toEqual([[], ['quays']]);
    expect((await record()).links).toEqual([{ scopeId: scope.id, name: 'quays', isDefault: true, isNamed: false }]);
    expect(await service().delete(manager(), scope.id)).toMatchObject({ id: scope.id, name: 'quays' });
    expect(await linksOf(client.id)).toEqual([]);
    expect((await record()).allowedScopes.size).toBe(0);
    expect((await eventsOf(scope)).at(-1)).toEqual(['client_scope.deleted', undefined]);
  });

  it('have a name that no other has, also at the same moment', async () => {
    const tries = await Promise.all([1, 2, 3].map(() => faultsOf(() => create({ name: 'ebb' }))));
    const taken = ['CLIENT_SCOPE_NAME_TAKEN', 'input.name CLIENT_SCOPE_NAME_TAKEN'];
    expect(tries.filter((fault) => fault === null)).toHaveLength(1);
    expect(tries.filter((fault) => fault !== null)).toEqual([taken, taken]);
    const flood = await create({ name: 'flood' });
    expect(await faultsOf(() => service().update(manager(), flood.id, { name: 'ebb' }))).toEqual(taken);
    await create({ name: 'Ebb' });
    await service().create(as(tenants.master, 'client:write'), { name: 'ebb' });
  });

  it.each([
    [{ name: '' }, 'input.name SCOPE_INVALID'],
    [{ name: 'a b' }, 'input.name SCOPE_INVALID'],
    [{ name: 'a"b' }, 'input.name SCOPE_INVALID'],
    [{ name: 'å' }, 'input.name SCOPE_INVALID'],
    [{ name: 'x'.repeat(256) }, 'input.name SCOPE_INVALID'],
    [{ name: 'ok', description: 'x'.repeat(1001) }, 'input.description TEXT_LENGTH'],
    [{ name: 'ok', description: 'a\0' }, 'input.description TEXT_NOT_STORABLE'],
    [{ name: 'ok', attributes: { a: 1 } }, 'input.attributes TEXT_REQUIRED'],
    [{ name: 'ok', attributes: { a: 'x'.repeat(4001) } }, 'input.attributes TEXT_LENGTH'],
    [{ name: 'ok', attributes: { '': 'x' } }, 'input.attributes TEXT_LENGTH'],
    [{ name: 'ok', attributes: { ['x'.repeat(256)]: 'x' } }, 'input.attributes TEXT_LENGTH'],
    [{ name: 'ok', attributes: { a: 'a\0' } }, 'input.attributes OBJECT_NOT_STORABLE'],
    [
      { name: 'ok', attributes: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`a${n}`, ''])) },
      'input.attributes LIST_TOO_LONG',
    ],
    [
      { name: 'ok', attributes: Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((n) => [n, 'x'.repeat(4000)])) },
      'input.attributes OBJECT_TOO_LARGE',
    ],
  ] as [CreateClientScope, string][])('are refused as %j', async (input, fault) => {
    expect(await faultsOf(() => create(input))).toEqual(['INVALID_INPUT', fault]);
  });

  it('of another tenant are neither found, changed nor deleted', async () => {
    const theirs = await service().create(as(tenants.master, 'client:write'), { name: 'theirs' });
    for (const id of [theirs.id, NO_SCOPE, ...Object.values(HOSTILE_TEXTS)]) {
      expect(await service().findIn(acme.id, id)).toBeNull();
      expect(await refusalOf(service().update(manager(), id, { named: false }))).toBe('CLIENT_SCOPE_NOT_FOUND');
      expect(await refusalOf(service().delete(manager(), id))).toBe('CLIENT_SCOPE_NOT_FOUND');
    }
    expect(await service().findIn(tenants.master.id, theirs.id)).toMatchObject({ named: true });
    const mine = (await service().page(manager(), {}, { first: 200 })).rows;
    expect(mine.map(({ name }) => name)).not.toContain('theirs');
  });

  describe('whose name gives permissions', () => {
    it('are created, renamed and deleted only by callers who hold these', async () => {
      expect(await refusalOf(create({ name: 'user:write' }))).toBe('PERMISSION_ESCALATION');
      expect(await refusalOf(create({ name: 'user:write:all' }))).toBe('PERMISSION_MASTER_ONLY');
      const scope = await create({ name: 'user:write' }, 'user:write');
      expect(await refusalOf(service().update(manager(), scope.id, { name: 'anchors' }))).toBe('PERMISSION_ESCALATION');
      expect(await refusalOf(service().delete(manager(), scope.id))).toBe('PERMISSION_ESCALATION');
      await service().update(manager(), scope.id, { description: 'Harmless' });
      await service().update(manager('user:write'), scope.id, { name: 'anchors' });
      expect(await refusalOf(service().update(manager(), scope.id, { name: 'user:write' }))).toBe(
        'PERMISSION_ESCALATION',
      );
      await service().delete(manager(), scope.id);
    });

    it('are not what every new client gets', async () => {
      const GIVES = 'CLIENT_SCOPE_GIVES_PERMISSIONS';
      const all = manager('role:read');
      expect(await refusalOf(service().create(all, { name: 'role:read', tenantDefault: 'optional' }))).toBe(GIVES);
      const scope = await service().create(all, { name: 'role:read' });
      expect(await refusalOf(service().update(all, scope.id, { tenantDefault: 'default' }))).toBe(GIVES);
      const harmless = await create({ name: 'knots', tenantDefault: 'default' });
      expect(await refusalOf(service().update(manager('group:read'), harmless.id, { name: 'group:read' }))).toBe(GIVES);
      await service().delete(manager(), harmless.id);
    });

    it('are left out for new clients when they began to give them later', async () => {
      const names = ['late_powers', 'late_nothing'];
      const made = await Promise.all(names.map((name) => create({ name, tenantDefault: 'default' })));
      tenants.world.services.scopes.register([
        { name: 'late_powers', holder: 'application', expandsTo: ['user:write'], description: 'Late.' },
      ]);
      const { client } = await tenants.world.newClient(acme);
      expect(await linksOf(client.id)).toEqual([['late_nothing', true]]);
      for (const { id } of made) await service().delete(manager('user:write'), id);
    });
  });

  describe('whose roles give permissions', () => {
    const withRole = async (...permissions: string[]): Promise<ClientScope> => {
      const scope = await create({ name: `roles-${made++}` });
      const inner = await tenants.world.newRole(acme, { permissions });
      const outer = await tenants.world.newRole(acme, { childIds: [inner.id] });
      const { scopeRoles } = tenants.world.services;
      await scopeRoles.add(tenants.world.system(acme), { clientScopeId: scope.id }, [{ id: outer.id }]);
      return scope;
    };
    let made = 0;
    const add = (id: string, { name }: ClientScope, ...scopes: string[]) =>
      refusalOf(
        tenants.world.services.clients.update(manager(...scopes), id, { addedScopes: [{ name, isDefault: false }] }),
      );

    it('are given to clients only by callers who hold these', async () => {
      const scope = await withRole('user:write', 'user:read:self');
      const { client } = await tenants.world.newClient(acme, { scopes: [] });
      expect(await add(client.id, scope)).toBe('PERMISSION_ESCALATION');
      const scopes = [{ name: scope.name, isDefault: true }];
      const newClient = (...held: string[]) =>
        refusalOf(tenants.world.services.clients.create(as(acme, 'client:create', ...held), { scopes }));
      expect(await newClient()).toBe('PERMISSION_ESCALATION');
      expect(await newClient('user:write')).toBeNull();
      expect(await linksOf(client.id)).toEqual([]);
      expect(await add(client.id, scope, 'user:write')).toBeNull();
      expect(await add((await tenants.world.newClient(acme)).client.id, await withRole('user:read:self'))).toBeNull();
    });

    it('guard their clients: callers who hold less do not change them', async () => {
      const { clients, scopeRoles } = tenants.world.services;
      const change = (id: string, ...scopes: string[]) =>
        refusalOf(clients.update(manager(...scopes), id, { description: `${made++}` }));
      const scopes = [{ name: (await withRole('user:write')).name, isDefault: false }];
      const { client: ofScope } = await tenants.world.newClient(acme, { scopes });
      const { client: ofRole } = await tenants.world.newClient(acme, { scopes: [] });
      const { client: ofOwn } = await tenants.world.newClient(acme, { scopes: [] });
      expect(await change(ofRole.id)).toBeNull();
      const strong = await tenants.world.newRole(acme, { permissions: ['user:write'] });
      await scopeRoles.add(tenants.world.system(acme), { clientUuid: ofRole.id }, [{ id: strong.id }]);
      await tenants.world.newRole(acme, { permissions: ['user:write'], clientUuid: ofOwn.id });
      for (const { id } of [ofScope, ofRole, ofOwn]) {
        expect(await change(id)).toBe('FORBIDDEN');
        expect(await change(id, 'user:write')).toBeNull();
      }
    });

    it('are left out for new clients that get the scopes of the tenant', async () => {
      const scope = await withRole('user:write');
      const harmless = await withRole('user:read:self');
      for (const { id } of [scope, harmless]) await service().update(manager(), id, { tenantDefault: 'optional' });
      const { client } = await tenants.world.newClient(acme);
      expect(await linksOf(client.id)).toEqual([[harmless.name, false]]);
      for (const { id } of [scope, harmless]) await service().delete(manager('user:write'), id);
    });

    it('are renamed and deleted only by callers who hold these', async () => {
      const { id } = await withRole('user:write');
      const rename = (...scopes: string[]) => service().update(manager(...scopes), id, { name: `renamed-${made++}` });
      expect(await refusalOf(rename())).toBe('PERMISSION_ESCALATION');
      expect(await refusalOf(service().delete(manager(), id))).toBe('PERMISSION_ESCALATION');
      await service().update(manager(), id, { description: 'Harmless' });
      await rename('user:write');
      await service().delete(manager('user:write'), id);
    });
  });

  describe('that clients have', () => {
    it('are renamed, no longer named and deleted only by callers who may change each client', async () => {
      const scope = await create({ name: 'berths' });
      const scopes = [{ name: 'berths', isDefault: true }];
      await tenants.world.newClient(acme, { scopes });
      const { client } = await tenants.world.newClient(acme, { scopes, permissions: ['user:write'] });
      const { client: sharing } = await tenants.world.newClient(acme, { scopes, fullRoleScope: true });
      const changes = [{ name: 'docks' }, { named: false }];
      const tryAll = async (...held: string[]) => [
        ...(await Promise.all(
          changes.map((change) => refusalOf(service().update(manager(...held), scope.id, change))),
        )),
        await refusalOf(service().delete(manager(...held), scope.id)),
      ];
      expect(await tryAll('user:write')).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
      await tenants.world.services.clients.delete(tenants.world.system(acme), sharing.id);
      expect(await tryAll()).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
      expect(await linksOf(client.id)).toEqual([['berths', true]]);
      await service().update(manager(), scope.id, { description: 'Harmless', tenantDefault: null });
      expect(await tryAll('user:write')).toEqual([null, null, null]);
      expect(await linksOf(client.id)).toEqual([]);
    });
  });

  describe('that new clients get', () => {
    it('are theirs where the caller names no scopes', async () => {
      const made = [
        await create({ name: 'first', tenantDefault: 'default' }),
        await create({ name: 'second', tenantDefault: 'optional' }),
        await create({ name: 'third' }),
      ];
      const { client } = await tenants.world.newClient(acme);
      expect(await linksOf(client.id)).toEqual([
        ['first', true],
        ['second', false],
      ]);
      const chosen = await tenants.world.newClient(acme, { scopes: [{ name: 'third', isDefault: false }] });
      expect(await linksOf(chosen.client.id)).toEqual([['third', false]]);
      const none = await tenants.world.newClient(acme, { scopes: [] });
      expect(await linksOf(none.client.id)).toEqual([]);
      for (const { id } of made) await service().delete(manager(), id);
    });
  });

  it('are at most 200 of a tenant', async () => {
    const full = await tenants.world.tenant();
    const authority = as(full, 'client:write');
    for (let n = 0; n < 200; n++) await service().create(authority, { name: `s${n}` });
    expect(await refusalOf(service().create(authority, { name: 'more' }))).toBe('CLIENT_SCOPE_LIMIT');
  });

  describe('of a client', () => {
    const change = (id: string, changes: object, ...scopes: string[]) =>
      tenants.world.services.clients.update(manager(...scopes), id, changes);

    it('are added, made default or optional, and removed, and leave the others', async () => {
      await create({ name: 'sails' });
      const scopes = [{ name: 'openid', isDefault: false }];
      const { client } = await tenants.world.newClient(acme, { scopes });
      await change(client.id, { addedScopes: [{ name: 'sails', isDefault: true }] });
      await change(client.id, { addedScopes: [{ name: 'sails', isDefault: true }], removedScopes: ['unheard'] });
      expect(await linksOf(client.id)).toEqual([
        ['openid', false],
        ['sails', true],
      ]);
      await change(client.id, { addedScopes: [{ name: 'sails', isDefault: false }], removedScopes: ['openid'] });
      expect(await linksOf(client.id)).toEqual([['sails', false]]);
      await change(client.id, { scopes, addedScopes: [{ name: 'email', isDefault: true }] });
      expect(await linksOf(client.id)).toEqual([
        ['email', true],
        ['openid', false],
      ]);
      const events = (await tenants.world.events(acme)).filter(({ client_id }) => client_id === client.clientId);
      expect(events.map(({ type, params }) => [type, params['changed']])).toEqual([
        ['client.created', undefined],
        ['client.updated', ['scopes']],
        ['client.updated', ['scopes']],
        ['client.updated', ['scopes']],
      ]);
    });

    it('lose no change that is made at the same moment', async () => {
      const { client } = await tenants.world.newClient(acme, { scopes: [] });
      const names = ['openid', 'email', 'phone', 'address'];
      await Promise.all(names.map((name) => change(client.id, { addedScopes: [{ name, isDefault: false }] })));
      expect((await linksOf(client.id)).map(([name]) => name)).toEqual([...names].sort());
      await Promise.all(names.map((name) => change(client.id, { removedScopes: [name] })));
      expect(await linksOf(client.id)).toEqual([]);
    });

    it('are refused where they are unknown, give more than the caller holds, or are too many', async () => {
      const { client } = await tenants.world.newClient(acme, { scopes: [{ name: 'openid', isDefault: false }] });
      const add = (name: string) => faultsOf(() => change(client.id, { addedScopes: [{ name, isDefault: false }] }));
      expect(await add('unheard-of')).toEqual([
        'CLIENT_SCOPE_UNKNOWN',
        'input.addedScopes.0.name CLIENT_SCOPE_UNKNOWN',
      ]);
      expect(await add('a b')).toEqual(['INVALID_INPUT', 'input.addedScopes.0.name SCOPE_INVALID']);
      expect(await add('user:write')).toEqual(['PERMISSION_ESCALATION']);
      const full = await tenants.world.tenant();
      const names = Array.from({ length: 200 }, (_, n) => ({ name: `s${n}`, isDefault: false }));
      for (const { name } of names) await service().create(as(full, 'client:write'), { name });
      const { client: crowded } = await tenants.world.newClient(full, { scopes: names });
      const more = { addedScopes: [{ name: 'openid', isDefault: false }] };
      const update = () => tenants.world.services.clients.update(as(full, 'client:write'), crowded.id, more);
      expect(await faultsOf(update)).toEqual(['INVALID_INPUT', 'input.addedScopes LIST_TOO_LONG']);
      expect(await linksOf(client.id)).toEqual([['openid', false]]);
    });
  });
});
