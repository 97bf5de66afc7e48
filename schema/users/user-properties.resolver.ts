import { GraphQLJSONObject } from 'graphql-scalars';
import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { User } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { Reads } from '../kit/reads.ts';
import { UserType } from './user.type.ts';

@InputType({ description: 'Changes to properties of a user; properties that are not named stay.' })
export class UpdateUserPropertiesInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => [String], {
    nullable: true,
    description: 'Names of properties to remove, before others are set. Unknown names are no error.',
  })
  remove?: string[] | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Properties to set, by name: texts, numbers and booleans. At most 200 names and 64 KiB in all.',
  })
  add?: Record<string, unknown> | null;
}

@ObjectType({ description: 'Result of a change to properties.' })
class UpdateUserPropertiesPayload {
  @Field(() => UserType, { nullable: true, description: 'The account; null when the caller may not read it.' })
  user!: UserType | null;
  @Field(() => GraphQLJSONObject, { description: 'All properties after the change.' })
  properties!: Record<string, unknown>;
}

/** Small values that applications store with an account. */
@Resolver(() => UserType)
export class UserPropertiesResolver {
  @Reads('properties')
  @RequiresScopes(['user-property:read'], ['user-property:read:self'])
  @FieldResolver(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Small values that applications store with the account: texts, numbers and booleans, by name.',
  })
  properties(@Root() user: Pick<User, 'properties'>): object {
    return user.properties ?? {};
  }

  @RequiresScopes(['user-property:write'], ['user-property:write:self'])
  @Errors('USER_NOT_FOUND', 'USER_PROPERTY_INVALID', 'ACCOUNT_GUARDED')
  @Mutation(() => UpdateUserPropertiesPayload, {
    description: 'Changes properties of a user: first removes names, then sets others.',
  })
  async updateUserProperties(
    @Arg('input', () => UpdateUserPropertiesInput, { description: 'What to change.' }) input: UpdateUserPropertiesInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const { userId, add, remove } = input;
    const id = keyOf('User', userId, 'input.userId');
    const user = await services.userProperties.update(authority, id, { add, remove });
    return { user, properties: user.properties };
  }
}
