import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

describe('hosts of tenants over GraphQL', () => {
  let world: World;
  let master: TenantRef;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((sql) => statements.push(sql)));
    master = await world.tenant({ name: 'master' });
  });
  afterAll(() => world.close());

  const BIND =
    'mutation ($tenant: String, $host: String!) { bindTenantHost(input: { tenant: $tenant, host: $host }) { tenant { hosts } } }';
  const UNBIND =
    'mutation ($tenant: String, $host: String!) { unbindTenantHost(input: { tenant: $tenant, host: $host }) { tenant { hosts } } }';
  const operator = () => world.app(master, 'tenant:write:all');
  const bind = (tenant: TenantRef, host: string, caller = operator()) =>
    world.graphql(caller, BIND, { tenant: tenant.name, host });
  const unbind = (tenant: TenantRef, host: string, caller = operator()) =>
    world.graphql(caller, UNBIND, { tenant: tenant.name, host });
  const hostEvents = async (tenant: TenantRef) =>
    (await world.events(tenant))
      .filter(({ type }) => type.startsWith('tenant.host_'))
      .map(({ type, params }) => [type, params]);

  it('are given and taken by operators, with one event each, and are shown sorted', async () => {
    const acme = await world.tenant();
    const first = await bind(acme, 'Login.Acme.Example:443');
    expect([first.errors, first.data.bindTenantHost.tenant.hosts]).toEqual([[], ['login.acme.example']]);
    expect((await bind(acme, 'büro.acme.example.')).data.bindTenantHost.tenant.hosts).toEqual([
      'login.acme.example',
      'xn--bro-hoa.acme.example',
    ]);
    expect((await world.services.directory.byHost('LOGIN.acme.example:8443'))?.id).toBe(acme.id);
    const gone = await unbind(acme, 'LOGIN.ACME.EXAMPLE');
    expect([gone.errors, gone.data.unbindTenantHost.tenant.hosts]).toEqual([[], ['xn--bro-hoa.acme.example']]);
    expect(await world.services.directory.byHost('login.acme.example')).toBeNull();
    expect(await hostEvents(acme)).toEqual([
      ['tenant.host_bound', { host: 'login.acme.example' }],
      ['tenant.host_bound', { host: 'xn--bro-hoa.acme.example' }],
      ['tenant.host_unbound', { host: 'login.acme.example' }],
    ]);
  });

  it('of a page of tenants cost one statement', async () => {
    const made = [await world.tenant(), await world.tenant(), await world.tenant()];
    for (const tenant of made) await bind(tenant, `${tenant.name}.example`);
    const before = statements.length;
    const { data } = await world.graphql(
      world.app(master, 'tenant:read:all'),
      '{ tenants(first: 200) { nodes { name hosts } } }',
    );
    const hosts = new Map(data.tenants.nodes.map((node: { name: string; hosts: string[] }) => [node.name, node.hosts]));
    expect(made.map(({ name }) => hosts.get(name))).toEqual(made.map(({ name }) => [`${name}.example`]));
    expect(statements.slice(before).filter((sql) => sql.includes('tenant_hosts'))).toHaveLength(1);
  });

  it('are not changed by administrators of one tenant, because people type their passwords there', async () => {
    const acme = await world.tenant();
    const own = world.app(acme, 'tenant:write');
    expect((await bind(acme, 'own.example', own)).code).toBe('FORBIDDEN');
    await bind(acme, 'own.example');
    expect((await unbind(acme, 'own.example', own)).code).toBe('FORBIDDEN');
    expect((await world.services.directory.byHost('own.example'))?.id).toBe(acme.id);
  });

  it('belong to one tenant each, also when two ask at once', async () => {
    const [acme, other] = [await world.tenant(), await world.tenant()];
    await bind(acme, 'taken.example');
    const refused = await bind(other, 'TAKEN.example');
    expect(refused.errors[0]!.extensions).toMatchObject({
      code: 'TENANT_HOST_TAKEN',
      fields: [{ path: 'input.host', code: 'TENANT_HOST_TAKEN' }],
    });
    const both = await Promise.all([bind(acme, 'race.example'), bind(other, 'race.example')]);
    expect(both.map(({ code }) => code).sort()).toEqual(['TENANT_HOST_TAKEN', undefined]);
    // The host of PUBLIC_URL serves all tenants.
    expect((await bind(acme, 'id.example.com')).code).toBe('TENANT_HOST_TAKEN');
  });

  it('change nothing, and have no event, where they are bound already or not bound', async () => {
    const [acme, other] = [await world.tenant(), await world.tenant()];
    await bind(acme, 'twice.example');
    expect((await bind(acme, 'twice.example')).errors).toEqual([]);
    expect((await unbind(other, 'twice.example')).code).toBe('NOT_FOUND');
    expect((await unbind(acme, 'no host')).code).toBe('NOT_FOUND');
    expect(await hostEvents(acme)).toHaveLength(1);
    expect(await hostEvents(other)).toEqual([]);
  });

  it.each(['', 'https://acme.example', 'acme.example/path', '192.0.2.1', '*.acme.example', 'user@acme.example'])(
    'cannot be %j',
    async (host) => {
      const { errors } = await bind(await world.tenant(), host);
      expect(errors[0]!.extensions).toMatchObject({ code: 'TENANT_HOST_INVALID', fields: [{ path: 'input.host' }] });
    },
  );

  it('are a hundred for each tenant at most', async () => {
    const acme = await world.tenant();
    const add = (n: number) => world.services.tenants.bindHost(world.system(acme), `h${n}.many.example`);
    for (let n = 0; n < 100; n += 1) await add(n);
    expect((await bind(acme, 'h100.many.example')).code).toBe('TENANT_HOST_LIMIT');
    expect((await bind(acme, 'h5.many.example')).errors).toEqual([]);
  });

  it('are free again when their tenant is deleted', async () => {
    const [acme, other] = [await world.tenant(), await world.tenant()];
    await bind(acme, 'freed.example');
    expect((await world.services.directory.byHost('freed.example'))?.id).toBe(acme.id);
    await world.services.tenants.delete(world.system(acme));
    expect(await world.services.directory.byHost('freed.example')).toBeNull();
    expect((await bind(other, 'freed.example')).data.bindTenantHost.tenant.hosts).toEqual(['freed.example']);
  });
});
