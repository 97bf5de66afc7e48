import { describe, expect, it } from 'vitest';
import { cutKey, cutListLoader, Loaders, listLoader, narrowRowLoader, rowLoader } from '../../schema/loading.ts';
import type { Services } from '../../schema/services.ts';
import { toColumnSet } from '../../src/persistence/index.ts';

/** Loaders of one operation, and the batches that they have read: `tenant: key key`. */
function begin() {
  const batches: string[] = [];
  const services = { batches } as unknown as Services;
  return { loaders: new Loaders(services), batches };
}

const seen = (services: Services): string[] => (services as unknown as { batches: string[] }).batches;

const textOf = rowLoader<string>(async (services, tenantId, keys) => {
  seen(services).push(`${tenantId}: ${keys.join(' ')}`);
  return new Map(keys.filter((key) => key !== 'nobody').map((key) => [key, `${key} of ${tenantId}`]));
});

const columnsOf = narrowRowLoader<string>(async (services, _tenantId, keys, columns) => {
  seen(services).push(`${columns?.key ?? 'all'}: ${keys.join(' ')}`);
  return new Map(keys.map((key) => [key, `${columns?.key ?? 'all'} of ${key}`]));
});

const lettersOf = listLoader<string>(async (_services, _tenantId, keys) => {
  return new Map(keys.filter((key) => key !== '-').map((key) => [key, [...key]]));
});

const firstLettersOf = cutListLoader<string>(async (services, tenantId, keys, size) => {
  seen(services).push(`${tenantId}: ${size} of ${keys.join(' ')}`);
  return new Map(keys.map((key) => [key, [...key].slice(0, size)]));
});

describe('loaders of an operation', () => {
  it('read the keys of one turn with one batch for each tenant', async () => {
    const { loaders, batches } = begin();
    const keys = [
      ['a', 'anna'],
      ['b', 'bert'],
      ['a', 'carl'],
      ['a', 'anna'],
    ] as const;
    const found = await Promise.all(keys.map(([tenantId, key]) => loaders.load(textOf, { tenantId, key })));
    expect(found).toEqual(['anna of a', 'bert of b', 'carl of a', 'anna of a']);
    expect(batches).toEqual(['a: anna carl', 'b: bert']);
  });

  it('give null or an empty list for an unknown key', async () => {
    const { loaders } = begin();
    expect(await loaders.load(textOf, { tenantId: 'a', key: 'nobody' })).toBeNull();
    expect(await loaders.load(lettersOf, { tenantId: 'a', key: '-' })).toEqual([]);
  });

  it('read a key again only after they were renewed', async () => {
    const { loaders, batches } = begin();
    const anna = { tenantId: 'a', key: 'anna' };
    await loaders.load(textOf, anna);
    await loaders.load(textOf, anna);
    expect(batches).toHaveLength(1);
    loaders.renew();
    await loaders.load(textOf, anna);
    expect(batches).toHaveLength(2);
  });

  it('keep rows of different columns apart, until they are renewed', async () => {
    const { loaders, batches } = begin();
    const sets = [toColumnSet(['b', 'a']), null, toColumnSet(['a', 'b']), toColumnSet([])];
    const load = () =>
      Promise.all(sets.map((columns) => loaders.loadColumns(columnsOf, { tenantId: 't', key: 'anna' }, columns)));
    expect(await load()).toEqual(['a,b of anna', 'all of anna', 'a,b of anna', ' of anna']);
    await load();
    expect(batches).toEqual(['a,b: anna', 'all: anna', ': anna']);
    loaders.renew();
    await load();
    expect(batches).toHaveLength(6);
  });

  it('belong to their operation: another one reads again', async () => {
    const [one, other] = [begin(), begin()];
    await one.loaders.load(textOf, { tenantId: 'a', key: 'anna' });
    await other.loaders.load(textOf, { tenantId: 'a', key: 'anna' });
    expect(other.batches).toEqual(['a: anna']);
  });

  it('read the first items of lists with one batch for each requested size', async () => {
    const { loaders, batches } = begin();
    const load = (size: number, key: string) => loaders.load(firstLettersOf, { tenantId: 'a', key: cutKey(size, key) });
    expect(await Promise.all([load(1, 'xyz'), load(2, 'xyz'), load(1, 'uvw')])).toEqual([['x'], ['x', 'y'], ['u']]);
    expect(batches).toEqual(['a: 1 of xyz uvw', 'a: 2 of xyz']);
  });
});
