import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Route, route } from '../../../rest-compat/engine/index.ts';
import { Owners } from '../../../rest-compat/engine/owners.ts';
import type { Caller } from '../../../src/access/index.ts';
import { mintHandle, newRoutedId } from '../../../src/crypto/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { type Ask, type RestClient, serveDialects } from '../../support/rest.ts';
import { testGraph, World } from '../../support/world.ts';
import { authenticatorOf, tinyDialect } from './dialect.ts';
import { ListTenants, ShowTenant } from './operations.generated.ts';

const NAME = z.string();
const SHOWN = { status: 200, schema: z.object({ name: z.string() }) } as const;

const show = (path: string, over: Partial<Route>): Route => ({
  ...route({
    method: 'POST',
    path,
    spec: 'Tiny',
    summary: 'Shows the tenant.',
    callers: { bearer: { app: ['tenant:read'] } },
    operation: ShowTenant,
    reply: { ...SHOWN, from: ({ tenant }) => tenant },
  }),
  ...over,
});

const ROWS: readonly Route[] = [
  show('/path/{realm}/self', { input: { params: z.object({ realm: NAME }) }, tenant: { in: 'params', name: 'realm' } }),
  show('/query', { input: { query: z.object({ tenant_id: NAME }) }, tenant: { in: 'query', name: 'tenant_id' } }),
  show('/form', { input: { form: z.object({ tenant_id: NAME }) }, tenant: { in: 'form', name: 'tenant_id' } }),
  show('/body', { input: { body: z.object({ tenantId: NAME.optional() }) }, tenant: { in: 'body', name: 'tenantId' } }),
  show('/handle', {
    input: { body: z.object({ ticket: NAME }) },
    tenant: { in: 'body', name: 'ticket', as: 'handle' },
  }),
  show('/ticket', {
    input: { body: z.object({ ticket: NAME.optional() }) },
    tenant: { in: 'body', name: 'ticket', as: 'handle', orCaller: true },
  }),
  show('/both/{realm}', {
    input: { params: z.object({ realm: NAME }), body: z.object({ realm: NAME.optional() }) },
    tenant: [
      { in: 'params', name: 'realm' },
      { in: 'body', name: 'realm' },
    ],
  }),
  show('/caller', { tenant: 'caller' }),
  show('/prefix', {}),
  show('/value', { input: { body: z.object({ realmId: NAME.optional() }) }, tenant: 'mount' }),
  {
    ...route({
      method: 'POST',
      path: '/none',
      spec: 'Tiny',
      summary: 'Lists tenants.',
      callers: { bearer: { app: ['tenant:read'] } },
      operation: ListTenants,
      reply: {
        status: 200,
        schema: z.array(z.string()),
        from: ({ tenants }) => tenants.nodes.map((tenant) => tenant?.name ?? ''),
      },
    }),
    input: { body: z.object({ realm: NAME.optional() }) },
    tenant: 'none',
  },
];

