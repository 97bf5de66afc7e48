import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { partyKey, type RightObjectRef, RightParties } from '../../../src/rights/parties.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

describe('the parties of rights', () => {
  let world: World;
  let own: TenantRef;
  let neighbour: TenantRef;
  let parties: RightParties;
  let statements = 0;
  beforeAll(async () => {
    world = await World.open(await openTestDatabase(() => (statements += 1)));
    [own, neighbour] = [await world.tenant(), await world.tenant()];
    const { userStore, clientStore, groupStore } = world.stores;
    parties = new RightParties({ users: userStore, clients: clientStore, groups: groupStore });
  });
  afterAll(() => world.close());

  /** A user, an application and a group of a tenant that have the same names in every tenant. */
  async function makeAll(tenant: TenantRef) {
    const user = await world.newUser(tenant, { id: 'anna' });
    const { client } = await world.newClient(tenant, { clientId: 'portal' });
    const group = await world.newGroup(tenant, { profile: 'orgs', key: 'hq', name: 'Headquarters' });
    return { user, client, group };
  }
  let ours: Awaited<ReturnType<typeof makeAll>>;
  let theirs: Awaited<ReturnType<typeof makeAll>>;
  beforeAll(async () => {
    ours = await makeAll(own);
    theirs = await makeAll(neighbour);
  });
  beforeEach(() => {
    statements = 0;
  });

  it('are found by the names that callers use, with the id that is stored', async () => {
    const { user, client, group } = ours;
    expect(await parties.find(own.id, { kind: 'user', id: 'anna' })).toEqual({
      kind: 'user',
      id: user.id,
      key: user.id,
      profile: null,
    });
    expect(await parties.find(own.id, { kind: 'application', clientId: 'portal' })).toEqual({
      kind: 'application',
      id: client.id,
      key: 'portal',
      profile: null,
    });
    const found = { kind: 'group', id: group.id, key: 'hq', profile: 'orgs' };
    expect(await parties.find(own.id, { kind: 'group', id: group.id })).toEqual(found);
    expect(await parties.find(own.id, { kind: 'group', profile: 'orgs', key: 'hq' })).toEqual(found);
    expect(await parties.findSubject(own.id, { kind: 'user', id: 'anna' })).toMatchObject({ id: 'anna' });
  });

  it('are found only in their tenant: equal names mean the rows of the tenant, ids of another tenant nothing', async () => {
    expect(await parties.find(own.id, { kind: 'application', clientId: 'portal' })).toMatchObject({
      id: ours.client.id,
    });
    expect(await parties.find(own.id, { kind: 'group', profile: 'orgs', key: 'hq' })).toMatchObject({
      id: ours.group.id,
    });
    expect(await parties.find(own.id, { kind: 'group', id: theirs.group.id })).toBeNull();
    const empty = await world.tenant();
    expect(await parties.find(empty.id, { kind: 'user', id: 'anna' })).toBeNull();
    expect(await parties.find(empty.id, { kind: 'application', clientId: 'portal' })).toBeNull();
    expect(await parties.find(empty.id, { kind: 'group', profile: 'orgs', key: 'hq' })).toBeNull();
  });

  it.each<[string, RightObjectRef]>([
    ['user id', { kind: 'user', id: 'a b' }],
    ['user id', { kind: 'user', id: 'x'.repeat(129) }],
    ['user id', { kind: 'user', id: "anna' or true --" }],
    ['client_id', { kind: 'application', clientId: '' }],
    ['client_id', { kind: 'application', clientId: 'port\0al' }],
    ['client_id', { kind: 'application', clientId: 'x'.repeat(256) }],
    ['key', { kind: 'group', profile: 'orgs', key: '' }],
    ['key', { kind: 'group', profile: 'orgs', key: 'x'.repeat(256) }],
    ['key', { kind: 'group', profile: 'orgs', key: 'h\0q' }],
    ['profile', { kind: 'group', profile: '\ud800', key: 'hq' }],
    ['id', { kind: 'group', id: 'no uuid' }],
  ])('are not asked for by what can be no %s: %j', async (_, ref) => {
    expect(await parties.find(own.id, ref)).toBeNull();
    expect(statements).toBe(0);
  });

  it('of stored rights are named with one statement for each kind, however many they are', async () => {
    const { user, client, group } = ours;
    const stored = [
      { kind: 'user', id: user.id },
      { kind: 'application', id: client.id },
      { kind: 'group', id: group.id },
    ];
    const named = await parties.named(own.id, [...stored, ...stored, { kind: 'user', id: 'gone' }]);
    expect(statements).toBe(2);
    expect([...named].map(([key, party]) => [key, party.key])).toEqual([
      [`user ${user.id}`, user.id],
      ['user gone', 'gone'],
      [`application ${client.id}`, 'portal'],
      [`group ${group.id}`, 'hq'],
    ]);
  });

  it('of stored rights are left out when they are deleted or of another tenant', async () => {
    const stored = [
      { kind: 'application', id: theirs.client.id },
      { kind: 'group', id: theirs.group.id },
      { kind: 'application', id: newId() },
    ];
    expect(await parties.named(own.id, stored)).toEqual(new Map());
    expect(await parties.named(own.id, [])).toEqual(new Map());
  });

  it('of two kinds with one id are two', () => {
    const id = newId();
    expect(partyKey({ kind: 'group', id })).not.toBe(partyKey({ kind: 'application', id }));
  });
});
