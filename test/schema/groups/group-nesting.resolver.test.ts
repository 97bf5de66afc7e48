import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

describe('groups inside groups over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
  });
  afterAll(() => world.close());

  const change = (verb: 'nest' | 'unnest', input: object, ...scopes: string[]) => {
    const name = `${verb}Groups`;
    const type = `${verb === 'nest' ? 'Nest' : 'Unnest'}GroupsInput`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { group { name nestedGroups { name } } } }`;
    return world.graphql(world.app(acme, ...scopes), document, { input });
  };

  it('are put in, shown and taken out by those who may change members', async () => {
    const outer = await world.newGroup(acme, { name: 'outer' });
    const inner = await world.newGroup(acme, { name: 'inner' });
    const input = { groupId: outer.id, nestedGroupIds: [inner.id] };
    const put = await change('nest', input, 'group-member:write', 'group:read');
    expect(put.data.nestGroups).toEqual({ group: { name: 'outer', nestedGroups: [{ name: 'inner' }] } });
    const list = 'query { groups { nodes { name children { name } nestedGroups(limit: 1) { name path } } } }';
    const shown = (await world.graphql(world.app(acme, 'group:read'), list)).data.groups.nodes;
    expect(shown).toEqual([
      { name: 'inner', children: [], nestedGroups: [] },
      { name: 'outer', children: [], nestedGroups: [{ name: 'inner', path: '/inner' }] },
    ]);
    const taken = await change('unnest', input, 'group-member:write', 'group:read');
    expect(taken.data.unnestGroups).toEqual({ group: { name: 'outer', nestedGroups: [] } });
    for (const verb of ['nest', 'unnest'] as const)
      expect((await change(verb, input, 'group:write', 'group:read')).code).toBe('FORBIDDEN');
    const tooMany = 'query { groups { nodes { nestedGroups(limit: 1001) { name } } } }';
    expect((await world.graphql(world.app(acme, 'group:read'), tooMany)).code).toBe('INVALID_INPUT');
  });
});
