import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { toColumnSet } from '../../../../src/persistence/index.ts';
import type { Group } from '../../../../src/roles/index.ts';
import { openTestDatabase } from '../../../support/database.ts';
import { World } from '../../../support/world.ts';

describe('the groups of users', () => {
  const statements: string[] = [];
  let world: World;
  let tenant: TenantRef;
  let crew: Group;
  let deck: Group;
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((statement) => statements.push(statement)));
    tenant = await world.tenant();
    crew = await world.newGroup(tenant, { name: 'crew' });
    deck = await world.newGroup(tenant, { name: 'deck' });
    for (const id of ['ada', 'bob', 'eve']) await world.newUser(tenant, { id, username: id });
    const now = world.clock.now();
    await world.db.transaction(async () => {
      await world.stores.groupStore.addMembers(tenant.id, deck.id, ['ada', 'bob'], now);
      await world.stores.groupStore.addMembers(tenant.id, crew.id, ['ada'], now);
    });
  });
  afterAll(() => world.close());

  const pathsOf = async (userIds: readonly string[], names: readonly string[] | null = null, of = tenant) => {
    const columns = names === null ? null : toColumnSet(names);
    const found = await world.stores.groupStore.groupsOf(of.id, userIds, columns);
    return userIds.map((id) => found.get(id)?.map(({ path }) => path));
  };

  it('are read by one statement for requests at the same moment about one user each', async () => {
    statements.length = 0;
    expect(await Promise.all([pathsOf(['ada']), pathsOf(['bob']), pathsOf(['ada']), pathsOf(['eve'])])).toEqual([
      [['/crew', '/deck']],
      [['/deck']],
      [['/crew', '/deck']],
      [undefined],
    ]);
    expect(statements).toHaveLength(1);
  });

  it('are those of the tenant, with the columns that were asked for', async () => {
    const other = await world.tenant();
    await world.newUser(other, { id: 'ada', username: 'ada' });
    statements.length = 0;
    const found = await Promise.all([pathsOf(['ada']), pathsOf(['ada'], ['name']), pathsOf(['ada'], null, other)]);
    expect(found).toEqual([[['/crew', '/deck']], [['/crew', '/deck']], [undefined]]);
    expect(statements).toHaveLength(3);
  });

  it('are read for many users of a request by one statement', async () => {
    statements.length = 0;
    expect(await pathsOf(['bob', 'eve', 'ada', 'bob'])).toEqual([['/deck'], undefined, ['/crew', '/deck'], ['/deck']]);
    expect(await pathsOf([])).toEqual([]);
    expect(statements).toHaveLength(1);
  });
});
