import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Group } from '../../src/roles/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import {
  AddDefaultGroupInput,
  AddDefaultGroupPayload,
  RemoveDefaultGroupInput,
  RemoveDefaultGroupPayload,
} from './group.input.ts';
import { GroupType } from './group.type.ts';

@Resolver()
export class DefaultGroupResolver {
  @RequiresScopes(['group:read'])
  @Query(() => [GroupType], {
    nullable: 'items',
    description: 'The groups that new users join, by path, at most 50. Service accounts of clients join none.',
  })
  defaultGroups(@Ctx() { services, authority }: GraphContext): Promise<readonly Group[]> {
    return services.defaultGroups.list(authority.tenant.id);
  }

  @RequiresScopes(['setting:write'])
  @Errors('PERMISSION_ESCALATION')
  @Mutation(() => AddDefaultGroupPayload, {
    description:
      'Lets new users join a group of the tree, by whatever way they are made; the caller must hold everything that its roles give. Who then makes users must hold it too, except for people who register themselves. Users that there are do not join.',
  })
  async addDefaultGroup(
    @Arg('input', () => AddDefaultGroupInput, { description: 'The group.' }) { groupId }: AddDefaultGroupInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ group: Group }> {
    return { group: await services.defaultGroups.add(authority, keyOf('Group', groupId, 'input.groupId')) };
  }

  @RequiresScopes(['setting:write'])
  @Mutation(() => RemoveDefaultGroupPayload, {
    description: 'Lets new users no longer join a group; its members stay. It is no error when they do not join it.',
  })
  async removeDefaultGroup(
    @Arg('input', () => RemoveDefaultGroupInput, { description: 'The group.' }) { groupId }: RemoveDefaultGroupInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ group: Group }> {
    return { group: await services.defaultGroups.remove(authority, keyOf('Group', groupId, 'input.groupId')) };
  }
}
