import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, everyPermission, formatScope } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

/** The objects through which the last administrator has the role. */
interface Chain {
  readonly administrator: string;
  /** A role that contains the role of administrators. */
  readonly wrapper: string;
  /** A group with the role `wrapper`. */
  readonly top: string;
  /** A group below `top`, with the user as a member. */
  readonly sub: string;
  readonly userId: string;
}

/** Every mutation that would remove the last administrator. */
const ENDINGS: Readonly<Record<string, (chain: Chain) => object>> = {
  deleteGroup: ({ top }) => ({ groupId: top }),
  deleteRole: ({ wrapper }) => ({ roleId: wrapper }),
  deleteUser: ({ userId }) => ({ userId }),
  leaveGroups: ({ sub, userId }) => ({ groups: [{ groupId: sub }], userId }),
  removeGroupMember: ({ sub, userId }) => ({ groupId: sub, userId }),
  removeGroupMembers: ({ sub, userId }) => ({ groupId: sub, userIds: [userId] }),
  revokeRole: ({ wrapper, top }) => ({ roleId: wrapper, groupId: top }),
  revokeRoles: ({ wrapper, top }) => ({ roles: [{ roleId: wrapper }], groupId: top }),
  setUserEnabled: ({ userId }) => ({ userId, isEnabled: false }),
  updateGroup: ({ sub }) => ({ groupId: sub, parentId: null }),
  updateRole: ({ wrapper, administrator }) => ({ roleId: wrapper, removeChildIds: [administrator] }),
};

describe('the last administrator', () => {
  let world: World;
  let master: TenantRef;
  let chain: Chain;
  let caller: Caller;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
    const [administrator] = await world.stores.roleStore.findBuiltin(master.id, ['administrator']);
    const { id: userId } = await world.newUser(master);
    const wrapper = await world.newRole(master, { childIds: [administrator!.id] });
    const top = await world.newGroup(master);
    const sub = await world.newGroup(master, { parentId: top.id });
    await world.grantRole(master, { roleId: wrapper.id, holderKind: 'group', holderId: top.id });
    await world.services.groupMembers.add(world.system(master), sub.id, [userId]);
    chain = { administrator: administrator!.id, wrapper: wrapper.id, top: top.id, sub: sub.id, userId };
    caller = world.app(master, ...everyPermission('all').map(formatScope));
  });
  afterAll(() => world.close());

  it.each(Object.entries(ENDINGS))('is protected: %s is refused and changes nothing', async (name, input) => {
    const before = (await world.events(master)).length;
    const { code } = await callField(world, caller, `Mutation.${name}`, { input: input(chain) });
    expect(code).toBe('ADMINISTRATOR_LAST');
    expect(await world.events(master)).toHaveLength(before);
  });
});
