import { execute, parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { authorise, enforceScopes, NOWHERE } from '../../../schema/directives/enforce.ts';
import { registerTag, type TaggedType, toGlobalId } from '../../../schema/global-id.ts';
import type { Caller } from '../../../src/access/index.ts';
import { IdentityError } from '../../../src/kernel/index.ts';
import type { KnownTenant } from '../../../src/tenants/index.ts';
import { faultsOf } from '../../support/refusal.ts';
import {
  nobody,
  runSmall,
  SmallContext,
  type SmallResolvers,
  smallApp,
  smallSchema,
  smallTenant,
  smallUser,
  subscribeSmall,
  theService,
} from '../../support/small-graph.ts';

registerTag('dog', 'Dog' as TaggedType);

const SDL = `
  interface Animal { name: String }
  type Dog implements Animal @requiresScopes(scopes: [["user:read"], ["user:read:self"]]) {
    name: String
    chip: String @requiresScopes(scopes: [["credential:read"], ["credential:read:self"]])
    friend: Dog
    toy: Toy
    thing: Thing
    pet: Pet
  }
  type Cat implements Animal { name: String }
  type Kennel @requiresScopes(scopes: [["group:read"], ["group:read:self"]]) {
    name: String
    keys: String @requiresScopes(scopes: [["credential:read"], ["credential:read:self"]])
  }
  type Toy { name: String price: String @requiresScopes(scopes: [["setting:read"], ["setting:read:self"]]) }
  union Pet = Dog | Cat
  union Thing = Cat | Toy
  input DogInput { tenant: String }
  type Query {
    open(tenant: String): String
    closed(tenant: String, dogId: ID): String @requiresScopes(scopes: [["user:read"], ["user:read:self"]])
    plain: String @requiresScopes(scopes: [["user:read"]])
    dog: Dog
    dogs: [Dog]
    litters: [[Dog]]
    animal: Animal
    pet: Pet
    pets: [Pet]
    cat: Cat
    kennel: Kennel
    toy(tenant: String): Toy
  }
  type Mutation {
    first(input: DogInput): String @requiresScopes(scopes: [["user:write"]])
    second: String @requiresScopes(scopes: [["user:write"]])
  }
  type Subscription { barks(tenant: String): String @requiresScopes(scopes: [["user:read"]]) barker: Dog }
`;

const master = smallTenant('master');
const acme = smallTenant('acme');
const closed = smallTenant('closed', { enabled: false });

/** Who acts where, as resolvers see it. */
const whereOf: SmallResolvers[string] = (_source, _args, { authority }) =>
  `${authority.tenant?.name ?? authority.tenant?.id ?? 'nowhere'} ${authority.reach} ${authority.only ?? ''}`.trim();

/** What `Query.dog` and its like return; a test sets it. */
let found: unknown;
let calls: string[];

const RESOLVERS: SmallResolvers = {
  ...Object.fromEntries(
    ['dog', 'dogs', 'litters', 'animal', 'pet', 'pets', 'cat', 'kennel', 'toy'].map((name) => [
      `Query.${name}`,
      () => {
        calls.push(name);
        return found;
      },
    ]),
  ),
  'Query.open': whereOf,
  'Query.closed': (...call) => {
    calls.push('closed');
    return whereOf(...call);
  },
  'Mutation.first': whereOf,
  'Mutation.second': whereOf,
  'Dog.chip': whereOf,
  'Kennel.keys': whereOf,
  'Toy.price': whereOf,
};

function makeSchema(resolvers: SmallResolvers = RESOLVERS) {
  const schema = smallSchema(SDL, resolvers);
  const kennel = schema.getType('Kennel')!;
  kennel.extensions = { ownedBy: { tenant: 'homeId', account: null } };
  return enforceScopes(schema);
}
const schema = makeSchema();

const contextOf = (caller: Caller, isSlow = false) => new SmallContext(caller, [master, acme, closed], { isSlow });
const run = (caller: Caller, query: string, variables = {}) =>
  runSmall({ schema, query, context: contextOf(caller), variables });

beforeEach(() => {
  calls = [];
  found = undefined;
});

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
    expect(calls).toEqual([]);
  });

  it('is closed to callers without the permission, and its resolver does not run', async () => {
    expect((await where(smallApp(acme, 'user:delete'))).codes).toEqual({ closed: 'FORBIDDEN' });
    expect((await where(smallApp(acme))).codes).toEqual({ closed: 'FORBIDDEN' });
    expect(calls).toEqual([]);
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
        yield { barker: found };
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
    found = { tenantId: acme.id, userId: 'rex', name: 'Rex' };
    const items = await open(smallApp(tenant, 'user:read'), 'subscription { barker { name } }').begun;
    if ('refusal' in items) throw new Error('The subscription was refused.');
    expect(await items.next()).toEqual({ data: { barker: null }, codes: { barker: 'FORBIDDEN' } });
  });
});

