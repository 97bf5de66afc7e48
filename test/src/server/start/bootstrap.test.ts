import { afterEach, describe, expect, it } from 'vitest';
import { everyPermission } from '../../../../src/access/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { Database } from '../../../../src/persistence/index.ts';
import { type BootstrapConfig, ConfigError } from '../../../../src/server/environment/config.ts';
import { bootstrap } from '../../../../src/server/start/bootstrap.ts';
import { makeDemo } from '../../../../src/server/start/demo.ts';
import { ENGINES } from '../../../support/postgres.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

const NOTHING: BootstrapConfig = {
  adminUsername: 'admin',
  adminPassword: null,
  clientId: 'bootstrap',
  clientSecret: null,
};
const GIVEN: BootstrapConfig = {
  adminUsername: 'root',
  adminPassword: 'a phrase nobody guesses',
  clientId: 'ops',
  clientSecret: 'x'.repeat(32),
};

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function open(db?: Database): Promise<World> {
  const world = await World.open(db);
  worlds.push(world);
  return world;
}

async function master(world: World): Promise<TenantRef> {
  return (await world.services.directory.byName('master'))!;
}

describe.each(ENGINES)('the first start on $name', ({ open: openDatabase }) => {
  it('makes master, an administrator and a client, both with all permissions in every tenant', async () => {
    const world = await open(await openDatabase());
    const { services } = world;
    expect(await bootstrap(world.db, services, GIVEN)).toEqual({
      adminUsername: 'root',
      adminPassword: null,
      clientId: 'ops',
      clientSecret: null,
    });
    const tenant = await master(world);
    const admin = await world.stores.userStore.findByUsername(tenant.id, 'root');
    expect(await services.passwords.verify(tenant.id, admin!.id, GIVEN.adminPassword!)).toBe(true);
    const held = await services.rolePermissions.ofUser(tenant.id, admin!.id);
    for (const grant of everyPermission('all')) expect(held.includes(grant)).toBe(true);
    const client = await services.oauth.authenticator.authenticateClient(
      tenant,
      [{ clientId: 'ops', secret: GIVEN.clientSecret, method: 'Basic' }],
      TEST_ORIGIN,
    );
    if ('refused' in client) throw new Error(client.refused);
    for (const grant of everyPermission('all')) expect(client.caller.permissions.includes(grant)).toBe(true);
  });

  it('gives the client every scope that applications may have, of every older API', async () => {
    const world = await open(await openDatabase());
    const { services } = world;
    await bootstrap(world.db, services, GIVEN);
    const tenant = await master(world);
    const client = await world.stores.clientStore.findByClientId(tenant.id, 'ops');
    const links = (await world.stores.clientScopeStore.linksOf(tenant.id, [client!.id])).get(client!.id)!;
    const expected = services.scopes.names().filter((name) => services.scopes.find(name)!.holder !== 'user');
    expect(links.map(({ name }) => name)).toEqual(expect.arrayContaining(expected));
    expect(expected).toContain('blitz_api_sys_usec_chg');
    expect(links.some(({ isDefault }) => isDefault)).toBe(false);
  });

  it('happens once: a second one changes nothing, whatever its settings', async () => {
    const world = await open(await openDatabase());
    await bootstrap(world.db, world.services, GIVEN);
    expect(await bootstrap(world.db, world.services, { ...GIVEN, adminUsername: 'other' })).toBeNull();
    const tenant = await master(world);
    expect(await world.stores.userStore.findByUsername(tenant.id, 'other')).toBeNull();
  });

  it('happens on one of several nodes that start together', async () => {
    const world = await open(await openDatabase());
    const made = await Promise.all(
      [1, 2, 3].map(() => bootstrap(world.db, world.services, GIVEN).catch(() => 'failed')),
    );
    expect(made.filter((result) => result !== null && result !== 'failed')).toHaveLength(1);
  });

  it('makes nothing when the password is refused', async () => {
    const world = await open(await openDatabase());
    const config = { ...GIVEN, adminPassword: 'passwordpassword' };
    await expect(bootstrap(world.db, world.services, config)).rejects.toThrow(
      /^The configuration cannot be used:\n {2}- BOOTSTRAP_ADMIN_PASSWORD: [A-Z].*\.$/,
    );
    expect(await world.stores.tenantStore.findByName('master')).toBeNull();
    expect(await bootstrap(world.db, world.services, GIVEN)).not.toBeNull();
  });
});

describe('secrets that are not configured', () => {
  it('are generated and shown once on the embedded database', async () => {
    const world = await open();
    const made = await bootstrap(world.db, world.services, NOTHING);
    expect(made!.adminPassword).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(made!.clientSecret).toMatch(/^[A-Za-z0-9_-]{32}$/);
    const tenant = await master(world);
    const admin = await world.stores.userStore.findByUsername(tenant.id, 'admin');
    expect(await world.services.passwords.verify(tenant.id, admin!.id, made!.adminPassword!)).toBe(true);
  });

  it('make the start on an empty database server fail, with all of them named', async () => {
    const server = ENGINES.find(({ name }) => /postgres/i.test(name) && !/lite/i.test(name))!;
    const world = await open(await server.open());
    const fault = await bootstrap(world.db, world.services, NOTHING).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ConfigError);
    expect((fault as ConfigError).faults).toEqual([
      expect.stringContaining('BOOTSTRAP_ADMIN_PASSWORD'),
      expect.stringContaining('BOOTSTRAP_CLIENT_SECRET'),
    ]);
    expect(await world.stores.tenantStore.findByName('master')).toBeNull();
    await bootstrap(world.db, world.services, GIVEN);
    expect(await bootstrap(world.db, world.services, NOTHING)).toBeNull();
  });
});

describe('DEMO=1', () => {
  it('makes a tenant with a few hundred users, sessions, links and riskbits, once', async () => {
    const world = await open();
    const { services } = world;
    const made = await makeDemo(services);
    expect(made).toEqual({ name: 'demo', users: 300 });
    const tenant = (await services.directory.byName('demo'))!;
    const authority = world.system(tenant);
    const users = await services.users.page(authority, {}, 'username', { first: 1, withTotal: true } as never);
    expect(users.totalCount).toBe(300);
    const sessions = await services.sessions.page(authority, {}, { first: 1, withTotal: true } as never);
    expect(sessions.totalCount).toBe(300);
    const ada = await world.stores.userStore.findByUsername(tenant.id, 'ada.abara');
    expect(await services.federationLinks.list(authority, ada!.id)).toHaveLength(1);
    const riskbits = await services.riskbits.page(authority, {}, { first: 1, withTotal: true } as never);
    expect(riskbits.totalCount).toBe(5);
    expect(await makeDemo(services)).toBeNull();
  });
});
