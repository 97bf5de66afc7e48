import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ListedUser } from '../../src/flows/index.ts';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { toCreateUser } from '../users/user.resolver.ts';
import { toRefusal } from '../users/user-refusal.ts';
import { toFirstImageMail } from './provision-user.resolver.ts';
import { CreateUsersInput, CreateUsersPayload, type ListedUserInput } from './provision-users.input.ts';
import { toRoleReferences } from './role-reference.ts';

/** Users who are made many at a time, with their roles. */
@Resolver()
export class ProvisionUsersResolver {
  @RequiresScopes(['user:create'])
  @Mutation(() => CreateUsersPayload, {
    description:
      'Creates user accounts, with their roles, as `provisionUser` does. A refused account does not stop the others; the results say which were refused. They are committed in batches of 200.',
  })
  async createUsers(
    @Arg('input', () => CreateUsersInput, { description: 'The accounts.' }) input: CreateUsersInput,
    @Ctx() context: GraphContext,
  ): Promise<{ results: object[] }> {
    const { services, authority } = context;
    const accounts = input.users.map((user) => toListedUser(context, user));
    const mail = await toFirstImageMail(context, input.isFirstImageMailed);
    const results = await services.provisionUser.provisionMany(authority, accounts, mail);
    return {
      results: results.map(({ user, error }, at) => ({
        subject: user?.id ?? null,
        user,
        error: toRefusal(error, `input.users.${at}`),
      })),
    };
  }
}

function toListedUser(context: GraphContext, { roles, ...user }: ListedUserInput): ListedUser {
  const account = toCreateUser(user);
  if (roles == null || roles.length === 0) return account;
  return { ...account, findRoles: () => toRoleReferences(context, roles, 'input.roles') };
}