describe('an object of a guarded type', () => {
  const rex = { __typename: 'Dog', tenantId: acme.id, userId: 'rex', name: 'Rex' };
  const foreign = { ...rex, tenantId: master.id, name: 'Bello' };
  const dog = async (caller: Caller, value: unknown) => {
    found = value;
    const { data, codes } = await run(caller, '{ dog { name } }');
    return data.dog?.name ?? codes['dog'] ?? null;
  };

  it('is shown to callers of its tenant who hold the permission of the type', async () => {
    expect(await dog(smallApp(acme, 'user:read'), rex)).toBe('Rex');
    expect(await dog(smallApp(acme, 'user:delete'), rex)).toBe('FORBIDDEN');
    expect(await dog(nobody, rex)).toBe('UNAUTHENTICATED');
  });

  it('of another tenant is shown to those with reach all', async () => {
    expect(await dog(smallApp(acme, 'user:read'), foreign)).toBe('FORBIDDEN');
    expect(await dog(smallApp(master, 'user:read:all'), rex)).toBe('Rex');
    expect(await dog(smallApp(null, 'user:read'), rex)).toBe('FORBIDDEN');
  });

  it('without a tenant is shown only to callers with reach all', async () => {
    const { tenantId: _tenant, ...lost } = rex;
    expect(await dog(smallApp(acme, 'user:read'), lost)).toBe('FORBIDDEN');
    expect(await dog(smallUser(acme, 'rex', 'user:read:self'), lost)).toBe('FORBIDDEN');
  });

  it('is shown to its own account where only reach self is held', async () => {
    expect(await dog(smallUser(acme, 'rex', 'user:read:self'), rex)).toBe('Rex');
    expect(await dog(smallUser(acme, 'ada', 'user:read:self'), rex)).toBe('FORBIDDEN');
    expect(await dog(smallUser(master, 'rex', 'user:read:self'), rex)).toBe('FORBIDDEN');
    expect(await dog(smallUser(acme, 'rex', 'user:read:self', 'user:read'), { ...rex, userId: 'ada' })).toBe('Rex');
  });

  it('of no account is shown to no account, also to a caller without one', async () => {
    for (const userId of [null, undefined]) {
      expect(await dog(smallUser(acme, 'rex', 'user:read:self'), { ...rex, userId })).toBe('FORBIDDEN');
      const without = { ...smallApp(acme, 'user:read:self'), userId: userId as null };
      expect(await dog(without, { ...rex, userId })).toBe('FORBIDDEN');
    }
  });

  it('is shown to the service itself', async () => expect(await dog(theService, foreign)).toBe('Bello'));

  it('may be missing', async () => {
    expect(await dog(nobody, null)).toBeNull();
    expect(await dog(nobody, undefined)).toBeNull();
    expect(await dog(nobody, Promise.resolve(null))).toBeNull();
  });

  it('is checked also when it comes later', async () => {
    expect(await dog(smallApp(acme, 'user:read'), Promise.resolve(rex))).toBe('Rex');
    expect(await dog(smallApp(acme, 'user:read'), Promise.resolve(foreign))).toBe('FORBIDDEN');
  });

  it('names its owner by the properties that its type says', async () => {
    const kennel = async (caller: Caller, value: object) => {
      found = value;
      return (await run(caller, '{ kennel { name } }')).codes['kennel'] ?? null;
    };
    const row = { homeId: acme.id, tenantId: master.id, userId: 'rex', name: 'K' };
    expect(await kennel(smallApp(acme, 'group:read'), row)).toBeNull();
    expect(await kennel(smallApp(master, 'group:read'), row)).toBe('FORBIDDEN');
    // The type belongs to no account, so reach self reaches nothing of it.
    expect(await kennel(smallUser(acme, 'rex', 'group:read:self'), row)).toBe('FORBIDDEN');
  });

  it('is checked wherever it comes out: behind a field of another object too', async () => {
    found = { ...rex, friend: foreign };
    const { data, codes } = await run(smallApp(acme, 'user:read'), '{ dog { name friend { name } } }');
    expect(data.dog).toEqual({ name: 'Rex', friend: null });
    expect(codes).toEqual({ 'dog.friend': 'FORBIDDEN' });
  });
});

