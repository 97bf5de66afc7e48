import type { ServiceModule } from '../../composition/index.ts';
import { byTenant } from '../../persistence/index.ts';
import { GroupAttributeKeyEntity, GroupEntity, GroupMemberEntity } from './group.entity.ts';
import { groupErrors } from './group.errors.ts';
import { groupEvents } from './group.events.ts';

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
    groups__parent_name: `create unique index "groups__parent_name" on "groups" ("tenant_id", coalesce("parent_id", '00000000-0000-0000-0000-000000000000'::uuid), "folded_name") where "profile" = 'groups'`,
  },
  errors: [groupErrors],
  events: [groupEvents],
} satisfies ServiceModule;
