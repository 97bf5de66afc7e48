import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { ClientKeys } from '../../src/clients/index.ts';
import type { GroupKeys } from '../../src/roles/index.ts';
import type { UserKeys } from '../../src/users/index.ts';
import { narrowClientById } from '../clients/client.loader.ts';
import { ClientObject } from '../clients/client.type.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { narrowGroupById } from '../groups/group.loader.ts';
import { GroupType } from '../groups/group.type.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { narrowUserById } from '../users/user.loader.ts';
import { UserType } from '../users/user.type.ts';
import {
  ChangeRightsInput,
  ChangeRightsPayload,
  GrantRightsInput,
  GrantRightsPayload,
  objectRef,
  RevokeRightsInput,
  RevokeRightsPayload,
  RightObjectInput,
  RightSubjectInput,
  subjectRef,
} from './right.input.ts';
import { rightsOfUser, rightsOnUser } from './right.loader.ts';
import { RightParty, type RightPartyView, RightType, toRight } from './right.type.ts';

const refsOf = (items: GrantRightsInput['rights']) =>
  items.map(({ subject, object, names, tags }, at) => ({
    subject: subjectRef(subject, `input.rights.${at}.subject`),
    object: objectRef(object, `input.rights.${at}.object`),
    names,
    tags,
  }));

@Resolver(() => RightType)
export class RightResolver {
  @RequiresScopes(['right:read'], ['right:read:self'])
  @Query(() => [RightType], {
    nullable: 'itemsAndList',
    description: 'Rights that a user or application holds, by object and name; null when there is no such subject.',
  })
  async rightsOf(
    @Arg('subject', () => RightSubjectInput, { description: 'The user or application.' }) subject: RightSubjectInput,
    @Ctx() { services, authority, caller }: GraphContext,
  ): Promise<readonly object[] | null> {
    const rights = await services.rights.of(authority, subjectRef(subject, 'subject'));
    return rights?.map((right) => toRight(right, caller)) ?? null;
  }

  @RequiresScopes(['right:read'])
  @Query(() => [RightType], {
    nullable: 'itemsAndList',
    description:
      "Rights that users and applications hold on a user, group or application, by subject and name; null when there is no such object. For the caller's own account use `User.rightsOnAccount`.",
  })
  async rightsOn(
    @Arg('object', () => RightObjectInput, { description: 'The object: a user, group or application.' })
    object: RightObjectInput,
    @Ctx() { services, authority, caller }: GraphContext,
  ): Promise<readonly object[] | null> {
    const rights = await services.rights.on(authority, objectRef(object, 'object'));
    return rights?.map((right) => toRight(right, caller)) ?? null;
  }

  @RequiresScopes(['right:write'])
  @Errors('RIGHT_SUBJECT_UNKNOWN', 'RIGHT_OBJECT_UNKNOWN', 'RIGHT_LIMIT_REACHED', 'ACCOUNT_GUARDED')
  @Mutation(() => GrantRightsPayload, {
    description: 'Gives rights, all or none; repeating it changes nothing.',
  })
  async grantRights(
    @Arg('input', () => GrantRightsInput, { description: 'The rights.' }) input: GrantRightsInput,
    @Ctx() { services, authority, caller }: GraphContext,
  ): Promise<{ rights: object[] }> {
    const rights = await services.rights.grant(authority, refsOf(input.rights));
    return { rights: rights.map((right) => toRight(right, caller)) };
  }

  @RequiresScopes(['right:write'])
  @Errors('RIGHT_SUBJECT_UNKNOWN', 'RIGHT_OBJECT_UNKNOWN', 'ACCOUNT_GUARDED')
  @Mutation(() => RevokeRightsPayload, {
    description: 'Takes rights away, all or none; repeating it changes nothing.',
  })
  async revokeRights(
    @Arg('input', () => RevokeRightsInput, { description: 'The rights.' }) input: RevokeRightsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<RevokeRightsPayload> {
    return { changedCount: await services.rights.revoke(authority, refsOf(input.rights)) };
  }

  @RequiresScopes(['right:change'], ['right:change:self'], ['right:revoke'])
  @Errors('RIGHT_SUBJECT_UNKNOWN', 'RIGHT_OBJECT_UNKNOWN', 'RIGHT_LIMIT_REACHED', 'ACCOUNT_GUARDED')
  @Mutation(() => ChangeRightsPayload, {
    description:
      'Gives and takes away rights of one subject on one object. With `right:change:self` users can change the rights on their own account and give up rights that they hold; with `right:revoke` callers can only take rights away.',
  })
  async changeRights(
    @Arg('input', () => ChangeRightsInput, { description: 'The change.' }) input: ChangeRightsInput,
    @Ctx() { services, authority, caller }: GraphContext,
  ): Promise<{ rights: object[] }> {
    const { add, remove } = input;
    const subject = subjectRef(input.subject, 'input.subject');
    const object = objectRef(input.object, 'input.object');
    const rights = await services.rights.change(authority, { subject, object, add, remove });
    return { rights: rights.map((right) => toRight(right, caller)) };
  }
}

@Resolver(() => RightParty)
export class RightPartyResolver {
  @FieldResolver(() => UserType, { nullable: true, description: 'The user, when the party is one.' })
  user(
    @Root() party: RightPartyView,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UserKeys | null> | null {
    if (party.kind !== 'user') return null;
    return loaders.loadColumns(narrowUserById, { tenantId: party.tenantId, key: party.id }, columnsRead(info));
  }

  @FieldResolver(() => ClientObject, { nullable: true, description: 'The client, when the party is an application.' })
  client(
    @Root() party: RightPartyView,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ClientKeys | null> | null {
    if (party.kind !== 'application') return null;
    return loaders.loadColumns(narrowClientById, { tenantId: party.tenantId, key: party.id }, columnsRead(info));
  }

  @FieldResolver(() => GroupType, { nullable: true, description: 'The group, when the party is one.' })
  group(
    @Root() party: RightPartyView,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<GroupKeys | null> | null {
    if (party.kind !== 'group') return null;
    return loaders.loadColumns(narrowGroupById, { tenantId: party.tenantId, key: party.id }, columnsRead(info));
  }
}

@Resolver(() => UserType)
export class UserRightsResolver {
  @Reads()
  @RequiresScopes(['right:read'], ['right:read:self'])
  @FieldResolver(() => [RightType], { nullable: 'itemsAndList', description: 'Rights that the user holds.' })
  async rights(@Root() user: UserKeys, @Ctx() { loaders, caller }: GraphContext): Promise<readonly object[]> {
    const rights = await loaders.load(rightsOfUser, { tenantId: user.tenantId, key: user.id });
    return rights.map((right) => toRight(right, caller));
  }

  @Reads()
  @RequiresScopes(['right:read'], ['right:read:self'])
  @FieldResolver(() => [RightType], {
    nullable: 'itemsAndList',
    description: 'Rights that are held on the account of the user.',
  })
  async rightsOnAccount(@Root() user: UserKeys, @Ctx() { loaders, caller }: GraphContext): Promise<readonly object[]> {
    const rights = await loaders.load(rightsOnUser, { tenantId: user.tenantId, key: user.id });
    return rights.map((right) => toRight(right, caller));
  }
}
