import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, everyPermission, formatScope } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { CreateTenant } from '../../../src/tenants/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

/** The objects through which the last administrator has the role. */
interface Chain {
  readonly administrator: string;
  /** A linked app, by its `client_id`, and the user who owns it. */
  readonly app: string;
  readonly ownerId: string;
  /** A role of the app, which contains the role of administrators. */
  readonly wrapper: string;
  /** A group with the role `wrapper`. */
  readonly top: string;
  /** A group below `top`. */
  readonly sub: string;
  /** A group inside `sub`, beside its place in the tree, with the user as a member. */
  readonly nested: string;
  readonly userId: string;
}

/** Every mutation that would remove the last administrator. */
const ENDINGS: Readonly<Record<string, (chain: Chain) => object>> = {
  configureGroup: ({ nested, userId }) => ({ groupId: nested, removedMembers: [userId] }),
  deleteClient: ({ app }) => ({ clientId: app }),
  deleteGroup: ({ top }) => ({ groupId: top }),
  deleteRole: ({ wrapper }) => ({ roleId: wrapper }),
  deleteUser: ({ userId }) => ({ userId }),
  leaveGroups: ({ nested, userId }) => ({ groups: [{ groupId: nested }], userId }),
  removeGroupMember: ({ nested, userId }) => ({ groupId: nested, userId }),
  removeGroupMembers: ({ nested, userId }) => ({ groupId: nested, userIds: [userId] }),
  removeLinkedApp: ({ app, ownerId }) => ({ userId: ownerId, clientId: app }),
  revokeRole: ({ wrapper, top }) => ({ roleId: wrapper, groupId: top }),
  revokeRoles: ({ wrapper, top }) => ({ roles: [{ roleId: wrapper }], groupId: top }),
  setUserEnabled: ({ userId }) => ({ userId, isEnabled: false }),
  unnestGroups: ({ sub, nested }) => ({ groupId: sub, nestedGroupIds: [nested] }),
  updateGroup: ({ sub }) => ({ groupId: sub, parentId: null }),
  updateRole: ({ wrapper, administrator }) => ({ roleId: wrapper, removeChildIds: [administrator] }),
};

/** A tenant, and one of its builtin roles that make administrators. */
interface Place {
  readonly title: string;
  readonly role: string;
  readonly tenant: Partial<CreateTenant>;
  readonly reach: 'all' | 'tenant';
}

const PLACES: readonly Place[] = [
  { title: 'of all tenants', role: 'administrator', tenant: { name: 'master' }, reach: 'all' },
  ...['tenant-administrator', 'admin', 'digitanium_admin', 'realm-admin'].map(
    (role): Place => ({
      title: `of a tenant that protects it, by the role ${role}`,
      role,
      tenant: { template: 'realm', settings: { protectLastAdmin: true } },
      reach: 'tenant',
    }),
  ),
];

describe.each(PLACES)('the last administrator $title', ({ role, tenant: properties, reach }) => {
  let world: World;
  let tenant: TenantRef;
  let chain: Chain;
  let caller: Caller;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant(properties);
    const [administrator] = await world.stores.roleStore.findBuiltin(tenant.id, [role]);
    const { id: userId } = await world.newUser(tenant);
    const { id: ownerId } = await world.newUser(tenant);
    const { client } = await world.newLinkedApp(tenant, ownerId);
    const wrapper = await world.newRole(tenant, { clientUuid: client.id, childIds: [administrator!.id] });
    const top = await world.newGroup(tenant);
    const sub = await world.newGroup(tenant, { parentId: top.id });
    await world.grantRole(tenant, { roleId: wrapper.id, holderKind: 'group', holderId: top.id });
    const nested = await world.newGroup(tenant);
    await world.services.groupNesting.nest(world.system(tenant), sub.id, [nested.id]);
    await world.services.groupMembers.add(world.system(tenant), nested.id, [userId]);
    const parts = {
      administrator: administrator!.id,
      wrapper: wrapper.id,
      top: top.id,
      sub: sub.id,
      nested: nested.id,
    };
    chain = { ...parts, app: client.clientId, ownerId, userId };
    caller = world.app(tenant, ...everyPermission(reach).map(formatScope));
  });
  afterAll(() => world.close());

  it.each(Object.entries(ENDINGS))('stays: %s is refused and changes nothing', async (name, input) => {
    const before = (await world.events(tenant)).length;
    const { code } = await callField(world, caller, `Mutation.${name}`, { input: input(chain) });
    expect(code).toBe('ADMINISTRATOR_LAST');
    expect(await world.events(tenant)).toHaveLength(before);
  });
});
