import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { type CreateTenant, type Tenant, tenantErrors } from '../../../src/tenants/index.ts';
import { openPostgresDatabase } from '../../support/postgres.ts';
import { faultsOf, refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('tenants', () => {
  let world: World;
  let master: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
  });
  afterAll(() => world.close());

  const service = () => world.services.tenants;
  const create = (input: CreateTenant) => service().create(world.system(master), input);
  const freshName = () => `t${newId().slice(-12)}`;
  const storedOf = (tenant: TenantRef | Tenant) => service().find(tenant.id) as Promise<Tenant>;

  describe('a name', () => {
    it.each(['a', 'x'.repeat(64), '-a', 'a.b', 'a b', 'ä1', 'ab\n', ''])('cannot be %j', async (name) => {
      expect(await faultsOf(() => create({ name }))).toEqual(['TENANT_NAME_INVALID', 'input.name TENANT_NAME_INVALID']);
    });

    it.each(['admin', 'Admin', 'GRAPHQL', 'www'])('is reserved: %s, in any case', async (name) => {
      expect(await faultsOf(() => create({ name }))).toEqual([
        'TENANT_NAME_RESERVED',
        'input.name TENANT_NAME_RESERVED',
      ]);
    });

    it('is kept in its case, and taken in every case', async () => {
      const name = `Acme-${newId().slice(-12)}`;
      expect((await create({ name })).name).toBe(name);
      for (const same of [name, name.toLowerCase(), name.toUpperCase()])
        expect(await faultsOf(() => create({ name: same }))).toEqual([
          'TENANT_NAME_TAKEN',
          'input.name TENANT_NAME_TAKEN',
        ]);
    });

    it('is free again as soon as its tenant is deleted', async () => {
      const name = freshName();
      const before = await world.tenant({ name });
      await service().delete(world.system(before));
      const after = await create({ name });
      expect(after.id).not.toBe(before.id);
      expect(await service().find(before.id)).toBeNull();
    });
  });

  it('start enabled, with the template `native` and a route that no other has', async () => {
    const [one, two] = [await create({ name: freshName() }), await create({ name: freshName(), enabled: false })];
    expect(one).toMatchObject({ enabled: true, template: 'native', displayName: null });
    expect(two.enabled).toBe(false);
    expect(one.route).toMatch(/^[a-z2-7]{8}$/);
    expect(two.route).not.toBe(one.route);
  });

  it('have a display name of at most 255 characters that can be stored', async () => {
    const tenant = await world.tenant({ displayName: 'x'.repeat(255) });
    for (const displayName of ['x'.repeat(256), 'a\0']) {
      const code = displayName.length > 255 ? 'TEXT_LENGTH' : 'TEXT_NOT_STORABLE';
      const expected = ['INVALID_INPUT', `input.displayName ${code}`];
      expect(await faultsOf(() => create({ name: freshName(), displayName }))).toEqual(expected);
      expect(await faultsOf(() => service().update(world.system(tenant), { displayName }))).toEqual(expected);
    }
    expect((await storedOf(tenant)).displayName).toHaveLength(255);
    expect((await service().update(world.system(tenant), { displayName: null })).displayName).toBeNull();
  });

  it('come with what other modules add, or not at all when one of them refuses', async () => {
    const name = freshName();
    const seeded: string[] = [];
    service().addSeed(async (_authority, tenant) => {
      seeded.push(tenant.name);
      if (tenant.name === name) throw tenantErrors.TENANT_PROTECTED();
    });
    expect(await refusalOf(create({ name }))).toBe('TENANT_PROTECTED');
    expect(await world.services.directory.byName(name)).toBeNull();
    const other = await create({ name: freshName() });
    expect(seeded).toEqual([name, other.name]);
  });

  it('change with one event that names what is new, and with none when nothing is', async () => {
    const tenant = await world.tenant({ displayName: 'Acme' });
    await service().update(world.system(tenant), { displayName: 'Acme', enabled: true });
    await service().update(world.system(tenant), { displayName: 'Acme Ltd', enabled: false });
    const changes = (await world.events(tenant)).filter(({ type }) => type === 'tenant.updated');
    expect(changes.map(({ params }) => params)).toEqual([{ changed: ['displayName', 'enabled'] }]);
    expect(await storedOf(tenant)).toMatchObject({ displayName: 'Acme Ltd', enabled: false });
  });

  it('are changed one at a time: a neighbour stays as it is', async () => {
    const [tenant, neighbour] = [await world.tenant(), await world.tenant({ displayName: 'Neighbour' })];
    await service().update(world.system(tenant), { displayName: 'Changed', enabled: false });
    await service().updateSettings(world.system(tenant), { registration: true });
    await service().delete(world.system(tenant));
    expect(await storedOf(neighbour)).toMatchObject({ displayName: 'Neighbour', enabled: true, settings: {} });
    expect(await world.eventTypes(neighbour)).toEqual(['tenant.created']);
  });

  it('can be disabled and deleted, all but `master`', async () => {
    expect(await refusalOf(service().update(world.system(master), { enabled: false }))).toBe('TENANT_PROTECTED');
    expect(await refusalOf(service().delete(world.system(master)))).toBe('TENANT_PROTECTED');
    expect((await service().update(world.system(master), { displayName: 'Main', enabled: true })).displayName).toBe(
      'Main',
    );
    expect((await storedOf(master)).enabled).toBe(true);
  });

  it('are unknown once deleted, to every call', async () => {
    const tenant = await world.tenant();
    const authority = world.system(tenant);
    expect((await service().delete(authority)).enabled).toBe(false);
    for (const call of [
      () => service().update(authority, { displayName: 'x' }),
      () => service().configure(authority, { settings: { registration: true } }),
      () => service().updateSettings(authority, { registration: true }),
      () => service().delete(authority),
    ])
      expect(await refusalOf(call())).toBe('NOT_FOUND');
    expect((await world.eventTypes(tenant)).slice(-1)).toEqual(['tenant.deleted']);
  });

  it('are listed for callers with reach `all`; others see only their tenant', async () => {
    const [tenant, neighbour] = [await world.tenant(), await world.tenant()];
    const names = async (authority: Authority, filter = {}) =>
      (await service().page(authority, filter, { first: 200 })).rows.map(({ name }) => name);
    const own = new Authority(world.app(tenant, 'tenant:read'), tenant, 'tenant');
    expect(await names(own)).toEqual([tenant.name]);
    expect(await names(own, { nameContains: neighbour.name })).toEqual([]);
    const all = new Authority(world.app(master, 'tenant:read:all'), master, 'all');
    expect(await names(all)).toEqual(expect.arrayContaining([tenant.name, neighbour.name, 'master']));
    expect(await names(all, { nameContains: neighbour.name.toUpperCase() })).toEqual([neighbour.name]);
  });

  describe('settings', () => {
    const patch = (tenant: TenantRef, settings: object) => service().updateSettings(world.system(tenant), settings);

    it('are stored as the difference to the template; those of the lock-out are set one by one', async () => {
      const tenant = await world.tenant({ template: 'image', settings: { lockout: { ipLimit: 7 } } });
      await patch(tenant, { registration: true });
      const settings = await patch(tenant, { lockout: { accountLimit: 3 } });
      expect((await storedOf(tenant)).settings).toEqual({
        registration: true,
        lockout: { ipLimit: 7, accountLimit: 3 },
      });
      expect(settings.lockout).toMatchObject({ ipLimit: 7, accountLimit: 3, maxWaitSeconds: 86_400 });
      expect(service().settingsOf((await service().find(tenant.id))!)).toEqual(settings);
    });

    it('are refused with the path of each fault, and nothing of the change is stored', async () => {
      const tenant = await world.tenant();
      const faulty = { registration: true, reauthSeconds: 0, lockout: { accountLimit: 1001 } };
      const expected = [
        'TENANT_SETTING_INVALID',
        'input.settings.reauthSeconds TENANT_SETTING_INVALID',
        'input.settings.lockout.accountLimit TENANT_SETTING_INVALID',
      ];
      expect(await faultsOf(() => patch(tenant, faulty))).toEqual(expected);
      expect(await faultsOf(() => create({ name: freshName(), settings: faulty }))).toEqual(expected);
      expect((await storedOf(tenant)).settings).toEqual({});
    });

    it('let users sign in by e-mail only where addresses are unique, whichever of the two is changed', async () => {
      const expected = ['INVALID_INPUT', 'input.settings.signInByEmail TENANT_SETTING_INVALID'];
      const tenant = await world.tenant();
      expect(await faultsOf(() => patch(tenant, { uniqueEmail: false }))).toEqual(expected);
      await patch(tenant, { uniqueEmail: false, signInByEmail: false });
      expect(await faultsOf(() => patch(tenant, { signInByEmail: true }))).toEqual(expected);
      expect(await patch(tenant, { uniqueEmail: true, signInByEmail: true })).toMatchObject({ signInByEmail: true });
    });

    it('that stay as they are make no event and call no listener', async () => {
      const tenant = await world.tenant();
      const calls: [boolean, boolean][] = [];
      service().onSettings(async ({ tenant: { id } }, before, after) => {
        if (id === tenant.id) calls.push([before.registration, after.registration]);
      });
      await patch(tenant, { registration: false, lockout: { enabled: true } });
      expect(calls).toEqual([]);
      await patch(tenant, { registration: true, sessionSeconds: 86_400 });
      expect(calls).toEqual([[false, true]]);
      const changes = (await world.events(tenant)).filter(({ type }) => type === 'setting.changed');
      expect(changes.map(({ params }) => params)).toEqual([{ changed: ['registration'] }]);
    });

    it('stay as they were when a listener refuses the change', async () => {
      const tenant = await world.tenant();
      service().onSettings(async ({ tenant: { id } }, _before, after) => {
        if (id === tenant.id && after.verifyEmail) throw tenantErrors.TENANT_PROTECTED();
      });
      expect(await refusalOf(patch(tenant, { verifyEmail: true }))).toBe('TENANT_PROTECTED');
      expect((await storedOf(tenant)).settings).toEqual({});
      expect(await world.eventTypes(tenant)).toEqual(['tenant.created']);
    });
  });
});

