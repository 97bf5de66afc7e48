import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/access/index.ts';
import { IdentityError } from '../../../src/kernel/index.ts';
import { acme, contextOf, master, resetGraph, resolved, run, schema } from '../../support/dog-graph.ts';
import { nobody, runSmall, smallApp, smallUser, theService } from '../../support/small-graph.ts';

beforeEach(resetGraph);

describe('an object of a guarded type', () => {
  const rex = { __typename: 'Dog', tenantId: acme.id, userId: 'rex', name: 'Rex' };
  const foreign = { ...rex, tenantId: master.id, name: 'Bello' };
  const dog = async (caller: Caller, value: unknown) => {
    resolved.found = value;
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
      resolved.found = value;
      return (await run(caller, '{ kennel { name } }')).codes['kennel'] ?? null;
    };
    const row = { homeId: acme.id, tenantId: master.id, userId: 'rex', name: 'K' };
    expect(await kennel(smallApp(acme, 'group:read'), row)).toBeNull();
    expect(await kennel(smallApp(master, 'group:read'), row)).toBe('FORBIDDEN');
    // The type belongs to no account, so reach self reaches nothing of it.
    expect(await kennel(smallUser(acme, 'rex', 'group:read:self'), row)).toBe('FORBIDDEN');
  });

  it('is checked wherever it comes out: behind a field of another object too', async () => {
    resolved.found = { ...rex, friend: foreign };
    const { data, codes } = await run(smallApp(acme, 'user:read'), '{ dog { name friend { name } } }');
    expect(data.dog).toEqual({ name: 'Rex', friend: null });
    expect(codes).toEqual({ 'dog.friend': 'FORBIDDEN' });
  });
});

describe('a list of guarded objects', () => {
  const rex = { __typename: 'Dog', tenantId: acme.id, userId: 'rex', name: 'Rex' };
  const foreign = { ...rex, tenantId: master.id };
  const list = (value: unknown, query: string) => {
    resolved.found = value;
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
    resolved.found = foreign;
    expect((await run(smallApp(acme, 'user:read'), query)).codes).toEqual({ [name]: 'FORBIDDEN' });
    expect((await run(smallApp(master, 'user:read'), query)).data).toEqual({ [name]: { name: 'Bello' } });
    resolved.found = cat;
    expect((await run(nobody, query)).data).toEqual({ [name]: { name: 'Mimi' } });
  });

  it('is checked in a list', async () => {
    resolved.found = [cat, foreign];
    const { data, codes } = await run(smallApp(acme, 'user:read'), '{ pets { ... on Cat { name } } }');
    expect([data.pets, codes]).toEqual([[{ name: 'Mimi' }, null], { 'pets.1': 'FORBIDDEN' }]);
  });
});

describe('a guarded field of an object', () => {
  const rex = { tenantId: acme.id, userId: 'rex', name: 'Rex' };
  const chip = async (caller: Caller, value: object = rex) => {
    resolved.found = value;
    const { data, codes } = await run(caller, '{ dog { name chip } }');
    return codes['dog.chip'] ?? codes['dog'] ?? data.dog.chip;
  };

  it('requires its permission in addition to that of the type, and only the field is refused', async () => {
    resolved.found = rex;
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
    resolved.found = rex;
    expect((await runSmall({ schema, query: '{ dog { chip } }', context })).data).toEqual({
      dog: { chip: 'acme all' },
    });
  });

  it('has the authority of the caller’s tenant also below a root field that acts in another one', async () => {
    resolved.found = { tenantId: acme.id, userId: 'rex', name: 'Ball' };
    const answer = await run(smallApp(acme, 'setting:read'), '{ toy(tenant: "master") { price } }');
    expect(answer).toEqual({ data: { toy: { price: 'acme tenant' } }, codes: {} });
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
    resolved.found = rex;
    expect((await runSmall({ schema, query: '{ dog { chip } }', context })).data).toEqual({
      dog: { chip: 'acme all' },
    });
  });

  it('of a type that belongs to no account is not for reach self, whatever the row holds', async () => {
    resolved.found = { homeId: acme.id, userId: 'rex', name: 'K' };
    const caller = smallUser(acme, 'rex', 'group:read', 'credential:read:self');
    expect((await run(caller, '{ kennel { keys } }')).codes).toEqual({ 'kennel.keys': 'FORBIDDEN' });
    const reader = smallApp(acme, 'group:read', 'credential:read');
    expect((await run(reader, '{ kennel { keys } }')).data).toEqual({ kennel: { keys: 'acme tenant' } });
  });

  it('of a type without a guard is checked by the tenant and account of the row', async () => {
    resolved.found = { tenantId: acme.id, userId: 'rex', name: 'Ball' };
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
