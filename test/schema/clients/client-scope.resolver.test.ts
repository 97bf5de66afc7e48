import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

const SHOWN = `id clientScopeUuid name description isNamedInTokens tenantDefault attributes createdAt updatedAt
  mappers { mapperId name type config hasEffect }`;
const CREATE = `mutation ($input: CreateClientScopeInput!) { createClientScope(input: $input) { clientScopeUuid clientScope { ${SHOWN} } } }`;
const UPDATE = `mutation ($input: UpdateClientScopeInput!) { updateClientScope(input: $input) { clientScope { ${SHOWN} } } }`;
const DELETE =
  'mutation ($input: DeleteClientScopeInput!) { deleteClientScope(input: $input) { deletedClientScopeId } }';
const ONE = `query ($id: ID, $name: String) { clientScope(clientScopeId: $id, name: $name) { ${SHOWN} } }`;
const NO_SCOPE = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';

describe('scopes of a tenant over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
  });
  afterAll(() => world.close());
  const manager = (...scopes: string[]) => world.app(acme, 'client:write', 'client:delete', ...scopes);
  const create = async (input: object) =>
    (await world.graphql(manager(), CREATE, { input })).data.createClientScope.clientScope;
  const call = (field: string, input: object, caller = manager()) =>
    callField(world, caller, `Mutation.${field}`, { input });

  it('are created, shown by id, by name and as nodes, changed and deleted', async () => {
    const mappers = [
      { name: 'hands', type: 'oidc-hardcoded-claim-mapper', config: { 'claim.name': 'hands', 'claim.value': '12' } },
      { name: 'sub', type: 'oidc-sub-mapper' },
    ];
    const input = { name: 'crew', tenantDefault: 'OPTIONAL', attributes: { order: '1' }, mappers };
    const { data } = await world.graphql(manager(), CREATE, { input });
    const { clientScope } = data.createClientScope;
    expect(data.createClientScope.clientScopeUuid).toBe(clientScope.clientScopeUuid);
    expect(clientScope).toMatchObject({
      id: `scp~${acme.route}~${clientScope.clientScopeUuid}`,
      name: 'crew',
      description: null,
      isNamedInTokens: true,
      tenantDefault: 'OPTIONAL',
      attributes: { order: '1' },
      mappers: [
        { ...mappers[0], hasEffect: true },
        { ...mappers[1], config: {}, hasEffect: false },
      ],
    });
    for (const variables of [{ id: clientScope.id }, { id: clientScope.clientScopeUuid }, { name: 'crew' }])
      expect((await world.graphql(manager(), ONE, variables)).data.clientScope).toEqual(clientScope);
    const node = 'query ($id: ID!) { node(id: $id) { ... on ClientScope { name } } }';
    expect((await world.graphql(manager(), node, { id: clientScope.id })).data.node).toEqual({ name: 'crew' });
    const changes = { name: 'hands', description: 'All hands', isNamedInTokens: false, tenantDefault: null };
    const changed = await world.graphql(manager(), UPDATE, { input: { clientScopeId: clientScope.id, ...changes } });
    expect(changed.data.updateClientScope.clientScope).toMatchObject({ ...changes, attributes: { order: '1' } });
    const gone = await world.graphql(manager(), DELETE, { input: { clientScopeId: clientScope.clientScopeUuid } });
    expect(gone.data.deleteClientScope).toEqual({ deletedClientScopeId: clientScope.id });
    expect((await world.graphql(manager(), ONE, { name: 'hands' })).data.clientScope).toBeNull();
  });

  it('are listed by name, and by how new clients get them', async () => {
    const other = await world.tenant();
    const authority = world.system(other);
    await world.services.clientScopes.create(authority, { name: 'b', tenantDefault: 'default' });
    await world.services.clientScopes.create(authority, { name: 'a' });
    const LIST = `query ($filter: ClientScopeFilterInput) {
      clientScopes(first: 1, filter: $filter) { totalCount nodes { name } pageInfo { hasNextPage } } }`;
    const list = async (filter?: object) =>
      (await world.graphql(world.app(other, 'client:read'), LIST, { filter })).data.clientScopes;
    expect(await list()).toEqual({ totalCount: 2, nodes: [{ name: 'a' }], pageInfo: { hasNextPage: true } });
    expect(await list({ tenantDefault: 'DEFAULT' })).toMatchObject({ totalCount: 1, nodes: [{ name: 'b' }] });
    expect(await list({ tenantDefault: 'OPTIONAL' })).toMatchObject({ nodes: [] });
    expect(await list({ tenantDefault: null })).toMatchObject({ totalCount: 2 });
  });

  it('are asked for by id or by name, not by both', async () => {
    for (const variables of [{}, { id: NO_SCOPE, name: 'x' }])
      expect((await world.graphql(manager(), ONE, variables)).code).toBe('INVALID_INPUT');
    for (const variables of [{ id: NO_SCOPE }, { name: 'nothing' }, { name: 'a b' }])
      expect((await world.graphql(manager(), ONE, variables)).data.clientScope).toBeNull();
    expect((await world.graphql(manager(), ONE, { id: `cli~${acme.route}~x` })).code).toBe('INVALID_INPUT');
  });

  it('are given to clients as default or optional ones, and withdrawn', async () => {
    await create({ name: 'sails' });
    const { client } = await world.newClient(acme, { scopes: [{ name: 'openid', isDefault: false }] });
    const CHANGE = `mutation ($input: UpdateClientInput!) {
      updateClient(input: $input) { client { scopes { clientScopeUuid name isDefault } } } }`;
    const change = async (input: object) =>
      (await world.graphql(manager(), CHANGE, { input: { clientId: client.id, ...input } })).data.updateClient.client;
    const sails = (await world.graphql(manager(), ONE, { name: 'sails' })).data.clientScope.clientScopeUuid;
    const changed = await change({ addedScopes: [{ name: 'sails', isDefault: true }], removedScopes: ['openid'] });
    expect(changed.scopes).toEqual([{ clientScopeUuid: sails, name: 'sails', isDefault: true }]);
    expect((await change({ addedScopes: [{ name: 'sails' }] })).scopes[0].isDefault).toBe(false);
    expect((await change({ addedScopes: null, removedScopes: null })).scopes).toHaveLength(1);
    const unknown = { clientId: client.id, addedScopes: [{ name: 'unheard' }] };
    expect((await call('updateClient', unknown)).code).toBe('CLIENT_SCOPE_UNKNOWN');
  });

  it('take a permission, in their tenant', async () => {
    const { clientScopeUuid } = await create({ name: 'guarded' });
    const reader = world.app(acme, 'client:read', 'client:create');
    const stranger = world.app(await world.tenant(), 'client:write', 'client:delete');
    expect((await call('createClientScope', { name: 'x' }, reader)).code).toBe('FORBIDDEN');
    for (const field of ['updateClientScope', 'deleteClientScope']) {
      expect((await call(field, { clientScopeId: clientScopeUuid }, reader)).code).toBe('FORBIDDEN');
      expect((await call(field, { clientScopeId: clientScopeUuid }, stranger)).code).toBe('CLIENT_SCOPE_NOT_FOUND');
    }
    expect(
      (await call('deleteClientScope', { clientScopeId: clientScopeUuid }, world.app(acme, 'client:write'))).code,
    ).toBe('FORBIDDEN');
    expect((await world.graphql(world.app(acme, 'user:read'), ONE, { name: 'guarded' })).code).toBe('FORBIDDEN');
    expect((await world.graphql(stranger, ONE, { id: clientScopeUuid })).data.clientScope).toBeNull();
    expect((await world.graphql(reader, ONE, { name: 'guarded' })).data.clientScope).toMatchObject({ name: 'guarded' });
  });

  it('of a client with reach over all tenants are left to callers with that reach', async () => {
    const master = (await world.services.directory.byName('master')) ?? (await world.tenant({ name: 'master' }));
    const { id: clientScopeId } = await world.services.clientScopes.create(world.system(master), { name: 'wide' });
    await world.newClient(master, { permissions: ['user:read:all'], scopes: [{ name: 'wide', isDefault: true }] });
    const weak = world.app(master, 'client:write', 'client:delete', 'user:read');
    for (const [field, input] of [
      ['updateClientScope', { clientScopeId, name: 'narrow' }],
      ['updateClientScope', { clientScopeId, isNamedInTokens: false }],
      ['deleteClientScope', { clientScopeId }],
    ] as const)
      expect((await call(field, input, weak)).code).toBe('ACCOUNT_GUARDED');
  });

  it('refuse what their rules do not allow', async () => {
    const { clientScopeUuid } = await create({ name: 'taken' });
    const other = (await create({ name: 'other' })).clientScopeUuid;
    const powers = (await world.services.clientScopes.create(world.system(acme), { name: 'key:rotate' })).id;
    const twice = { name: 'm', type: 'oidc-m' };
    const large = (name: string) => ({
      ...twice,
      name,
      config: Object.fromEntries(['a', 'b', 'c', 'd'].map((n) => [n, 'x'.repeat(3900)])),
    });
    const refusals: readonly (readonly [string, string, object])[] = [
      ['CLIENT_SCOPE_NAME_TAKEN', 'createClientScope', { name: 'taken' }],
      ['CLIENT_SCOPE_GIVES_PERMISSIONS', 'createClientScope', { name: 'client:write', tenantDefault: 'DEFAULT' }],
      ['PERMISSION_ESCALATION', 'createClientScope', { name: 'user:write' }],
      ['PERMISSION_MASTER_ONLY', 'createClientScope', { name: 'user:read:all' }],
      ['PROTOCOL_MAPPER_NAME_TAKEN', 'createClientScope', { name: 'new', mappers: [twice, twice] }],
      ['PROTOCOL_MAPPER_LIMIT', 'createClientScope', { name: 'new', mappers: ['a', 'b', 'c', 'd', 'e'].map(large) }],
      ['INVALID_INPUT', 'createClientScope', { name: 'new', attributes: { a: { b: 1 } } }],
      ['CLIENT_SCOPE_NOT_FOUND', 'updateClientScope', { clientScopeId: NO_SCOPE }],
      ['CLIENT_SCOPE_NAME_TAKEN', 'updateClientScope', { clientScopeId: other, name: 'taken' }],
      [
        'CLIENT_SCOPE_GIVES_PERMISSIONS',
        'updateClientScope',
        { clientScopeId: other, name: 'client:write', tenantDefault: 'DEFAULT' },
      ],
      ['PERMISSION_ESCALATION', 'updateClientScope', { clientScopeId: powers, name: 'harmless' }],
      ['PERMISSION_MASTER_ONLY', 'updateClientScope', { clientScopeId: other, name: 'user:read:all' }],
      ['PERMISSION_ESCALATION', 'deleteClientScope', { clientScopeId: powers }],
      ['CLIENT_SCOPE_NOT_FOUND', 'deleteClientScope', { clientScopeId: NO_SCOPE }],
    ];
    const before = (await world.events(acme)).length;
    for (const [code, field, input] of refusals)
      expect([field, input, (await call(field, input)).code]).toEqual([field, input, code]);
    expect(await world.events(acme)).toHaveLength(before);
    expect((await call('updateClientScope', { clientScopeId: clientScopeUuid, name: null })).errors).toEqual([]);
  });

  it('are refused where the tenant has 200', async () => {
    const full = await world.tenant();
    for (let n = 0; n < 200; n++) await world.services.clientScopes.create(world.system(full), { name: `s${n}` });
    const refused = await call('createClientScope', { name: 'more' }, world.app(full, 'client:write'));
    expect(refused.code).toBe('CLIENT_SCOPE_LIMIT');
  });
});