describe('a list of guarded objects', () => {
  const rex = { __typename: 'Dog', tenantId: acme.id, userId: 'rex', name: 'Rex' };
  const foreign = { ...rex, tenantId: master.id };
  const list = (value: unknown, query: string) => {
    found = value;
    return run(smallApp(acme, 'user:read'), query);
  };

  it('keeps the items that may be seen; each other one is null with its error', async () => {
    const value = [rex, foreign, null, Promise.resolve(foreign), Promise.resolve(rex), undefined];
    const { data, codes } = await list(value, '{ dogs { name } }');
    expect(data.dogs).toEqual([{ name: 'Rex' }, null, null, null, { name: 'Rex' }, null]);
    expect(codes).toEqual({ 'dogs.1': 'FORBIDDEN', 'dogs.3': 'FORBIDDEN' });
  });

  it('is checked item by item also when it comes later, or is a list of lists', async () => {
    expect((await list(Promise.resolve([foreign, rex]), '{ dogs { name } }')).codes).toEqual({ 'dogs.0': 'FORBIDDEN' });
    expect((await list([[rex], [rex, foreign]], '{ litters { name } }')).codes).toEqual({ 'litters.1.1': 'FORBIDDEN' });
  });

  it('shows the errors that its resolver put into it', async () => {
    const lost = new IdentityError('DOG_LOST', 'not-found', 'Gone.');
    expect((await list([rex, lost], '{ dogs { name } }')).codes).toEqual({ 'dogs.1': 'DOG_LOST' });
    expect((await list(lost, '{ dogs { name } }')).codes).toEqual({ dogs: 'DOG_LOST' });
  });
});

describe('an object behind an interface or a union', () => {
  const foreign = { __typename: 'Dog', tenantId: master.id, userId: 'rex', name: 'Bello' };
  const cat = { __typename: 'Cat', tenantId: master.id, name: 'Mimi' };

  it.each(['animal', 'pet'])('is checked as what it is: %s', async (name) => {
    const query = `{ ${name} { ... on Dog { name } ... on Cat { name } } }`;
    found = foreign;
    expect((await run(smallApp(acme, 'user:read'), query)).codes).toEqual({ [name]: 'FORBIDDEN' });
    expect((await run(smallApp(master, 'user:read'), query)).data).toEqual({ [name]: { name: 'Bello' } });
    found = cat;
    expect((await run(nobody, query)).data).toEqual({ [name]: { name: 'Mimi' } });
  });

  it('is checked in a list', async () => {
    found = [cat, foreign];
    const { data, codes } = await run(smallApp(acme, 'user:read'), '{ pets { ... on Cat { name } } }');
    expect([data.pets, codes]).toEqual([[{ name: 'Mimi' }, null], { 'pets.1': 'FORBIDDEN' }]);
  });
});

