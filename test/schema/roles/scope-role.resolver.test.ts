import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

const ROLES = 'scopeRoles { name } effectiveScopeRoles { name }';
const OWNERS = `client { ${ROLES} } clientScope { ${ROLES} }`;
const ADD = `mutation ($input: AddScopeRolesInput!) { addScopeRoles(input: $input) { ${OWNERS} } }`;
const REMOVE = `mutation ($input: RemoveScopeRolesInput!) { removeScopeRoles(input: $input) { ${OWNERS} } }`;
const NONE = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const FIELDS = ['addScopeRoles', 'removeScopeRoles'] as const;

describe('scope roles over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    await world.newClient(acme, { clientId: 'app' });
    await world.newRole(acme, { name: 'captain' });
    await world.newRole(acme, { name: 'admiral', permissions: ['key:rotate'] });
  });
  afterAll(() => world.close());
  const manager = () => world.app(acme, 'client:write', 'role:read');
  const call = (field: (typeof FIELDS)[number], input: object, caller = manager()) =>
    callField(world, caller, `Mutation.${field}`, { input });
  const roles = [{ name: 'captain' }];

  it('of a client are added, shown and taken away', async () => {
    const added = await world.graphql(manager(), ADD, { input: { clientId: 'app', roles } });
    const shown = { scopeRoles: roles, effectiveScopeRoles: roles };
    expect(added.data.addScopeRoles).toEqual({ client: shown, clientScope: null });
    const listed = await world.graphql(manager(), '{ clients { nodes { scopeRoles { name } } } }');
    expect(listed.data.clients.nodes).toEqual([{ scopeRoles: roles }]);
    const removed = await world.graphql(manager(), REMOVE, { input: { clientId: 'app', roles } });
    const none = { scopeRoles: [], effectiveScopeRoles: [] };
    expect(removed.data.removeScopeRoles).toEqual({ client: none, clientScope: null });
  });

  it('of a scope are added, shown and taken away', async () => {
    const { id: clientScopeId } = await world.services.clientScopes.create(world.system(acme), { name: 'bridge' });
    const added = await world.graphql(manager(), ADD, { input: { clientScopeId, roles } });
    const shown = { scopeRoles: roles, effectiveScopeRoles: roles };
    expect(added.data.addScopeRoles).toEqual({ client: null, clientScope: shown });
    const removed = await world.graphql(manager(), REMOVE, { input: { clientScopeId, roles } });
    expect(removed.data.removeScopeRoles.clientScope).toEqual({ scopeRoles: [], effectiveScopeRoles: [] });
  });

  it.each(FIELDS)('%s refuses what its rules do not allow', async (field) => {
    const realm = await world.tenant({ template: 'realm' });
    const master = (await world.services.directory.byName('master')) ?? (await world.tenant({ name: 'master' }));
    const { client } = await world.newClient(master, { permissions: ['user:read:all'] });
    await world.newRole(master, { name: `deckhand-${field}` });
    expect((await call(field, { roles })).code).toBe('INVALID_INPUT');
    expect((await call(field, { clientId: 'unheard', roles })).code).toBe('NOT_FOUND');
    expect((await call(field, { clientScopeId: NONE, roles })).code).toBe('CLIENT_SCOPE_NOT_FOUND');
    expect((await call(field, { clientId: 'app', roles: [{ name: 'unheard' }] })).code).toBe('ROLE_NOT_FOUND');
    const ofClient = [{ name: 'captain', clientId: 'unheard' }];
    expect((await call(field, { clientId: 'app', roles: ofClient })).code).toBe('ROLE_CLIENT_NOT_FOUND');
    const builtin = { clientId: 'account', roles: [{ name: 'offline_access' }] };
    expect((await call(field, builtin, world.app(realm, 'client:write'))).code).toBe('CLIENT_BUILTIN');
    const guarded = { clientId: client.id, roles: [{ name: `deckhand-${field}` }] };
    expect((await call(field, guarded, world.app(master, 'client:write'))).code).toBe('ACCOUNT_GUARDED');
    expect((await call(field, { clientId: 'app', roles }, world.app(acme, 'client:read'))).code).toBe('FORBIDDEN');
    const stranger = world.app(await world.tenant(), 'client:write');
    expect((await call(field, { clientId: 'app', roles }, stranger)).code).toBe('NOT_FOUND');
  });

  it('are refused to callers who hold less, and beyond 200', async () => {
    expect((await call('addScopeRoles', { clientId: 'app', roles: [{ name: 'admiral' }] })).code).toBe(
      'PERMISSION_ESCALATION',
    );
    const { client } = await world.newClient(acme);
    const many: { id: string }[] = [];
    for (let n = 0; n < 200; n++) many.push({ id: (await world.newRole(acme)).id });
    await world.services.scopeRoles.add(world.system(acme), { clientUuid: client.id }, many);
    expect((await call('addScopeRoles', { clientId: client.id, roles })).code).toBe('SCOPE_ROLE_LIMIT');
  });
});
