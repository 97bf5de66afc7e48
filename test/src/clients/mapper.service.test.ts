import { beforeAll, describe, expect, it } from 'vitest';
import type {
  CreateClient,
  CreatedClient,
  MapperOwner,
  NewMapper,
  ProtocolMapper,
} from '../../../src/clients/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { TENANT_ADMINISTRATOR_PERMISSIONS } from '../../../src/roles/administration.ts';
import { HOSTILE_TEXTS } from '../../support/hostile-texts.ts';
import { faultsOf, refusalOf } from '../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../support/two-tenants.ts';

const NONE = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const ANY: NewMapper = { name: 'crew', type: 'oidc-hardcoded-claim-mapper', config: { 'claim.name': 'crew' } };
const KINDS = ['client', 'scope'] as const;

describe.each(KINDS)('mappers of a %s', (kind) => {
  const tenants = twoTenantsOfSuite();
  const { as } = tenants;
  let acme: TenantRef;
  beforeAll(() => {
    acme = tenants.acme;
  });
  let made = 0;
  const manager = () => as(acme, 'client:write');
  const mappers = () => tenants.world.services.mappers;
  const newOwner = async (tenant = acme): Promise<MapperOwner> => {
    const { clientScopes } = tenants.world.services;
    if (kind === 'client') return { clientUuid: (await tenants.world.newClient(tenant)).client.id };
    return { clientScopeId: (await clientScopes.create(as(tenant, 'client:write'), { name: `s${made++}` })).id };
  };
  const unknown = (id: string): MapperOwner => (kind === 'client' ? { clientUuid: id } : { clientScopeId: id });
  const idOf = (owner: MapperOwner) => ('clientUuid' in owner ? owner.clientUuid : owner.clientScopeId);
  const list = async (owner: MapperOwner, tenant = acme): Promise<readonly ProtocolMapper[]> => {
    const { clients, clientScopes } = tenants.world.services;
    const row = await (kind === 'client' ? clients : clientScopes).findIn(tenant.id, idOf(owner));
    return row!.mappers;
  };
  const names = async (owner: MapperOwner) => (await list(owner)).map(({ name }) => name);
  const changesOf = async (owner: MapperOwner) => {
    const { clientScopes, clients } = tenants.world.services;
    const clientId = kind === 'client' ? (await clients.findIn(acme.id, idOf(owner)))!.clientId : null;
    const scopeName = kind === 'scope' ? (await clientScopes.findIn(acme.id, idOf(owner)))!.name : null;
    return (await tenants.world.events(acme))
      .filter(({ client_id, params }) => (clientId === null ? params['name'] === scopeName : client_id === clientId))
      .map(({ type, params }) => [type, params['changed']]);
  };
  const updated = [kind === 'client' ? 'client.updated' : 'client_scope.updated', ['mappers']];

  it('are added in their order, changed and deleted, with an event each; no change is none', async () => {
    const owner = await newOwner();
    const second = { name: 'ship', type: 'oidc-unheard-of-mapper' };
    const row = await mappers().add(manager(), owner, [ANY, second]);
    expect([row.client === null, row.clientScope === null]).toEqual([kind !== 'client', kind !== 'scope']);
    const [crew, ship] = await list(owner);
    expect([crew, ship]).toMatchObject([ANY, { ...second, config: {} }]);
    const changes = { name: 'hands', config: { 'claim.name': 'hands', 'claim.value': '12' } };
    await mappers().update(manager(), owner, crew!.id.toUpperCase(), changes);
    await mappers().update(manager(), owner, crew!.id, changes);
    const { 'claim.name': name, 'claim.value': value } = changes.config;
    await mappers().update(manager(), owner, crew!.id, { config: { 'claim.value': value, 'claim.name': name } });
    await mappers().update(manager(), owner, ship!.id, { type: 'oidc-full-name-mapper' });
    expect(await list(owner)).toEqual([
      { ...crew, ...changes },
      { ...ship, type: 'oidc-full-name-mapper' },
    ]);
    await mappers().delete(manager(), owner, crew!.id);
    await mappers().add(manager(), owner, []);
    expect(await names(owner)).toEqual(['ship']);
    expect((await changesOf(owner)).slice(1)).toEqual([updated, updated, updated, updated]);
  });

  it('have different names, and are added all or none', async () => {
    const owner = await newOwner();
    await mappers().add(manager(), owner, [ANY, { ...ANY, name: 'other' }]);
    const taken = 'PROTOCOL_MAPPER_NAME_TAKEN';
    const add = (...added: NewMapper[]) => faultsOf(() => mappers().add(manager(), owner, added));
    expect(await add({ ...ANY, name: 'new' }, ANY)).toEqual([taken, `input.mappers.1.name ${taken}`]);
    expect(await add({ ...ANY, name: 'new' }, { ...ANY, name: 'new' })).toEqual([
      taken,
      `input.mappers.1.name ${taken}`,
    ]);
    const [first] = await list(owner);
    const rename = () => mappers().update(manager(), owner, first!.id, { name: 'other' });
    expect(await faultsOf(rename)).toEqual([taken, `input.name ${taken}`]);
    expect(await names(owner)).toEqual(['crew', 'other']);
  });

  it('lose no change that is made at the same moment', async () => {
    const owner = await newOwner();
    const added = ['a', 'b', 'c', 'd'];
    await Promise.all(added.map((name) => mappers().add(manager(), owner, [{ ...ANY, name }])));
    expect([...(await names(owner))].sort()).toEqual(added);
    const same = await Promise.all(added.map(() => refusalOf(mappers().add(manager(), owner, [ANY]))));
    expect(same.filter((code) => code === null)).toHaveLength(1);
  });

  it.each([
    [{ name: '' }, 'name TEXT_LENGTH'],
    [{ name: 'x'.repeat(256) }, 'name TEXT_LENGTH'],
    [{ name: 'a\0' }, 'name TEXT_NOT_STORABLE'],
    [{ type: '' }, 'type MAPPER_TYPE_INVALID'],
    [{ type: 'a b' }, 'type MAPPER_TYPE_INVALID'],
    [{ type: 'x'.repeat(256) }, 'type MAPPER_TYPE_INVALID'],
    [{ config: { a: true } }, 'config TEXT_REQUIRED'],
    [{ config: { a: 'x'.repeat(4001) } }, 'config TEXT_LENGTH'],
    [{ config: { a: 'a\ud800' } }, 'config OBJECT_NOT_STORABLE'],
    [{ config: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [n, ''])) }, 'config LIST_TOO_LONG'],
  ])('are refused with %j', async (bad, fault) => {
    const owner = await newOwner();
    await mappers().add(manager(), owner, [ANY]);
    const add = () => mappers().add(manager(), owner, [{ ...ANY, name: 'new', ...bad }]);
    expect(await faultsOf(add)).toEqual(['INVALID_INPUT', `input.mappers.0.${fault}`]);
    const [{ id }] = (await list(owner)) as [ProtocolMapper];
    expect(await faultsOf(() => mappers().update(manager(), owner, id, bad))).toEqual([
      'INVALID_INPUT',
      `input.${fault}`,
    ]);
    expect(await list(owner)).toMatchObject([ANY]);
  });

  it('are at most 100, of 64 KiB together', async () => {
    const owner = await newOwner();
    const many = (count: number) => Array.from({ length: count }, (_, n) => ({ ...ANY, name: `m${n}` }));
    const tooMany = await faultsOf(() => mappers().add(manager(), owner, many(101)));
    expect(tooMany).toEqual(['INVALID_INPUT', 'input.mappers LIST_TOO_LONG']);
    await mappers().add(manager(), owner, many(100));
    expect(await refusalOf(mappers().add(manager(), owner, [ANY]))).toBe('PROTOCOL_MAPPER_LIMIT');
    const other = await newOwner();
    const large = (name: string) => ({
      ...ANY,
      name,
      config: Object.fromEntries(['a', 'b', 'c', 'd'].map((n) => [n, 'x'.repeat(3900)])),
    });
    await mappers().add(manager(), other, ['a', 'b', 'c', 'd'].map(large));
    expect(await refusalOf(mappers().add(manager(), other, [large('e')]))).toBe('PROTOCOL_MAPPER_LIMIT');
    const small = await mappers().add(manager(), other, [{ ...ANY, name: 'small' }]);
    const { id } = (small.client ?? small.clientScope!).mappers.at(-1)!;
    const grow = mappers().update(manager(), other, id, { config: large('x').config });
    expect(await refusalOf(grow)).toBe('PROTOCOL_MAPPER_LIMIT');
  });

  it('of another owner or tenant are neither changed nor deleted', async () => {
    const owner = await newOwner();
    const neighbour = await newOwner();
    await mappers().add(manager(), neighbour, [ANY]);
    const theirs = await newOwner(tenants.master);
    await mappers().add(as(tenants.master, 'client:write'), theirs, [ANY]);
    const foreign = (await list(theirs, tenants.master))[0]!.id;
    const ids = [(await list(neighbour))[0]!.id, foreign, NONE, ...Object.values(HOSTILE_TEXTS)];
    for (const id of ids) {
      const missing = 'PROTOCOL_MAPPER_NOT_FOUND';
      expect(await refusalOf(mappers().update(manager(), owner, id, { name: 'x' }))).toBe(missing);
      expect(await refusalOf(mappers().delete(manager(), owner, id))).toBe(missing);
    }
    const missing = kind === 'client' ? 'NOT_FOUND' : 'CLIENT_SCOPE_NOT_FOUND';
    for (const id of [idOf(theirs), NONE, 'x', 'a\0']) {
      expect(await refusalOf(mappers().add(manager(), unknown(id), [ANY]))).toBe(missing);
      expect(await refusalOf(mappers().update(manager(), unknown(id), foreign, {}))).toBe(missing);
      expect(await refusalOf(mappers().delete(manager(), unknown(id), foreign))).toBe(missing);
    }
    expect(await list(theirs, tenants.master)).toMatchObject([ANY]);
    expect(await names(neighbour)).toEqual(['crew']);
  });
});

