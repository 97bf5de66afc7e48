import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

describe('tenants over GraphQL', () => {
  let world: World;
  let master: TenantRef;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
    acme = await world.tenant({ name: 'acme', displayName: 'Acme' });
  });
  afterAll(() => world.close());

  const TENANT =
    'query ($tenant: String) { tenant(tenant: $tenant) { id name settings { uniqueEmail lockout { accountLimit } } } }';
  const UPDATE =
    'mutation ($input: UpdateTenantSettingsInput!) { updateTenantSettings(input: $input) { settings { passwordMinLength lockout { isEnabled accountLimit } } } }';

  it('shows the caller its own tenant with the present settings', async () => {
    const { data, errors } = await world.graphql(world.app(acme, 'tenant:read', 'setting:read'), TENANT);
    expect(errors).toEqual([]);
    expect(data.tenant).toEqual({
      id: `ten~${acme.route}~${acme.id}`,
      name: 'acme',
      settings: { uniqueEmail: true, lockout: { accountLimit: 10 } },
    });
  });

  it('shows null settings to a caller who may read the tenant but not its settings', async () => {
    const { data, code } = await world.graphql(world.app(acme, 'tenant:read'), TENANT);
    expect(data.tenant).toMatchObject({ name: 'acme', settings: null });
    expect(code).toBe('FORBIDDEN');
  });

  it('shows the user whom a tenant was made with to callers who may read its users', async () => {
    const user = await world.newUser(acme, { username: 'ines', email: 'ines@quay.example' });
    await world.db.orm.em
      .fork()
      .getConnection()
      .execute('update tenants set administrator_id = ? where id = ?', [user.id, acme.id]);
    const MADE_WITH =
      'query ($tenant: String) { tenant(tenant: $tenant) { administrator { username email emailVerified isEnabled } } }';
    const shown = async (of: TenantRef, ...scopes: string[]) => {
      const { code, data } = await world.graphql(world.app(of, ...scopes), MADE_WITH, { tenant: acme.name });
      return [code, data.tenant.administrator];
    };
    const administrator = { username: 'ines', email: 'ines@quay.example', emailVerified: false, isEnabled: true };
    expect(await shown(acme, 'tenant:read', 'user:read')).toEqual([undefined, administrator]);
    expect(await shown(acme, 'tenant:read')).toEqual(['FORBIDDEN', null]);
    expect(await shown(master, 'tenant:read:all', 'user:read:all')).toEqual([undefined, administrator]);
    expect(await shown(master, 'tenant:read:all', 'user:read')).toEqual(['FORBIDDEN', null]);
  });

  it('refuses another tenant whether or not it exists, unless the permission is held for all', async () => {
    const own = world.app(acme, 'tenant:read');
    expect((await world.graphql(own, TENANT, { tenant: 'master' })).code).toBe('FORBIDDEN');
    expect((await world.graphql(own, TENANT, { tenant: 'no-such' })).code).toBe('FORBIDDEN');
    const all = world.app(master, 'tenant:read:all', 'setting:read:all');
    expect((await world.graphql(all, TENANT, { tenant: 'acme' })).data.tenant.name).toBe('acme');
    expect((await world.graphql(all, TENANT, { tenant: 'no-such' })).code).toBe('NOT_FOUND');
  });

  it('lists the caller’s own tenant, or all of them with reach `all`, page by page', async () => {
    const LIST =
      'query ($first: Int, $after: String) { tenants(first: $first, after: $after) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }';
    const own = await world.graphql(world.app(acme, 'tenant:read'), LIST);
    expect(own.data.tenants).toMatchObject({ totalCount: 1, nodes: [{ name: 'acme' }] });
    const all = world.app(master, 'tenant:read:all');
    const first = await world.graphql(all, LIST, { first: 1 });
    expect(first.data.tenants).toMatchObject({
      totalCount: 2,
      nodes: [{ name: 'acme' }],
      pageInfo: { hasNextPage: true },
    });
    const second = await world.graphql(all, LIST, { first: 1, after: first.data.tenants.pageInfo.endCursor });
    expect(second.data.tenants).toMatchObject({ nodes: [{ name: 'master' }], pageInfo: { hasNextPage: false } });
  });

  it('refuses pages beyond 200 and cursors of another list', async () => {
    const caller = world.app(acme, 'tenant:read');
    expect((await world.graphql(caller, '{ tenants(first: 201) { nodes { name } } }')).code).toBe('INVALID_INPUT');
    expect((await world.graphql(caller, '{ tenants(after: "bm9wZQ") { nodes { name } } }')).code).toBe('INVALID_INPUT');
  });

  it('changes only the settings that are named, and writes one event with their names', async () => {
    const tenant = await world.tenant();
    const caller = world.app(tenant, 'setting:write');
    const { data } = await world.graphql(caller, UPDATE, {
      input: { settings: { passwordMinLength: 8, lockout: { accountLimit: 3 } } },
    });
    expect(data.updateTenantSettings.settings).toEqual({
      passwordMinLength: 8,
      lockout: { isEnabled: true, accountLimit: 3 },
    });
    await world.graphql(caller, UPDATE, { input: { settings: { passwordMinLength: 8 } } });
    const changes = (await world.events(tenant)).filter(({ type }) => type === 'setting.changed');
    expect(changes.map(({ params }) => params)).toEqual([{ changed: ['passwordMinLength', 'lockout'] }]);
  });

  it('refuses a setting out of range with the path of the value', async () => {
    const { errors } = await world.graphql(world.app(acme, 'setting:write'), UPDATE, {
      input: { settings: { lockout: { accountLimit: 0 } } },
    });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'TENANT_SETTING_INVALID',
      fields: [{ path: 'input.settings.lockout.accountLimit' }],
    });
  });

  it('keeps settings of other programs by name, and writes one event with the names that changed', async () => {
    const tenant = await world.tenant();
    const caller = world.app(tenant, 'setting:write', 'tenant:read');
    const CHANGE =
      'mutation ($input: UpdateExtraSettingsInput!) { updateExtraSettings(input: $input) { extraSettings } }';
    const change = async (input: object, by = caller) => {
      const { code, data } = await world.graphql(by, CHANGE, { input });
      return code ?? data.updateExtraSettings.extraSettings;
    };
    expect(await change({ set: { link: 'https://a.example/', count: 3 } })).toEqual({
      link: 'https://a.example/',
      count: 3,
    });
    expect(await change({ set: { count: 3 }, remove: null })).toMatchObject({ count: 3 });
    expect(await change({ remove: ['link', 'none'] })).toBe('TENANT_SETTING_NOT_FOUND');
    expect(await change({ remove: ['link', 'none'], canBeMissing: true })).toEqual({ count: 3 });
    expect(await change({ set: { count: 4 } }, world.app(tenant, 'setting:read'))).toBe('FORBIDDEN');
    const SHOWN = 'query ($tenant: String) { tenant(tenant: $tenant) { extraSettings } }';
    expect((await world.graphql(caller, SHOWN)).data.tenant).toEqual({ extraSettings: { count: 3 } });
    expect((await world.graphql(world.app(tenant, 'tenant:read'), SHOWN)).data.tenant).toEqual({ extraSettings: null });
    const changes = (await world.events(tenant)).filter(({ type }) => type === 'setting.changed');
    expect(changes.map(({ params }) => params)).toEqual([
      { changed: ['extra'], extra: ['link', 'count'] },
      { changed: ['extra'], extra: ['link'] },
    ]);
  });

  it('shows the settings of other programs of each tenant in a list to callers who may read them there', async () => {
    await world.services.tenants.updateExtra(world.system(acme), { set: { of: 'acme' } });
    const LIST = 'query { tenants(first: 1) { nodes { name extraSettings } } }';
    const shown = async (...scopes: string[]) => (await world.graphql(world.app(master, ...scopes), LIST)).data.tenants;
    expect(await shown('tenant:read:all', 'setting:read:all')).toEqual({
      nodes: [{ name: 'acme', extraSettings: { of: 'acme' } }],
    });
    expect(await shown('tenant:read:all', 'setting:read')).toEqual({ nodes: [{ name: 'acme', extraSettings: null }] });
  });

  it('stores the rules of user attributes, and users show which attributes are unmodifiable', async () => {
    const tenant = await world.tenant();
    const caller = world.app(tenant, 'setting:write', 'user:create', 'user:read');
    const DEFINE = `mutation ($attributes: [AttributeDefinitionInput!]) {
      updateTenantSettings(input: { settings: { attributes: $attributes } }) {
        settings { attributes { name type isList isUnmodifiable validators { min max characters oneOf code message } } }
      }
    }`;
    const INN = { name: 'INN', type: 'TEXT', isList: false, isUnmodifiable: true, validators: [] };
    const validators = [{ min: 2, max: 40, characters: '\\p{L}', oneOf: null, code: 'letters', message: 'Letters.' }];
    const NAME = { name: 'given_name', type: null, isList: false, isUnmodifiable: false, validators };
    const defined = await world.graphql(caller, DEFINE, { attributes: [INN, NAME] });
    expect(defined.errors).toEqual([]);
    expect(defined.data.updateTenantSettings.settings).toEqual({ attributes: [INN, NAME] });
    const CREATE =
      'mutation ($name: String!) { createUser(input: { username: $name, givenName: $name }) { user { unmodifiableAttributes } } }';
    const created = await world.graphql(caller, CREATE, { name: 'Anna' });
    expect(created.data.createUser.user).toEqual({ unmodifiableAttributes: ['INN'] });
    const refused = await world.graphql(caller, CREATE, { name: 'R2D2' });
    expect(refused.errors[0]?.extensions).toMatchObject({
      code: 'USER_ATTRIBUTE_REFUSED',
      fields: [{ path: 'input.givenName', code: 'letters', message: 'Letters.' }],
    });
  });

  it('creates tenants only for holders of tenant:create:all, with names that are valid, free and not reserved', async () => {
    const CREATE = 'mutation ($name: String!) { createTenant(input: { name: $name }) { tenant { name template } } }';
    expect((await world.graphql(world.app(acme, 'tenant:create'), CREATE, { name: 'beta' })).code).toBe('FORBIDDEN');
    const creator = world.app(master, 'tenant:create:all', 'tenant:read:all');
    expect((await world.graphql(creator, CREATE, { name: 'beta' })).data.createTenant.tenant).toEqual({
      name: 'beta',
      template: 'NATIVE',
    });
    expect((await world.graphql(creator, CREATE, { name: 'BETA' })).code).toBe('TENANT_NAME_TAKEN');
    expect((await world.graphql(creator, CREATE, { name: 'Graphql' })).code).toBe('TENANT_NAME_RESERVED');
    expect((await world.graphql(creator, CREATE, { name: '-x' })).code).toBe('TENANT_NAME_INVALID');
  });

  it('protects master, and frees the name of a deleted tenant at once', async () => {
    const DELETE = 'mutation ($name: String!) { deleteTenant(input: { tenant: $name }) { name } }';
    const admin = world.app(master, 'tenant:delete:all', 'tenant:write:all');
    expect((await world.graphql(admin, DELETE, { name: 'master' })).code).toBe('TENANT_PROTECTED');
    expect(
      (await world.graphql(admin, 'mutation { updateTenant(input: { isEnabled: false }) { tenant { name } } }')).code,
    ).toBe('TENANT_PROTECTED');
    await world.tenant({ name: 'gone' });
    expect((await world.graphql(admin, DELETE, { name: 'gone' })).data.deleteTenant).toEqual({ name: 'gone' });
    expect((await world.tenant({ name: 'gone' })).name).toBe('gone');
  });

  it('allows only callers with reach `all` to use a disabled tenant', async () => {
    const tenant = await world.tenant({ enabled: false });
    expect((await world.graphql(world.app(tenant, 'tenant:read'), TENANT)).code).toBe('TENANT_DISABLED');
    const all = await world.graphql(world.app(master, 'tenant:read:all', 'setting:read:all'), TENANT, {
      tenant: tenant.name,
    });
    expect(all.data.tenant.name).toBe(tenant.name);
  });

  it('finds a tenant by its global id, and refuses another one without a query', async () => {
    const NODE = 'query ($id: ID!) { node(id: $id) { id ... on Tenant { name } } }';
    const caller = world.app(acme, 'tenant:read');
    expect((await world.graphql(caller, NODE, { id: `ten~${acme.route}~${acme.id}` })).data.node).toMatchObject({
      name: 'acme',
    });
    expect((await world.graphql(caller, NODE, { id: `ten~${master.route}~${master.id}` })).code).toBe('FORBIDDEN');
    expect((await world.graphql(caller, NODE, { id: `ten~aaaaaaaa~${master.id}` })).code).toBe('FORBIDDEN');
    expect((await world.graphql(caller, NODE, { id: 'ten~nonsense' })).code).toBe('INVALID_INPUT');
  });
});
