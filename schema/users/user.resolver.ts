import type { GraphQLResolveInfo } from 'graphql';
import { GraphQLJSONObject } from 'graphql-scalars';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { invalidField } from '../../src/kernel/index.ts';
import { type CreateUser, isUsable, type User, type UserInput, type UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { type ConnectionData, PageArgs } from '../kit/connection.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { assertMayFilter } from './filter-permissions.ts';
import {
  CreateUserInput,
  CreateUserPayload,
  DeleteUserInput,
  DeleteUserPayload,
  type NewUserInput,
  ResetUserSessionsInput,
  ResetUserSessionsPayload,
  SetUserEnabledInput,
  SetUserEnabledPayload,
  UpdateUserInput,
  UpdateUserPayload,
  UserFilterInput,
  UserOrderInput,
} from './user.input.ts';
import { UserConnection, UserType } from './user.type.ts';
import { CHANGE_USER_ERRORS, CREATE_USER_ERRORS } from './user-errors.ts';
import { readUsers, toFilter } from './user-list.ts';

@Resolver(() => UserType)
export class UserResolver {
  @Reads()
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() user: UserKeys, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('User', tenants.get(user.tenantId)!, user.id);
  }

  @Reads()
  @FieldResolver(() => String)
  subject(@Root() user: UserKeys): string {
    return user.id;
  }

  @Reads('enabled', 'inactiveSince')
  @FieldResolver(() => Boolean, {
    description: 'Whether the account may be used: enabled, and not blocked for inactivity.',
  })
  isEnabled(@Root() user: Pick<User, 'enabled' | 'inactiveSince'>): boolean {
    return isUsable(user);
  }

  @Reads()
  @FieldResolver(() => [String])
  async unmodifiableAttributes(@Root() { tenantId }: UserKeys, @Ctx() { services }: GraphContext): Promise<string[]> {
    const definitions = (await services.directory.byId(tenantId))?.settings.attributes ?? [];
    return definitions.filter(({ isUnmodifiable }) => isUnmodifiable).map(({ name }) => name);
  }

  @Reads('attributes')
  @FieldResolver(() => GraphQLJSONObject, {
    description: 'Those of the attributes that the tenant has not defined.',
  })
  async undefinedAttributes(
    @Root() { tenantId, attributes }: Pick<User, 'tenantId' | 'attributes'>,
    @Ctx() { services }: GraphContext,
  ): Promise<Record<string, unknown>> {
    const { attributes: definitions = [], userProfile = null } =
      (await services.directory.byId(tenantId))?.settings ?? {};
    const defined = new Set([...definitions, ...(userProfile?.attributes ?? [])].map(({ name }) => name));
    return Object.fromEntries(Object.entries(attributes ?? {}).filter(([name]) => !defined.has(name)));
  }

  @RequiresScopes(['user:read'], ['user:read:self'])
  @Query(() => UserType, {
    nullable: true,
    description: 'A user by its id or by its username; null when there is none.',
  })
  user(
    @Ctx() { services, authority }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('userId', () => ID, { nullable: true, description: 'Global or public id.' }) userId?: string | null,
    @Arg('username', () => String, { nullable: true, description: 'Username, ignoring case.' })
    username?: string | null,
  ): Promise<UserKeys | null> {
    if ((userId == null) === (username == null)) {
      throw invalidField('userId', 'ONE_REQUIRED', 'Give either "userId" or "username".');
    }
    const columns = columnsRead(info);
    return userId == null
      ? services.users.findByUsername(authority, username!, columns)
      : services.users.find(authority, keyOf('User', userId, 'userId'), columns);
  }

  @RequiresScopes(['user:read'])
  @Query(() => [String], {
    nullable: true,
    description:
      'Names of the tenants that have a user with this username, ascending; null when there is none. Without `user:read:all` only the tenant that the call concerns is looked at.',
  })
  async tenantsOfUser(
    @Arg('name', () => String, {
      description: 'Username, ignoring case; or the public id of a user of the tenant, which stands for its username.',
    })
    name: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<readonly string[] | null> {
    const names = await services.users.tenantsOf(authority, name);
    return names.length === 0 ? null : names;
  }

  @RequiresScopes(['user:read'])
  @Query(() => UserConnection, { description: 'Users of a tenant.' })
  users(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => UserFilterInput, { nullable: true, description: 'Only items that meet these conditions.' })
    filter?: UserFilterInput | null,
    @Arg('orderBy', () => UserOrderInput, {
      nullable: true,
      description: 'Order of the list. Default: by time of creation.',
    })
    orderBy?: UserOrderInput | null,
  ): Promise<ConnectionData<UserKeys>> {
    assertMayFilter(context, filter);
    return readUsers(context, info, page, toFilter(filter ?? {}), orderBy);
  }

  @RequiresScopes(['user:create'])
  @Errors(...CREATE_USER_ERRORS)
  @Mutation(() => CreateUserPayload, {
    description:
      'Creates a user account. Without a username, the account gets its e-mail address, its phone number or its id as username, whichever is free first.',
  })
  async createUser(
    @Arg('input', () => CreateUserInput, { description: 'The account.' }) input: CreateUserInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const user = await services.users.create(authority, toCreateUser(input));
    return { subject: user.id, user };
  }

  @RequiresScopes(['user:write'], ['user:write:self'])
  @Errors(...CHANGE_USER_ERRORS, 'ACCOUNT_GUARDED', 'REAUTHENTICATION_REQUIRED')
  @Mutation(() => UpdateUserPayload, {
    description:
      'Changes a user account. Users may change the names, phone number, locale and attributes of their own account, and with `email:change` its e-mail address.',
  })
  async updateUser(
    @Arg('input', () => UpdateUserInput, { description: 'What to change.' }) input: UpdateUserInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ user: User }> {
    const userId = keyOf('User', input.userId, 'input.userId');
    const options = { replacesAttributes: input.replaceAttributes ?? false };
    return { user: await services.users.update(authority, userId, toUserInput(input), options) };
  }

  @RequiresScopes(['user:write'])
  @Errors('USER_NOT_FOUND', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => SetUserEnabledPayload, {
    description:
      'Enables or disables a user account. Disabling ends its sessions and tokens at once; enabling lifts a block for inactivity as well.',
  })
  async setUserEnabled(
    @Arg('input', () => SetUserEnabledInput, { description: 'The account.' }) input: SetUserEnabledInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ user: User }> {
    const userId = keyOf('User', input.userId, 'input.userId');
    return { user: await services.endAccess.setEnabled(authority, userId, input.isEnabled) };
  }

  @RequiresScopes(['user:delete'], ['user:delete:self'])
  @Errors('USER_NOT_FOUND', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => DeleteUserPayload, {
    description: 'Deletes a user account with its sessions, tokens and all that belongs to it.',
  })
  async deleteUser(
    @Arg('input', () => DeleteUserInput, { description: 'The account.' }) input: DeleteUserInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteUserPayload> {
    const userId = keyOf('User', input.userId, 'input.userId');
    const confirmed = keyOf('User', input.confirmedUserId ?? userId, 'input.confirmedUserId');
    const { id } = await services.endAccess.delete(authority, userId, confirmed);
    return { deletedUserId: toGlobalId('User', authority.tenant, id), subject: id };
  }

  @RequiresScopes(['session:revoke'], ['session:revoke:self'])
  @Errors('USER_NOT_FOUND', 'ACCOUNT_GUARDED')
  @Mutation(() => ResetUserSessionsPayload, {
    description: "Ends all sessions and tokens of a user and removes the user's known devices.",
  })
  async resetUserSessions(
    @Arg('input', () => ResetUserSessionsInput, { description: 'The user.' }) input: ResetUserSessionsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const userId = keyOf('User', input.userId, 'input.userId');
    const options = { exceptDeviceId: input.keepDeviceId ?? null };
    const { user, ended } = await services.endAccess.resetSessions(authority, userId, options);
    return { user, endedSessions: ended.length };
  }
}

/** Converts an account to create for the service. */
export function toCreateUser(input: NewUserInput): CreateUser {
  const { subject, isEnabled } = input;
  return { ...toUserInput(input), id: subject, enabled: isEnabled ?? true };
}

/** Converts the input for the service, where flags cannot be null and a null list is an empty one. */
export function toUserInput(input: NewUserInput | UpdateUserInput): UserInput {
  const { username, email, phone, givenName, middleName, familyName, displayName, locale, externalId } = input;
  return {
    username,
    email,
    phone,
    givenName,
    middleName,
    familyName,
    displayName,
    locale,
    externalId,
    notBefore: input.notBefore,
    emailVerified: input.emailVerified ?? undefined,
    phoneVerified: input.phoneVerified ?? undefined,
    requiredActions: input.requiredActions === null ? [] : input.requiredActions,
    attributes: input.attributes ?? undefined,
    profile: input.profile ?? undefined,
  };
}
