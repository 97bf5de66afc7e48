import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { Group, GroupKeys } from '../../src/roles/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { cutKey } from '../loading.ts';
import {
  type NestedGroupsInput,
  NestGroupsInput,
  NestGroupsPayload,
  UnnestGroupsInput,
  UnnestGroupsPayload,
} from './group.input.ts';
import { groupsInGroup } from './group.loader.ts';
import { GroupType } from './group.type.ts';

const idsOf = ({ groupId, nestedGroupIds }: NestedGroupsInput): [string, string[]] => [
  keyOf('Group', groupId, 'input.groupId'),
  nestedGroupIds.map((id, at) => keyOf('Group', id, `input.nestedGroupIds.${at}`)),
];

@Resolver(() => GroupType)
export class GroupNestingResolver {
  @Reads()
  @RequiresScopes(['group:read'])
  @FieldResolver(() => [GroupType], {
    nullable: 'itemsAndList',
    description: 'Groups inside the group, by id, without those that are below it in the tree.',
  })
  nestedGroups(
    @Root() group: GroupKeys,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('limit', () => Int, { defaultValue: 200, description: 'Number of groups to return, at most 1,000.' })
    limit: number,
  ): Promise<readonly GroupKeys[]> {
    const key = { tenantId: group.tenantId, key: cutKey(limit, group.id) };
    return loaders.loadColumns(groupsInGroup, key, columnsRead(info));
  }

  @RequiresScopes(['group-member:write'])
  @Errors('GROUP_NOT_FOUND', 'GROUP_PARENT_INVALID', 'GROUP_TOO_DEEP', 'PERMISSION_ESCALATION', 'ACCOUNT_GUARDED')
  @Mutation(() => NestGroupsPayload, {
    description:
      'Puts groups of the tree into another one, all or none, beside their places in the tree. Their members then have the roles of that group; the caller must hold everything that they give. A group has at most 1,000 inside it, 2,000 with those inside them, on at most 32 levels with those around it, and none is inside itself.',
  })
  async nestGroups(
    @Arg('input', () => NestGroupsInput, { description: 'The groups.' }) input: NestGroupsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ group: Group }> {
    return { group: await services.groupNesting.nest(authority, ...idsOf(input)) };
  }

  @RequiresScopes(['group-member:write'])
  @Errors('GROUP_NOT_FOUND', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => UnnestGroupsPayload, {
    description:
      'Takes groups out of another one; their places in the tree stay. Those that are not inside are skipped.',
  })
  async unnestGroups(
    @Arg('input', () => UnnestGroupsInput, { description: 'The groups.' }) input: UnnestGroupsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ group: Group }> {
    return { group: await services.groupNesting.unnest(authority, ...idsOf(input)) };
  }
}