describe('a guarded field of an object', () => {
  const rex = { tenantId: acme.id, userId: 'rex', name: 'Rex' };
  const chip = async (caller: Caller, value: object = rex) => {
    found = value;
    const { data, codes } = await run(caller, '{ dog { name chip } }');
    return codes['dog.chip'] ?? codes['dog'] ?? data.dog.chip;
  };

  it('requires its permission in addition to that of the type, and only the field is refused', async () => {
    found = rex;
    const { data, codes } = await run(smallApp(acme, 'user:read'), '{ dog { name chip } }');
    expect([data, codes]).toEqual([{ dog: { name: 'Rex', chip: null } }, { 'dog.chip': 'FORBIDDEN' }]);
  });

  it('has the authority of the tenant of its object', async () => {
    expect(await chip(smallApp(acme, 'user:read', 'credential:read'))).toBe('acme tenant');
    expect(await chip(smallUser(acme, 'rex', 'user:read:self', 'credential:read:self'))).toBe('acme self');
    const narrowed = smallApp(acme, 'user:read', { permission: 'credential:read', reach: 'tenant', only: 'totp' });
    expect(await chip(narrowed)).toBe('acme tenant totp');
  });

  it('acts in the tenant of its object and not in that of its caller', async () => {
    const administrator = smallApp(master, 'user:read:all', 'credential:read:all');
    expect(await chip(administrator)).toBe(`${acme.id} all`);
    expect(await chip(smallApp(master, 'user:read:all', 'credential:read'))).toBe('FORBIDDEN');
    const context = contextOf(administrator);
    context.tenants.set(acme.id, acme);
    found = rex;
    expect((await runSmall({ schema, query: '{ dog { chip } }', context })).data).toEqual({
      dog: { chip: 'acme all' },
    });
  });

  it('is limited to the caller’s own account with only reach self', async () => {
    const reader = (userId: string) => smallUser(acme, userId, 'user:read', 'credential:read:self');
    expect(await chip(reader('rex'))).toBe('acme self');
    expect(await chip(reader('ada'))).toBe('FORBIDDEN');
    expect(await chip(reader('rex'), { ...rex, userId: null })).toBe('FORBIDDEN');
  });

  it('is open to the service itself, with reach all', async () => {
    const context = contextOf(theService);
    context.tenants.set(acme.id, acme);
    found = rex;
    expect((await runSmall({ schema, query: '{ dog { chip } }', context })).data).toEqual({
      dog: { chip: 'acme all' },
    });
  });

  it('of a type that belongs to no account is not for reach self, whatever the row holds', async () => {
    found = { homeId: acme.id, userId: 'rex', name: 'K' };
    const caller = smallUser(acme, 'rex', 'group:read', 'credential:read:self');
    expect((await run(caller, '{ kennel { keys } }')).codes).toEqual({ 'kennel.keys': 'FORBIDDEN' });
    const reader = smallApp(acme, 'group:read', 'credential:read');
    expect((await run(reader, '{ kennel { keys } }')).data).toEqual({ kennel: { keys: 'acme tenant' } });
  });

  it('of a type without a guard is checked by the tenant and account of the row', async () => {
    found = { tenantId: acme.id, userId: 'rex', name: 'Ball' };
    const price = async (caller: Caller) => {
      const { data, codes } = await run(caller, '{ toy { name price } }');
      return codes['toy.price'] ?? data.toy.price;
    };
    expect(await price(smallApp(acme, 'setting:read'))).toBe('acme tenant');
    expect(await price(smallApp(master, 'setting:read'))).toBe('FORBIDDEN');
    expect(await price(nobody)).toBe('UNAUTHENTICATED');
    expect(await price(smallUser(acme, 'rex', 'setting:read:self'))).toBe('acme self');
    expect(await price(smallUser(acme, 'ada', 'setting:read:self'))).toBe('FORBIDDEN');
    expect((await run(nobody, '{ toy { name } }')).data).toEqual({ toy: { name: 'Ball' } });
  });
});

describe('fields that return nothing guarded', () => {
  it('keep the resolver they had, so that lists of plain values cost nothing', () => {
    const plain = (type: string) => (schema.getType(type) as ReturnType<typeof schema.getQueryType>)!.getFields();
    expect(plain('Dog')['name']!.resolve).toBeUndefined();
    expect(plain('Dog')['toy']!.resolve).toBeUndefined();
    expect(plain('Dog')['thing']!.resolve).toBeUndefined();
    expect(plain('Cat')['name']!.resolve).toBeUndefined();
    for (const name of ['friend', 'pet', 'chip']) expect(plain('Dog')[name]!.resolve).toBeTypeOf('function');
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
