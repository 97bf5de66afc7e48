import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Services } from '../../schema/services.ts';
import { World } from '../support/world.ts';

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
    const stores: Record<Extract<keyof Services, `${string}Store`>, true> = {};
    expect(stores).toEqual({});
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
