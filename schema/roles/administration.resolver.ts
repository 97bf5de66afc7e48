import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import { canonicalUserId, type UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { columnsRead } from '../kit/reads.ts';
import { userById } from '../users/user.loader.ts';
import { UserType } from '../users/user.type.ts';
import { DemoteUserInput, DemoteUserPayload, PromoteUserInput, PromoteUserPayload } from './role.input.ts';

const toUserId = ({ userId }: PromoteUserInput): string => canonicalUserId(keyOf('User', userId, 'input.userId'));

async function payload({ authority, loaders }: GraphContext, userId: string): Promise<object> {
  return { user: await loaders.load<object | null>(userById, { tenantId: authority.tenant.id, key: userId }) };
}

@Resolver()
export class AdministrationResolver {
  @RequiresScopes(['user:read', 'role-grant:read'])
  @Query(() => [UserType], {
    nullable: 'items',
    description:
      'Users who administer the tenant (`User.isAdministrator`), in the order of their usernames: at most 1,000.',
  })
  async administrators(
    @Ctx() { services, authority }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UserKeys[]> {
    const tenantId = authority.tenant.id;
    const ids = await services.rolePermissions.administratorsOf(tenantId);
    const users = await services.users.findMany(tenantId, ids, columnsRead(info));
    return ids.map((id) => users.get(id)).filter((user) => user !== undefined);
  }

  @RequiresScopes(['role-grant:write'])
  @Errors('ROLE_NAME_TAKEN', 'ROLE_HOLDER_NOT_FOUND', 'PERMISSION_ESCALATION', 'ACCOUNT_GUARDED')
  @Mutation(() => PromoteUserPayload, {
    description:
      'Makes a user an administrator of the tenant by its builtin roles `admin`, `digitanium_admin` and, of the client `realm-management`, `realm-admin`; those that the tenant does not have are created. Roles and clients that the tenant made itself under these names are left alone. The caller must hold everything that they give. Doing it again is no error.',
  })
  async promoteUser(
    @Arg('input', () => PromoteUserInput, { description: 'The user.' }) input: PromoteUserInput,
    @Ctx() context: GraphContext,
  ): Promise<object> {
    const userId = toUserId(input);
    await context.services.administration.promote(context.authority, userId);
    return payload(context, userId);
  }

  @RequiresScopes(['role-grant:write'])
  @Errors('ROLE_HOLDER_NOT_FOUND', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => DemoteUserPayload, {
    description:
      'Withdraws the roles that `promoteUser` grants, and no others. It is no error when the user does not have them.',
  })
  async demoteUser(
    @Arg('input', () => DemoteUserInput, { description: 'The user.' }) input: DemoteUserInput,
    @Ctx() context: GraphContext,
  ): Promise<object> {
    const userId = toUserId(input);
    await context.services.administration.demote(context.authority, userId);
    return payload(context, userId);
  }
}
