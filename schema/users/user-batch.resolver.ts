import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { IdentityError } from '../../src/kernel/index.ts';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { toCreateUser } from './user.resolver.ts';
import {
  CreateUsersInput,
  CreateUsersPayload,
  DeleteUsersInput,
  DeleteUsersPayload,
  type UserRefusal,
} from './user-batch.input.ts';

/** Users who are made and deleted many at a time. */
@Resolver()
export class UserBatchResolver {
  @RequiresScopes(['user:create'])
  @Mutation(() => CreateUsersPayload, {
    description:
      'Creates user accounts as `createUser` does. A refused account does not stop the others; the results say which were refused. They are committed in batches of 200.',
  })
  async createUsers(
    @Arg('input', () => CreateUsersInput, { description: 'The accounts.' }) input: CreateUsersInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ results: object[] }> {
    const results = await services.users.createMany(authority, input.users.map(toCreateUser));
    return {
      results: results.map(({ user, error }, at) => ({
        subject: user?.id ?? null,
        user,
        error: toRefusal(error, `input.users.${at}`),
      })),
    };
  }

  @RequiresScopes(['user:delete'])
  @Mutation(() => DeleteUsersPayload, {
    description:
      'Deletes user accounts as `deleteUser` does. A refused account does not stop the others; the results say which were refused. If the caller is one of them, nothing is deleted. They are committed in batches of 200.',
  })
  async deleteUsers(
    @Arg('input', () => DeleteUsersInput, { description: 'The accounts.' }) input: DeleteUsersInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteUsersPayload> {
    const userIds = input.userIds.map((userId, at) => keyOf('User', userId, `input.userIds.${at}`));
    const results = await services.endAccess.deleteMany(authority, userIds);
    return {
      results: results.map(({ user, error }, at) => ({
        deletedUserId: user === null ? null : toGlobalId('User', authority.tenant, user.id),
        subject: user?.id ?? null,
        error: toRefusal(error, `input.userIds.${at}`),
      })),
    };
  }
}

/** @param place Input path of the user. */
function toRefusal(error: IdentityError | null, place: string): UserRefusal | null {
  if (error === null) return null;
  const { code, message, fields = [] } = error;
  return { code, message, field: fields[0]?.path.replace(/^input/, () => place) ?? null };
}
