import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ConfigureGroup, Group, ProvisionGroup } from '../../src/roles/index.ts';
import { canonicalUserId } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { given } from '../kit/given.ts';
import {
  ConfigureGroupInput,
  ConfigureGroupPayload,
  ProvisionGroupInput,
  ProvisionGroupPayload,
} from './provision-group.input.ts';

/** Ids of members as they are stored. */
const canonical = <T extends { members?: string[] | null; removedMembers?: string[] | null }>(input: T): T => ({
  ...input,
  ...(input.members == null ? {} : { members: input.members.map(canonicalUserId) }),
  ...(input.removedMembers == null ? {} : { removedMembers: input.removedMembers.map(canonicalUserId) }),
});

/** Groups of the tree with their members, in one unit of work. */
@Resolver()
export class ProvisionGroupResolver {
  @RequiresScopes(['group:create'])
  @Errors(
    'GROUP_NAME_TAKEN',
    'GROUP_NAME_INVALID',
    'GROUP_MEMBER_NOT_FOUND',
    'GROUP_PARENT_INVALID',
    'GROUP_TOO_DEEP',
    'ACCOUNT_GUARDED',
  )
  @Mutation(() => ProvisionGroupPayload, {
    description: 'Creates a group at the top of the tree with its members, all or nothing.',
  })
  async provisionGroup(
    @Arg('input', () => ProvisionGroupInput, { description: 'The group.' }) input: ProvisionGroupInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ group: Group }> {
    return { group: await services.provisionGroup.provision(authority, given(canonical(input)) as ProvisionGroup) };
  }

  @RequiresScopes(['group:write'])
  @Errors(
    'GROUP_NAME_TAKEN',
    'GROUP_NAME_INVALID',
    'GROUP_MEMBER_NOT_FOUND',
    'GROUP_PARENT_INVALID',
    'GROUP_TOO_DEEP',
    'PERMISSION_ESCALATION',
    'ACCOUNT_GUARDED',
    'ADMINISTRATOR_LAST',
  )
  @Mutation(() => ConfigureGroupPayload, {
    description: 'Changes a group of the tree and its members, which are users and groups, all or nothing.',
  })
  async configureGroup(
    @Arg('input', () => ConfigureGroupInput, { description: 'What to change.' })
    { groupId, ...input }: ConfigureGroupInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ group: Group }> {
    const id = keyOf('Group', groupId, 'input.groupId');
    const change = given(canonical(input), ['externalId']) as ConfigureGroup;
    return { group: await services.provisionGroup.configure(authority, id, change) };
  }
}
