import { execute, type GraphQLObjectType, parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { authorise, enforceScopes } from '../../../schema/directives/enforce.ts';
import { type TaggedType, toGlobalId } from '../../../schema/global-id.ts';
import { type Caller, systemCaller } from '../../../src/access/index.ts';
import { NOWHERE } from '../../../src/kernel/index.ts';
import type { KnownTenant } from '../../../src/tenants/index.ts';
import {
  acme,
  closed,
  contextOf,
  makeSchema,
  master,
  RESOLVERS,
  resetGraph,
  resolved,
  run,
  schema,
} from '../../support/dog-graph.ts';
import { faultsOf } from '../../support/refusal.ts';
import {
  nobody,
  runSmall,
  SmallContext,
  smallApp,
  smallSchema,
  smallTenant,
  smallUser,
  subscribeSmall,
} from '../../support/small-graph.ts';

beforeEach(resetGraph);

describe('a public root field', () => {
  it('is for callers without a token, in no tenant or in the one they name, with reach self', async () => {
    expect((await run(nobody, '{ open }')).data).toEqual({ open: 'nowhere self' });
    expect((await run(nobody, '{ open(tenant: "acme") }')).data).toEqual({ open: 'acme self' });
    expect((await run(nobody, '{ open(tenant: "nothing") }')).data).toEqual({ open: 'nowhere self' });
  });

  it('gives no caller more than reach self, also with all permissions', async () => {
    expect((await run(smallApp(master, 'user:read:all'), '{ open }')).data).toEqual({ open: 'master self' });
  });

  it('makes the tenant known to the fields below it, whose ids contain its route', async () => {
    const context = contextOf(nobody);
    await runSmall({ schema, query: '{ open(tenant: "acme") }', context });
    expect([...context.tenants]).toEqual([[acme.id, acme]]);
    const without = contextOf(nobody);
    await runSmall({ schema, query: '{ open }', context: without });
    expect(without.tenants.size).toBe(0);
  });
});

describe.each([
  ['that are remembered', false],
  ['that are read first', true],
])('a guarded root field, with tenants %s', (_, isSlow) => {
  const where = (caller: Caller, args = '') =>
    runSmall({ schema, query: `{ closed${args} }`, context: contextOf(caller, isSlow) });

  it('asks callers without a token for one, whatever they name', async () => {
    for (const args of ['', '(tenant: "acme")', '(tenant: "nothing")', '(tenant: "closed")'])
      expect((await where(nobody, args)).codes).toEqual({ closed: 'UNAUTHENTICATED' });
    expect(resolved.calls).toEqual([]);
  });

  it('asks for a token even where a caller without one held the permission', async () => {
    const unproved: Caller = { ...smallApp(acme, 'user:read'), kind: 'anonymous' };
    expect((await where(unproved)).codes).toEqual({ closed: 'UNAUTHENTICATED' });
    expect(resolved.calls).toEqual([]);
  });

  it('is closed to callers without the permission, and its resolver does not run', async () => {
    expect((await where(smallApp(acme, 'user:delete'))).codes).toEqual({ closed: 'FORBIDDEN' });
    expect((await where(smallApp(acme))).codes).toEqual({ closed: 'FORBIDDEN' });
    expect(resolved.calls).toEqual([]);
  });

  it('is open to the service itself in each tenant, also in a disabled one, and in no unknown one', async () => {
    const service = systemCaller({ processId: 'test' });
    expect((await where(service, '(tenant: "acme")')).data).toEqual({ closed: 'acme all' });
    expect((await where(service, '(tenant: "closed")')).data).toEqual({ closed: 'closed all' });
    expect((await where(service, '(tenant: "nothing")')).codes).toEqual({ closed: 'FORBIDDEN' });
  });

  it('gives the resolver the tenant of the caller and the reach of its permission', async () => {
    expect((await where(smallApp(acme, 'user:read'))).data).toEqual({ closed: 'acme tenant' });
    expect((await where(smallUser(acme, 'ada', 'user:read:self'))).data).toEqual({ closed: 'acme self' });
    expect((await where(smallApp(master, 'user:read:all'), '(tenant: "acme")')).data).toEqual({ closed: 'acme all' });
    const narrowed = smallApp(acme, { permission: 'user:read', reach: 'tenant', only: 'vk:a' });
    expect((await where(narrowed)).data).toEqual({ closed: 'acme tenant vk:a' });
  });

  it('is closed in another tenant without reach all, whether that tenant exists or not', async () => {
    for (const name of ['acme', 'nothing', 'closed'])
      expect((await where(smallApp(master, 'user:read'), `(tenant: "${name}")`)).codes).toEqual({
        closed: 'FORBIDDEN',
      });
    expect((await where(smallUser(master, 'ada', 'user:read:self'), '(tenant: "acme")')).codes).toEqual({
      closed: 'FORBIDDEN',
    });
  });

  it('tells those with reach all that a tenant does not exist', async () => {
    expect((await where(smallApp(master, 'user:read:all'), '(tenant: "nothing")')).codes).toEqual({
      closed: 'NOT_FOUND',
    });
    expect((await where(smallApp(null, 'user:read:all'))).codes).toEqual({ closed: 'NOT_FOUND' });
    expect((await where(smallApp(null, 'user:read'))).codes).toEqual({ closed: 'FORBIDDEN' });
  });

  it('is closed in a disabled tenant, but for those with reach all', async () => {
    expect((await where(smallApp(closed, 'user:read'))).codes).toEqual({ closed: 'TENANT_DISABLED' });
    expect((await where(smallUser(closed, 'ada', 'user:read:self'))).codes).toEqual({ closed: 'TENANT_DISABLED' });
    expect((await where(smallApp(master, 'user:read:all'), '(tenant: "closed")')).data).toEqual({
      closed: 'closed all',
    });
  });

  it('makes its tenant known to the fields below it', async () => {
    const context = contextOf(smallApp(master, 'user:read:all'), isSlow);
    await runSmall({ schema, query: '{ closed(tenant: "acme") }', context });
    expect([...context.tenants.keys()]).toEqual([acme.id]);
  });

  it('acts in the tenant that a global id names', async () => {
    const args = `(dogId: "${toGlobalId('Dog' as TaggedType, acme, 'rex')}")`;
    expect((await where(smallApp(acme, 'user:read'), args)).data).toEqual({ closed: 'acme tenant' });
    expect((await where(smallApp(master, 'user:read'), args)).codes).toEqual({ closed: 'FORBIDDEN' });
    expect((await where(smallApp(master, 'user:read:all'), args)).data).toEqual({ closed: 'acme all' });
  });
});

describe('root fields', () => {
  it('do not share their authority: each has that of its tenant', async () => {
    const both = '{ one: closed(tenant: "acme") two: closed(tenant: "master") three: open }';
    expect((await run(smallApp(master, 'user:read:all'), both)).data).toEqual({
      one: 'acme all',
      two: 'master all',
      three: 'master self',
    });
  });

  it('read a property of the source where they have no resolver', async () => {
    const withProperty = makeSchema({ ...RESOLVERS });
    const result = await execute({
      schema: withProperty,
      document: parse('{ plain }'),
      rootValue: { plain: 'as it is' },
      contextValue: contextOf(smallApp(acme, 'user:read')),
    });
    expect(result.data).toEqual({ plain: 'as it is' });
  });

  it('of a mutation forget what was loaded before each of them; those of a query do not', async () => {
    const context = contextOf(smallApp(acme, 'user:write', 'user:read'));
    await runSmall({ schema, query: 'mutation { first second again: first }', context });
    expect(context.renewals).toBe(3);
    const reading = contextOf(smallApp(acme, 'user:read'));
    await runSmall({ schema, query: '{ closed }', context: reading });
    expect(reading.renewals).toBe(0);
  });

  it('are guarded in a graph without mutations too', async () => {
    const small = enforceScopes(
      smallSchema('type Query { plain: String @requiresScopes(scopes: [["user:read"]]) }', {
        'Query.plain': () => 'p',
      }),
    );
    const ask = (caller: Caller) => runSmall({ schema: small, query: '{ plain }', context: contextOf(caller) });
    expect((await ask(smallApp(acme, 'user:read'))).data).toEqual({ plain: 'p' });
    expect((await ask(smallApp(acme))).codes).toEqual({ plain: 'FORBIDDEN' });
  });

  it('are subscriptions only where they were before', () => {
    const fields = (type: GraphQLObjectType | null | undefined) => Object.values(type!.getFields());
    const roots = [...fields(schema.getQueryType()), ...fields(schema.getMutationType())];
    expect(roots.filter(({ subscribe }) => subscribe !== undefined)).toEqual([]);
  });

  it('of a mutation act in the tenant that their input names', async () => {
    const query = 'mutation { first(input: { tenant: "acme" }) }';
    expect((await run(smallApp(master, 'user:write:all'), query)).data).toEqual({ first: 'acme all' });
    expect((await run(smallApp(master, 'user:write'), query)).codes).toEqual({ first: 'FORBIDDEN' });
  });
});

describe('a subscription', () => {
  let tenant: KnownTenant & { enabled: boolean };
  let barks: string[];
  const open = (caller: Caller, query = 'subscription { barks }') => {
    const context = new SmallContext(caller, [master, tenant]);
    const subscribing = makeSchema({
      ...RESOLVERS,
      'Subscription.barks': async function* (_source, _args, { authority }) {
        barks.push(`${authority.tenant.name} ${authority.reach}`);
        yield { barks: 'one' };
        yield { barks: 'two' };
      },
      'Subscription.barker': async function* () {
        yield { barker: resolved.found };
      },
    });
    return { context, begun: subscribeSmall({ schema: subscribing, query, context }) };
  };
  beforeEach(() => {
    tenant = { ...smallTenant('kennel') };
    barks = [];
  });

  it('is refused before it begins, as a query would be', async () => {
    expect(await open(nobody).begun).toMatchObject({ refusal: { codes: { barks: 'UNAUTHENTICATED' } } });
    expect(await open(smallApp(tenant, 'user:delete')).begun).toMatchObject({
      refusal: { codes: { barks: 'FORBIDDEN' } },
    });
    const elsewhere = open(smallApp(tenant, 'user:read'), 'subscription { barks(tenant: "master") }');
    expect(await elsewhere.begun).toMatchObject({ refusal: { codes: { barks: 'FORBIDDEN' } } });
    expect(barks).toEqual([]);
  });

  it('has the authority of its tenant', async () => {
    const begun = await open(smallApp(master, 'user:read:all'), 'subscription { barks(tenant: "kennel") }').begun;
    if ('refusal' in begun) throw new Error('The subscription was refused.');
    expect(await begun.next()).toEqual({ data: { barks: 'one' }, codes: {} });
    expect(barks).toEqual(['kennel all']);
  });

  it('checks caller and tenant again for each item', async () => {
    const { context, begun } = open(smallApp(tenant, 'user:read'));
    const items = await begun;
    if ('refusal' in items) throw new Error('The subscription was refused.');
    expect((await items.next()).codes).toEqual({});
    tenant.enabled = false;
    expect(await items.next()).toEqual({ data: { barks: null }, codes: { barks: 'TENANT_DISABLED' } });
    const again = await open(smallApp({ ...tenant, id: acme.id }, 'user:read')).begun;
    expect(again).toHaveProperty('refusal');
    expect(context.caller.tenant?.name).toBe('kennel');
  });

  it('whose caller loses the permission delivers no item', async () => {
    const { context, begun } = open(smallApp(tenant, 'user:read'));
    const items = await begun;
    if ('refusal' in items) throw new Error('The subscription was refused.');
    context.caller = smallApp(tenant);
    expect((await items.next()).codes).toEqual({ barks: 'FORBIDDEN' });
  });

  it('delivers no object that its caller may not see', async () => {
    resolved.found = { tenantId: acme.id, userId: 'rex', name: 'Rex' };
    const items = await open(smallApp(tenant, 'user:read'), 'subscription { barker { name } }').begun;
    if ('refusal' in items) throw new Error('The subscription was refused.');
    expect(await items.next()).toEqual({ data: { barker: null }, codes: { barker: 'FORBIDDEN' } });
  });
});

describe('the check that rows of other APIs share', () => {
  it('gives the widest allowance, or refuses', async () => {
    const alternatives = [['user:read'], ['user:read:self']];
    expect(authorise(smallApp(acme, 'user:read'), acme, alternatives)).toEqual({ reach: 'tenant', only: null });
    expect(authorise(smallUser(acme, 'ada', 'user:read:self'), acme, alternatives).reach).toBe('self');
    expect(await faultsOf(() => authorise(smallApp(acme), acme, alternatives))).toEqual(['FORBIDDEN']);
    expect(await faultsOf(() => authorise(nobody, acme, alternatives))).toEqual(['UNAUTHENTICATED']);
  });

  it('requires reach all in a tenant that does not exist', async () => {
    expect(await faultsOf(() => authorise(smallApp(acme, 'user:read'), NOWHERE, [['user:read']]))).toEqual([
      'FORBIDDEN',
    ]);
    expect(authorise(smallApp(master, 'user:read:all'), NOWHERE, [['user:read']]).reach).toBe('all');
  });
});
