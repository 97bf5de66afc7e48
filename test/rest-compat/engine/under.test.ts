import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Route, route } from '../../../rest-compat/engine/index.ts';
import type { Caller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { type RestClient, serveDialects } from '../../support/rest.ts';
import { World } from '../../support/world.ts';
import { authenticatorOf, tinyDialect } from './dialect.ts';
import { ListTenants, ShowTenant } from './operations.generated.ts';

const rows = (main: string): readonly Route[] => [
  route({
    method: 'GET',
    path: '/realm/{tenantId}',
    spec: 'Tiny',
    summary: 'Shows the second tenant.',
    callers: { bearer: { app: ['tenant:read'] } },
    operation: ShowTenant,
    input: { params: z.object({ tenantId: z.string() }) },
    tenant: { in: 'params', name: 'tenantId' },
    under: main,
    reply: { status: 200, schema: z.object({ name: z.string() }), from: ({ tenant }) => tenant },
  }),
  route({
    method: 'GET',
    path: '/realm',
    spec: 'Tiny',
    summary: 'Lists tenants.',
    callers: { bearer: { app: ['tenant:read'] } },
    operation: ListTenants,
    tenant: 'none',
    under: main,
    reply: {
      status: 200,
      schema: z.object({ name: z.array(z.string()) }),
      from: ({ tenants }) => ({ name: tenants.nodes.map((tenant) => tenant?.name ?? '') }),
    },
  }),
];

describe('a row below the name of one tenant', () => {
  let world: World;
  let main: TenantRef;
  let acme: TenantRef;
  let other: TenantRef;
  let rest: RestClient;
  const callers = new Map<string, Caller>();

  beforeAll(async () => {
    world = await World.open();
    main = await world.tenant();
    acme = await world.tenant();
    other = await world.tenant();
    callers.set('acme', world.app(acme, 'tenant:read'));
    callers.set('everywhere', world.app(main, 'tenant:read:all'));
    const routes = rows(main.name);
    const mounts = [
      { prefix: '/r/{tenant}', routes },
      { prefix: '/gateway', routes, tenantIn: 'host-label' as const },
    ];
    rest = await serveDialects([tinyDialect({ mounts }, routes)], world, authenticatorOf(callers));
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
  });

  const ask = async (path: string, token = 'everywhere', host?: string) => {
    const headers: Record<string, string> = host === undefined ? {} : { host };
    const { status, json } = await rest.ask('GET', path, { token, headers });
    return status === 200 ? json.name : [status, json.error];
  };
  const FORBIDDEN = [403, 'forbidden'];

  it('acts on the tenant that its second name gives', async () => {
    expect(await ask(`/r/${main.name}/realm/${acme.name}`)).toBe(acme.name);
    expect(await ask(`/r/${acme.name}/realm/${acme.name}`)).toBe(acme.name);
    expect(await ask(`/r/${acme.name}/realm/${acme.name}`, 'acme')).toBe(acme.name);
    expect(await ask(`/r/${main.name}/realm/${acme.name}`, 'acme')).toBe(acme.name);
  });

  it('is refused below every other name, whether or not a tenant has one of the names', async () => {
    for (const path of [`${other.name}/realm/${acme.name}`, `there-is-none/realm/${acme.name}`])
      expect(await ask(`/r/${path}`)).toEqual(FORBIDDEN);
    expect(await ask(`/r/${acme.name}/realm/${other.name}`)).toEqual(FORBIDDEN);
    expect(await ask(`/r/${acme.name}/realm/there-is-none`)).toEqual(FORBIDDEN);
    expect(await ask(`/r/${main.name}/realm/${other.name}`, 'acme')).toEqual([403, 'scope']);
    expect(await ask(`/r/${main.name}/realm/there-is-none`)).toEqual([404, 'absent']);
  });

  it('authenticates its caller before it refuses the name', async () => {
    const { status } = await rest.ask('GET', `/r/${other.name}/realm/${acme.name}`, { token: 'unknown' });
    expect(status).toBe(401);
  });

  it('is served only below that name if it acts on no tenant', async () => {
    expect(await ask(`/r/${main.name}/realm`)).toEqual(expect.arrayContaining([acme.name, other.name]));
    expect(await ask(`/r/${acme.name}/realm`)).toEqual(FORBIDDEN);
    expect(await ask(`/r/${acme.name}/realm`, 'acme')).toEqual(FORBIDDEN);
  });

  it('reads the first name in the host of a mount that takes it from there', async () => {
    const at = (name: string) => `${name}.id.example.com`;
    expect(await ask(`/gateway/realm/${acme.name}`, 'everywhere', at(main.name))).toBe(acme.name);
    expect(await ask(`/gateway/realm/${acme.name}`, 'acme', at(acme.name))).toBe(acme.name);
    expect(await ask(`/gateway/realm/${acme.name}`, 'everywhere', at(other.name))).toEqual(FORBIDDEN);
  });
});
