import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, FieldResolver, Info, Query, Resolver } from 'type-graphql';
import { formatScope } from '../../src/access/index.ts';
import type { UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { columnsRead } from '../kit/reads.ts';
import { narrowUserById } from './user.loader.ts';
import { UserType, Viewer } from './user.type.ts';

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer, { description: 'The caller. Requires no credential; without one the caller is anonymous.' })
  viewer(@Ctx() { caller }: GraphContext): object {
    const { kind, tenant, userId, clientId, scopes, permissions, authTime, amr, expiresAt } = caller;
    return {
      kind,
      tenant: tenant?.name ?? null,
      subject: userId,
      clientId,
      scopes,
      permissions: [...permissions.grants()].map(formatScope).sort(),
      authTime,
      amr,
      expiresAt,
    };
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
