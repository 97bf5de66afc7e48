import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Query, Resolver } from 'type-graphql';
import { formatScope, permissionsOn } from '../../src/access/index.ts';
import { NOWHERE } from '../../src/kernel/index.ts';
import { fullNameOf, type UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { columnsRead } from '../kit/reads.ts';
import { narrowUserById, userById } from './user.loader.ts';
import { UserType, Viewer } from './user.type.ts';

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer, { description: 'The caller. Requires no credential; without one the caller is anonymous.' })
  viewer(@Ctx() { caller }: GraphContext): object {
    const { kind, tenant, userId, clientId, scopes, authTime, amr, expiresAt } = caller;
    return {
      kind,
      tenant: tenant?.name ?? null,
      subject: userId,
      clientId,
      scopes,
      authTime,
      amr,
      expiresAt,
    };
  }

  @FieldResolver(() => [String], {
    description: 'Native permissions that the credential gives, with their reach, such as `user:read:self`.',
  })
  async permissions(
    @Ctx() { caller, services }: GraphContext,
    @Arg('onTenant', () => String, {
      nullable: true,
      description: "Only those that count in the tenant of this name. Default: those in the caller's own tenant.",
    })
    onTenant?: string | null,
  ): Promise<string[]> {
    const tenant = onTenant == null ? null : ((await services.directory.byName(onTenant)) ?? NOWHERE);
    return permissionsOn(caller, tenant).map(formatScope).sort();
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The full name of the user, else the username; the `client_id` of an application. Every caller may know its own name.',
  })
  async displayName(@Ctx() { caller, loaders }: GraphContext): Promise<string | null> {
    if (caller.tenant === null || caller.userId === null) return caller.clientId;
    const user = await loaders.load(userById, { tenantId: caller.tenant.id, key: caller.userId });
    return user === null ? null : (fullNameOf(user) ?? user.username);
  }

  @RequiresScopes(['user:read:self'])
  @Query(() => UserType, {
    nullable: true,
    description: "The caller's own account in the tenant; null when the caller is not a user of it.",
  })
  account(
    @Ctx() { authority, loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UserKeys | null> | null {
    const { caller, tenant } = authority;
    if (caller.tenant?.id !== tenant.id || caller.userId === null) return null;
    return loaders.loadColumns(narrowUserById, { tenantId: tenant.id, key: caller.userId }, columnsRead(info));
  }

  @FieldResolver(() => UserType, {
    nullable: true,
    description: "The caller's own account; null when the caller is not a user.",
  })
  user(@Ctx() { caller, loaders }: GraphContext, @Info() info: GraphQLResolveInfo): Promise<UserKeys | null> | null {
    if (caller.tenant === null || caller.userId === null) return null;
    const key = { tenantId: caller.tenant.id, key: caller.userId };
    return loaders.loadColumns(narrowUserById, key, columnsRead(info));
  }
}
