import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { DefaultGroupResolver } from './default-group.resolver.ts';
import { GroupResolver } from './group.resolver.ts';
import { GroupMemberResolver, UserGroupsResolver } from './group-member.resolver.ts';
import { GroupNestingResolver } from './group-nesting.resolver.ts';
import { ProvisionGroupResolver } from './provision-group.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    grp: 'Group';
  }
}

export const groups: SchemaModule = {
  resolvers: [
    GroupResolver,
    GroupMemberResolver,
    UserGroupsResolver,
    DefaultGroupResolver,
    GroupNestingResolver,
    ProvisionGroupResolver,
  ],
  nodes: [defineNode('grp', 'Group', ({ services }, tenantId, key) => services.groups.findIn(tenantId, key))],
};