describe('settings of a tenant that two callers change at once, on PostgreSQL', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(await openPostgresDatabase());
  });
  afterAll(() => world.close());

  it('keep both changes: the second waits for the first', async () => {
    const tenant = await world.tenant();
    const { tenants } = world.services;
    const authority = world.system(tenant);
    await Promise.all([
      tenants.updateSettings(authority, { passwordMinLength: 9 }),
      tenants.updateSettings(authority, { reauthSeconds: 60 }),
      tenants.updateSettings(authority, { sessionSeconds: 7200 }),
    ]);
    expect(tenants.settingsOf((await tenants.find(authority.tenant.id))!)).toMatchObject({
      passwordMinLength: 9,
      reauthSeconds: 60,
      sessionSeconds: 7200,
    });
  });

  it('keep both actions that are added to the required ones, and to those to begin with', async () => {
    const tenant = await world.tenant();
    const { tenants } = world.services;
    const action = { name: 'A', providerId: 'p', isEnabled: true, isDefault: false, priority: 1, config: {} };
    const initial = [{ ...action, alias: 'first' }];
    const add = (alias: string) =>
      tenants.configure(world.system(tenant), { settings: { requiredActionChanges: { initial, set: [{ alias }] } } });
    await Promise.all(['one', 'two', 'three'].map(add));
    const { requiredActions } = tenants.settingsOf((await tenants.find(tenant.id))!);
    expect(requiredActions!.map(({ alias }) => alias).sort()).toEqual(['first', 'one', 'three', 'two']);
  });
});
