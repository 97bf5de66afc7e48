import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { DeleteUsersInput, DeleteUsersPayload } from './user-batch.input.ts';
import { toRefusal } from './user-refusal.ts';

/** Users who are deleted many at a time. */
@Resolver()
export class UserBatchResolver {
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