describe('the tenant of a row', () => {
  let world: World;
  let standard: TenantRef;
  let acme: TenantRef;
  let rest: RestClient;
  const callers = new Map<string, Caller>();

  beforeAll(async () => {
    world = await World.open();
    standard = await world.tenant();
    acme = await world.tenant();
    callers.set('acme', world.app(acme, 'tenant:read'));
    callers.set('standard', world.app(standard, 'tenant:read'));
    callers.set('everywhere', world.app(standard, 'tenant:read:all'));
    rest = await serveDialects([tinyDialect({}, ROWS)], world, authenticatorOf(callers), {
      defaultTenant: standard.name,
    });
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
  });

  const ask = async (path: string, over: Ask = {}) => {
    const { status, json } = await rest.ask('POST', path, { token: 'everywhere', ...over });
    return [status, status === 200 ? (json.name ?? json) : json.error];
  };
  const form = (text: string): Ask => ({
    body: text,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

  it('is the one that its path, query, form or body names', async () => {
    const found = [200, acme.name];
    expect(await ask(`/tiny/path/${acme.name}/self`)).toEqual(found);
    expect(await ask(`/tiny/query?tenant_id=${acme.name}`)).toEqual(found);
    expect(await ask('/tiny/form', form(`tenant_id=${acme.name}`))).toEqual(found);
    expect(await ask('/tiny/body', { body: { tenantId: acme.name } })).toEqual(found);
  });

  it('is the one inside a handle; a text that is not a handle names none', async () => {
    expect(await ask('/tiny/handle', { body: { ticket: mintHandle(acme.route) } })).toEqual([200, acme.name]);
    expect(await ask('/tiny/handle', { body: { ticket: 'abc' } })).toEqual([200, standard.name]);
  });

  it('is the one inside an id that names it', async () => {
    expect(await ask('/tiny/handle', { body: { ticket: newRoutedId(acme.route) } })).toEqual([200, acme.name]);
    expect(await ask('/tiny/handle', { body: { ticket: newRoutedId('aaaaaaaa') } })).toEqual([200, standard.name]);
  });

  it("is the caller's where the request names none and the row leaves it to the caller", async () => {
    for (const body of [{}, { ticket: 'abc' }, { ticket: newRoutedId('aaaaaaaa') }])
      expect(await ask('/tiny/ticket', { token: 'acme', body })).toEqual([200, acme.name]);
    const ticket = mintHandle(standard.route);
    expect(await ask('/tiny/ticket', { token: 'acme', body: { ticket } })).toEqual([403, 'scope']);
    expect(await ask('/tiny/ticket', { body: { ticket: mintHandle(acme.route) } })).toEqual([200, acme.name]);
    expect(await ask(`/t/${standard.name}/tiny/ticket`, { token: 'acme', body: {} })).toEqual([403, 'scope']);
  });

  it("is the caller's if the row declares it and the prefix names none", async () => {
    expect(await ask('/tiny/caller', { token: 'acme' })).toEqual([200, acme.name]);
    expect(await ask('/tiny/prefix', { token: 'acme' })).toEqual([403, 'scope']);
    expect(await ask(`/t/${standard.name}/tiny/caller`, { token: 'acme' })).toEqual([403, 'scope']);
  });

  it('is none if the row declares it; then the operation decides what the caller may see', async () => {
    expect(await ask('/tiny/none', { token: 'acme', body: { realm: standard.name } })).toEqual([200, [acme.name]]);
  });

  it('is not what a row takes as a value under such a name', async () => {
    expect(await ask(`/t/${acme.name}/tiny/value`, { body: { realmId: standard.name } })).toEqual([200, acme.name]);
  });

  it('is the default if the request names none', async () => {
    expect(await ask('/tiny/body', { body: {} })).toEqual([200, standard.name]);
  });

  it('is refused to callers of another tenant, and never replaced by the default', async () => {
    expect(await ask(`/tiny/query?tenant_id=${acme.name}`, { token: 'standard' })).toEqual([403, 'scope']);
    expect(await ask('/tiny/query?tenant_id=there-is-none')).toEqual([404, 'absent']);
    expect(await ask('/tiny/body', { body: { tenantId: [standard.name] } })).toEqual([400, 'invalid']);
    expect(await ask(`/tiny/query?tenant_id=${standard.name}&tenant_id=${acme.name}`)).toEqual([400, 'invalid']);
  });

  it('is refused with 400 when two places disagree, the prefix among them', async () => {
    const conflict = [400, 'conflict-of-tenants'];
    expect(await ask(`/tiny/both/${acme.name}`, { body: { realm: standard.name } })).toEqual(conflict);
    expect(await ask(`/tiny/both/${acme.name}`, { body: { realm: acme.name } })).toEqual([200, acme.name]);
    expect(await ask(`/t/${standard.name}/tiny/query?tenant_id=${acme.name}`)).toEqual(conflict);
    expect(await ask(`/t/${standard.name}/tiny/handle`, { body: { ticket: mintHandle(acme.route) } })).toEqual(
      conflict,
    );
    expect(await ask(`/t/${acme.name}/tiny/query?tenant_id=${acme.name}`)).toEqual([200, acme.name]);
  });
});

describe('the start of a row whose tenant is not declared', () => {
  const start = async (row: Route) => {
    const schema = await testGraph();
    return () => new Owners([tinyDialect({}, [row])], schema);
  };

  it.each(['tenant', 'tenant_id', 'tenantId', 'realm', 'realmId'])('fails where it has a "%s"', async (name) => {
    const shape = z.object({ [name]: NAME });
    for (const place of ['query', 'form', 'body'] as const) {
      const message = `tiny POST /tiny/x: it takes "${name}" in its ${place}, and its "tenant" does not say`;
      expect(await start(show('/x', { input: { [place]: shape } }))).toThrow(message);
    }
    expect(await start(show(`/x/{${name}}`, {}))).toThrow(`it takes "${name}" in its params`);
  });

  it('fails where a body has several forms, or may be left out', async () => {
    const body = z.union([z.object({ a: NAME }), z.object({ realm: NAME })]).optional();
    expect(await start(show('/x', { input: { body } }))).toThrow('it takes "realm" in its body');
  });

  it('fails where the declared place does not exist', async () => {
    const row = show('/x', { tenant: { in: 'query', name: 'tenant_id' } });
    expect(await start(row)).toThrow('its tenant is "tenant_id" in its query, which it does not take.');
  });

  it('fails where the document declares $tenant and the row has no tenant, or the other way round', async () => {
    expect(await start(show('/x', { tenant: 'none' }))).toThrow('the document ShowTenant wants one.');
    expect(await start(show('/x', { operation: ListTenants }))).toThrow(
      'the document ListTenants does not declare $tenant.',
    );
  });
});
