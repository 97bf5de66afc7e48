import type { ModuleBase, ServiceModule } from '../../composition/index.ts';
import { byTenant } from '../../persistence/index.ts';
import { EffectiveRoleStore } from '../effective.store.ts';
import type { GuardedAccounts } from '../guarded-accounts.ts';
import type { RoleStore } from '../role.store.ts';
import type { RolePermissions } from '../role-permissions.ts';
import { DefaultGroupService } from './default-group.service.ts';
import { DefaultGroupStore } from './default-group.store.ts';
import {
  DefaultGroupEntity,
  GroupAttributeKeyEntity,
  GroupEdgeEntity,
  GroupEntity,
  GroupMemberEntity,
  PATH_ORDER_LENGTH,
} from './group.entity.ts';
import { groupErrors } from './group.errors.ts';
import { groupEvents } from './group.events.ts';
import { GroupService } from './group.service.ts';
import { GroupStore } from './group.store.ts';
import { GroupEdgeStore } from './group-edge.store.ts';
import { GroupMemberService, type KnownUsers } from './group-member.service.ts';
import { GroupNestingService } from './group-nesting.service.ts';
import { GroupProvisionService } from './group-provision.service.ts';
import { NewUserService, type NewUsers } from './new-user.service.ts';

interface GroupNeeds extends ModuleBase {
  readonly roleStore: RoleStore;
  readonly rolePermissions: RolePermissions;
  readonly guarded: GuardedAccounts;
  readonly userStore: KnownUsers;
  readonly users: NewUsers;
}

export const groups = {
  name: 'groups',
  entities: [DefaultGroupEntity, GroupAttributeKeyEntity, GroupEdgeEntity, GroupEntity, GroupMemberEntity],
  foreignKeys: [
    byTenant('groups', 'parent_id', 'groups'),
    byTenant('group_attribute_keys', 'group_id', 'groups'),
    byTenant('default_groups', 'group_id', 'groups'),
    byTenant('group_edges', 'group_id', 'groups'),
    byTenant('group_edges', 'child_id', 'groups'),
    byTenant('group_members', 'group_id', 'groups'),
    byTenant('group_members', 'user_id', 'users'),
  ],
  indexes: {
    groups__path: `create index "groups__path" on "groups" ("tenant_id", (left("path", ${PATH_ORDER_LENGTH})) collate "C", "id")`,
    groups__parent_name: `create unique index "groups__parent_name" on "groups" ("tenant_id", coalesce("parent_id", '00000000-0000-0000-0000-000000000000'::uuid), "folded_name") where "profile" = 'groups'`,
  },
  errors: [groupErrors],
  events: [groupEvents],
  create: ({ base, roleStore, rolePermissions: permissions, guarded, userStore, users }: GroupNeeds) => {
    const groupStore = new GroupStore(base.db);
    const edges = new GroupEdgeStore(base.db);
    const defaults = new DefaultGroupStore(base.db);
    const newUsers = new NewUserService({
      ...base,
      store: defaults,
      effective: new EffectiveRoleStore(base.db),
      permissions,
    });
    users.onCreated((authority, userIds) => newUsers.give(authority, userIds));
    const stored = { ...base, store: groupStore, edges, permissions, guarded, users: userStore };
    const service = new GroupService({ ...stored, roleStore });
    const members = new GroupMemberService(stored);
    const nesting = new GroupNestingService(stored);
    return {
      services: {
        groups: service,
        groupMembers: members,
        groupNesting: nesting,
        provisionGroup: new GroupProvisionService({ ...stored, groups: service, members, nesting }),
        defaultGroups: new DefaultGroupService({ ...base, store: defaults, groups: groupStore, permissions }),
      },
      internals: { groupStore },
    };
  },
} as const satisfies ServiceModule;