describe('mappers of a scope', () => {
  const tenants = twoTenantsOfSuite();
  const { as } = tenants;
  const manager = () => as(tenants.acme, 'client:write');
  let made = 0;

  /** Whether a caller who may change clients may change the mappers of a scope that a client has. */
  async function tryWith(input: CreateClient, prepare = async (_client: CreatedClient) => {}): Promise<string | null> {
    const { world, acme } = tenants;
    const name = `guarded${made++}`;
    const scope = await world.services.clientScopes.create(world.system(acme), { name });
    const created = await world.newClient(acme, {
      ...input,
      scopes: [...(input.scopes ?? []), { name, isDefault: true }],
    });
    await prepare(created);
    return refusalOf(world.services.mappers.add(manager(), { clientScopeId: scope.id }, [ANY]));
  }

  it('are changed by those alone who may change each client of the scope', async () => {
    const { world, acme } = tenants;
    expect(await tryWith({})).toBeNull();
    expect(await tryWith({ permissions: ['client:read'] })).toBeNull();
    expect(await tryWith({ permissions: ['user:read'] })).toBe('FORBIDDEN');
    expect(await tryWith({ fullRoleScope: true })).toBe('FORBIDDEN');
    expect(await tryWith({ withRestSecret: true })).toBe('FORBIDDEN');
    expect(await tryWith({ scopes: [{ name: 'user:read', isDefault: false }] })).toBe('FORBIDDEN');
    const role = await world.newRole(acme, { permissions: ['user:read'] });
    const give = ({ client }: CreatedClient) =>
      world.grantRole(acme, { roleId: role.id, holderKind: 'client', holderId: client.id });
    expect(await tryWith({}, give)).toBe('FORBIDDEN');
  });

  it('are guarded as well where tokens of a client may have roles that give something', async () => {
    const { world, acme } = tenants;
    const strong = await world.newRole(acme, { permissions: ['user:read'] });
    const outer = await world.newRole(acme, { childIds: [strong.id] });
    const idle = await world.newRole(acme);
    const map =
      (roleId: string) =>
      async ({ client }: CreatedClient) => {
        await world.services.scopeRoles.add(world.system(acme), { clientUuid: client.id }, [{ id: roleId }]);
      };
    expect(await tryWith({}, map(idle.id))).toBeNull();
    for (const { id } of [strong, outer]) expect(await tryWith({}, map(id))).toBe('FORBIDDEN');
    const own = async ({ client }: CreatedClient) => {
      await world.newRole(acme, { permissions: ['user:read'], clientUuid: client.id });
    };
    expect(await tryWith({}, own)).toBe('FORBIDDEN');
    const lending = await world.services.clientScopes.create(world.system(acme), { name: 'lending' });
    await world.services.scopeRoles.add(world.system(acme), { clientScopeId: lending.id }, [{ id: outer.id }]);
    expect(await tryWith({ scopes: [{ name: 'lending', isDefault: false }] })).toBe('FORBIDDEN');
  });

  it('are open to administrators', async () => {
    const { world, acme } = tenants;
    const scope = await world.services.clientScopes.create(world.system(acme), { name: 'open' });
    await world.newClient(acme, { fullRoleScope: true, scopes: [{ name: 'open', isDefault: true }] });
    const administrator = as(acme, ...TENANT_ADMINISTRATOR_PERMISSIONS);
    expect(await refusalOf(world.services.mappers.add(administrator, { clientScopeId: scope.id }, [ANY]))).toBeNull();
  });

  it('are guarded as well in a tenant that has come to have more scopes than it may make', async () => {
    const { world, acme } = tenants;
    const many = Array.from({ length: 250 }, (_, n) => ({ name: `many-${n}`, isDefault: false }));
    const give =
      (links: typeof many) =>
      async ({ client }: CreatedClient) => {
        const { clientScopeStore } = world.stores;
        const own = (await clientScopeStore.linksOf(acme.id, [client.id])).get(client.id) ?? [];
        await world.db.transaction(() =>
          clientScopeStore.replaceLinks(acme.id, client.id, [...own, ...links], world.clock.now()),
        );
      };
    const filled = await world.newClient(acme, { scopes: [] });
    const shared = await world.services.clientScopes.create(world.system(acme), { name: 'shared' });
    await give(many)(filled);
    const last = await world.newClient(acme, { scopes: [{ name: 'shared', isDefault: true }] });
    await give([{ name: 'session:read', isDefault: false }])(last);
    const add = world.services.mappers.add(manager(), { clientScopeId: shared.id }, [ANY]);
    expect(await refusalOf(add)).toBe('FORBIDDEN');
  });
});
