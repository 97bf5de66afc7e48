import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

const OWNERS = 'client { mappers { mapperId name type config hasEffect } } clientScope { mappers { mapperId name } }';
const ADD = `mutation ($input: AddProtocolMappersInput!) { addProtocolMappers(input: $input) { mapperIds ${OWNERS} } }`;
const UPDATE = `mutation ($input: UpdateProtocolMapperInput!) { updateProtocolMapper(input: $input) { ${OWNERS} } }`;
const DELETE = `mutation ($input: DeleteProtocolMapperInput!) { deleteProtocolMapper(input: $input) { ${OWNERS} } }`;
const NONE = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const MAPPER = { name: 'full name', type: 'oidc-full-name-mapper' };
const FIELDS = ['addProtocolMappers', 'updateProtocolMapper', 'deleteProtocolMapper'] as const;

describe('mappers over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    await world.newClient(acme, { clientId: 'app' });
  });
  afterAll(() => world.close());
  const manager = () => world.app(acme, 'client:write');
  const call = (field: (typeof FIELDS)[number], input: object, caller = manager()) =>
    callField(world, caller, `Mutation.${field}`, { input });
  /** What every mutation of mappers needs beside their owner. */
  const inputOf = (field: (typeof FIELDS)[number]) =>
    field === 'addProtocolMappers' ? { mappers: [MAPPER] } : { mapperId: NONE };

  it('of a client are added, shown with it, changed and deleted', async () => {
    const input = {
      clientId: 'app',
      mappers: [MAPPER, { name: 'other', type: 'oidc-acr-mapper', config: { a: 'b' } }],
    };
    const { addProtocolMappers: added } = (await world.graphql(manager(), ADD, { input })).data;
    expect(added.clientScope).toBeNull();
    expect(added.mapperIds).toEqual(added.client.mappers.map(({ mapperId }: { mapperId: string }) => mapperId));
    expect(added.client.mappers).toMatchObject([
      { ...MAPPER, config: {}, hasEffect: true },
      { name: 'other', type: 'oidc-acr-mapper', config: { a: 'b' }, hasEffect: false },
    ]);
    const [{ mapperId }] = added.client.mappers;
    const LIST = '{ clients { nodes { clientId mappers { mapperId } } } }';
    const listed = (await world.graphql(manager(), LIST)).data.clients.nodes;
    expect(listed[0].mappers[0]).toEqual({ mapperId });
    const changes = { clientId: 'app', mapperId, name: 'whole name', type: null, config: { 'id.token.claim': 'true' } };
    const changed = (await world.graphql(manager(), UPDATE, { input: changes })).data.updateProtocolMapper.client;
    expect(changed.mappers[0]).toMatchObject({
      name: 'whole name',
      type: MAPPER.type,
      config: { 'id.token.claim': 'true' },
    });
    const gone = await world.graphql(manager(), DELETE, { input: { clientId: 'app', mapperId } });
    expect(gone.data.deleteProtocolMapper.client.mappers).toHaveLength(1);
  });

  it('of a scope are added, changed and deleted', async () => {
    const scope = await world.services.clientScopes.create(world.system(acme), { name: 'crew' });
    const owner = { clientScopeId: `scp~${acme.route}~${scope.id}` };
    const { data } = await world.graphql(manager(), ADD, { input: { ...owner, mappers: [MAPPER] } });
    expect(data.addProtocolMappers.client).toBeNull();
    const [{ mapperId }] = data.addProtocolMappers.clientScope.mappers;
    const changed = await world.graphql(manager(), UPDATE, { input: { ...owner, mapperId, name: 'new' } });
    expect(changed.data.updateProtocolMapper.clientScope.mappers).toEqual([{ mapperId, name: 'new' }]);
    const gone = await world.graphql(manager(), DELETE, { input: { ...owner, mapperId } });
    expect(gone.data.deleteProtocolMapper.clientScope.mappers).toEqual([]);
  });

  it.each(FIELDS)('%s takes either a client or a scope', async (field) => {
    for (const owner of [{}, { clientId: 'app', clientScopeId: NONE }])
      expect((await call(field, { ...owner, ...inputOf(field) })).code).toBe('INVALID_INPUT');
    expect((await call(field, { clientId: 'unheard', ...inputOf(field) })).code).toBe('NOT_FOUND');
    expect((await call(field, { clientScopeId: NONE, ...inputOf(field) })).code).toBe('CLIENT_SCOPE_NOT_FOUND');
    expect((await call(field, { clientScopeId: `cli~${acme.route}~x`, ...inputOf(field) })).code).toBe('INVALID_INPUT');
  });

  it.each(FIELDS)('%s takes a permission, in the tenant', async (field) => {
    const input = { clientId: 'app', ...inputOf(field) };
    expect((await call(field, input, world.app(acme, 'client:read', 'client:create'))).code).toBe('FORBIDDEN');
    expect((await call(field, input, world.app(await world.tenant(), 'client:write'))).code).toBe('NOT_FOUND');
  });

  it.each(FIELDS)('%s leaves builtin clients as they are', async (field) => {
    const realm = await world.tenant({ template: 'realm' });
    const input = { clientId: 'account', ...inputOf(field) };
    expect((await call(field, input, world.app(realm, 'client:write'))).code).toBe('CLIENT_BUILTIN');
  });

  it.each(FIELDS)('%s leaves a client with reach over all tenants to callers with that reach', async (field) => {
    const master = (await world.services.directory.byName('master')) ?? (await world.tenant({ name: 'master' }));
    const { client } = await world.newClient(master, { permissions: ['user:read:all'] });
    const input = { clientId: client.id, ...inputOf(field) };
    expect((await call(field, input, world.app(master, 'client:write'))).code).toBe('ACCOUNT_GUARDED');
  });

  it('are refused where a name is taken, there is no such mapper, or there are too many', async () => {
    const { client } = await world.newClient(acme);
    const clientId = client.id;
    const mappers = Array.from({ length: 99 }, (_, n) => ({ ...MAPPER, name: `m${n}` }));
    const added = await world.services.mappers.add(world.system(acme), { clientUuid: client.id }, mappers);
    const mapperId = added.client!.mappers[0]!.id;
    const large = Object.fromEntries(['a', 'b', 'c', 'd'].map((n) => [n, 'x'.repeat(3900)]));
    expect((await call('addProtocolMappers', { clientId, mappers: [mappers[0]] })).code).toBe(
      'PROTOCOL_MAPPER_NAME_TAKEN',
    );
    const two = [MAPPER, { ...MAPPER, name: 'more' }];
    expect((await call('addProtocolMappers', { clientId, mappers: two })).code).toBe('PROTOCOL_MAPPER_LIMIT');
    expect((await call('updateProtocolMapper', { clientId, mapperId, name: 'm1' })).code).toBe(
      'PROTOCOL_MAPPER_NAME_TAKEN',
    );
    for (const { id } of added.client!.mappers.slice(1, 4))
      await world.services.mappers.update(world.system(acme), { clientUuid: client.id }, id, { config: large });
    expect((await call('updateProtocolMapper', { clientId, mapperId, config: large })).code).toBe(
      'PROTOCOL_MAPPER_LIMIT',
    );
    for (const field of ['updateProtocolMapper', 'deleteProtocolMapper'] as const)
      expect((await call(field, { clientId, mapperId: NONE })).code).toBe('PROTOCOL_MAPPER_NOT_FOUND');
  });
});
