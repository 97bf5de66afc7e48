import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from '../support/world.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The places at which a store can be reached from a value through its public members: `roles.store`. */
function findStores(value: unknown, place: string, seen = new Set<unknown>()): string[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  if (/Store$/.test(value.constructor?.name ?? '')) return [place];
  return Object.entries(value).flatMap(([name, member]) =>
    findStores(member, place === '' ? name : `${place}.${name}`, seen),
  );
}

describe('the services that the graph gets', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  it('hold no store that a resolver could reach: reads are methods of services', () => {
    expect(findStores(world.services, '')).toEqual([]);
  });

  it('are declared without a store', () => {
    const declared = readFileSync(join(ROOT, 'schema/services.ts'), 'utf8');
    expect([...declared.matchAll(/\b\w*[a-z]Store\b/g)].map(([name]) => name)).toEqual([]);
  });
});

describe('the search for stores', () => {
  class RoleStore {}

  it('names the place of each, however deep', () => {
    expect(findStores({ roles: { store: new RoleStore() }, list: [{ inner: new RoleStore() }] }, '')).toEqual([
      'roles.store',
      'list.0.inner',
    ]);
  });

  it('does not see what a class keeps private', () => {
    class RoleService {
      readonly #store = new RoleStore();
      isReady = () => this.#store !== undefined;
    }
    expect(findStores({ roles: new RoleService() }, '')).toEqual([]);
  });
});
