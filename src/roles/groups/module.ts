import type { ModuleBase, ServiceModule } from '../../composition/index.ts';
import { byTenant } from '../../persistence/index.ts';
import type { GuardedAccounts } from '../guarded-accounts.ts';
import type { RoleStore } from '../role.store.ts';
import type { RolePermissions } from '../role-permissions.ts';
import { GroupAttributeKeyEntity, GroupEntity, GroupMemberEntity, PATH_ORDER_LENGTH } from './group.entity.ts';
import { groupErrors } from './group.errors.ts';
import { groupEvents } from './group.events.ts';
import { GroupService } from './group.service.ts';
import { GroupStore } from './group.store.ts';
import { GroupMemberService, type KnownUsers } from './group-member.service.ts';

interface GroupNeeds extends ModuleBase {
  readonly roleStore: RoleStore;
  readonly rolePermissions: RolePermissions;
  readonly guarded: GuardedAccounts;
  readonly userStore: KnownUsers;
}

export const groups = {
  name: 'groups',
  entities: [GroupAttributeKeyEntity, GroupEntity, GroupMemberEntity],
  foreignKeys: [
    byTenant('groups', 'parent_id', 'groups'),
    byTenant('group_attribute_keys', 'group_id', 'groups'),
    byTenant('group_members', 'group_id', 'groups'),
    byTenant('group_members', 'user_id', 'users'),
  ],
  indexes: {
    groups__path: `create index "groups__path" on "groups" ("tenant_id", (left("path", ${PATH_ORDER_LENGTH})) collate "C", "id")`,
    groups__parent_name: `create unique index "groups__parent_name" on "groups" ("tenant_id", coalesce("parent_id", '00000000-0000-0000-0000-000000000000'::uuid), "folded_name") where "profile" = 'groups'`,
  },
  errors: [groupErrors],
  events: [groupEvents],
  create: ({ base, roleStore, rolePermissions: permissions, guarded, userStore }: GroupNeeds) => {
    const groupStore = new GroupStore(base.db);
    return {
      services: {
        groups: new GroupService({ ...base, store: groupStore, roleStore, permissions, guarded }),
        groupMembers: new GroupMemberService({ ...base, store: groupStore, permissions, guarded, users: userStore }),
      },
      internals: { groupStore },
    };
  },
} as const satisfies ServiceModule;
