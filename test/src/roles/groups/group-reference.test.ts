import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../../src/kernel/index.ts';
import { findGroup, type GroupReference, groupIdOf } from '../../../../src/roles/groups/group-reference.ts';
import type { Group } from '../../../../src/roles/index.ts';
import { faultsOf } from '../../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../../support/two-tenants.ts';

describe('a group that a caller names', () => {
  const tenants = twoTenantsOfSuite();
  let tree: Group;
  let hq: Group;
  let foreign: Group;
  beforeAll(async () => {
    const { world, acme, master } = tenants;
    tree = await world.newGroup(acme, { name: 'hq' });
    hq = await world.newGroup(acme, { profile: 'orgs', key: 'hq', name: 'Headquarters' });
    await world.newGroup(acme, { profile: 'orgs', key: 'twice', name: 'One' });
    await world.newGroup(acme, { profile: 'shops', key: 'twice', name: 'Two' });
    foreign = await world.newGroup(master, { profile: 'orgs', key: 'foreign', name: 'Foreign' });
  });

  const find = (reference: GroupReference) =>
    findGroup(tenants.world.stores.groupStore, tenants.as(tenants.acme), reference);
  const idOf = (reference: GroupReference) =>
    groupIdOf(tenants.world.stores.groupStore, tenants.as(tenants.acme), reference);

  it('is found by its id, and with a named profile only if the group has it', async () => {
    expect((await find({ id: hq.id }))?.id).toBe(hq.id);
    expect((await find({ id: hq.id, profile: 'orgs' }))?.id).toBe(hq.id);
    expect(await find({ id: hq.id, profile: 'shops' })).toBeNull();
    expect(await find({ id: tree.id, profile: 'orgs' })).toBeNull();
    expect((await find({ id: hq.id, key: 'other' }))?.id).toBe(hq.id);
  });

  it('is found by its key in the only directory that has it, and never in the tree', async () => {
    expect((await find({ key: 'hq' }))?.id).toBe(hq.id);
    expect(await find({ key: tree.key })).toBeNull();
    expect((await find({ key: tree.key, profile: 'groups' }))?.id).toBe(tree.id);
  });

  it('requires its profile if several profiles have the key', async () => {
    expect(await faultsOf(() => find({ key: 'twice' }))).toEqual([
      'GROUP_KEY_AMBIGUOUS',
      'profile GROUP_KEY_AMBIGUOUS',
    ]);
    expect((await find({ key: 'twice', profile: 'shops' }))?.name).toBe('Two');
  });

  it('of a neighbour is unknown by id and key', async () => {
    for (const reference of [
      { id: foreign.id },
      { id: foreign.id, profile: 'orgs' },
      { key: 'foreign' },
      { key: 'foreign', profile: 'orgs' },
    ])
      expect(await find(reference)).toBeNull();
  });

  it.each<GroupReference>([
    {},
    { key: null },
    { profile: 'orgs' },
    { id: 'no uuid' },
    { key: 'h\0q' },
    { key: '\ud800' },
    { key: 'hq', profile: 'o\0' },
    { key: '', profile: '' },
    { key: 'x'.repeat(10_000) },
  ])('is unknown when it is named by %j', async (reference) => expect(await find(reference)).toBeNull());

  it('has to exist where its id is needed, unless the id itself is given', async () => {
    expect(await idOf({ key: 'hq' })).toBe(hq.id);
    expect(await idOf({ id: hq.id, profile: 'orgs' })).toBe(hq.id);
    const unread = newId();
    expect(await idOf({ id: unread })).toBe(unread);
    for (const reference of [
      { key: 'nothing' },
      { id: hq.id, profile: 'shops' },
      { id: foreign.id, profile: 'orgs' },
      {},
    ])
      expect(await faultsOf(() => idOf(reference))).toEqual(['NOT_FOUND']);
  });
});
