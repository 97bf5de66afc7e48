import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import type { ClientKeys } from '../../src/clients/index.ts';
import type { OfflineFamily } from '../../src/oauth/index.ts';
import { canonicalUserId, type UserKeys } from '../../src/users/index.ts';
import { narrowClientById } from '../clients/client.loader.ts';
import { ClientObject } from '../clients/client.type.ts';
import { toClientReference } from '../clients/client-reference.ts';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { columnsRead } from '../kit/reads.ts';
import { narrowUserById } from '../users/user.loader.ts';
import { UserType } from '../users/user.type.ts';
import { OfflineAccessConnection, OfflineAccessFilterInput, OfflineAccessType } from './offline-access.type.ts';

/** Access of clients that goes on without a session. */
@Resolver(() => OfflineAccessType)
export class OfflineAccessResolver {
  @FieldResolver(() => ID)
  accessId(@Root() access: OfflineFamily): string {
    return access.id;
  }

  @FieldResolver(() => UserType, { nullable: true, description: 'The user.' })
  user(
    @Root() { tenantId, userId }: OfflineFamily,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UserKeys | null> {
    return loaders.loadColumns(narrowUserById, { tenantId, key: userId }, columnsRead(info));
  }

  @FieldResolver(() => ClientObject, { nullable: true, description: 'The client.' })
  client(
    @Root() { tenantId, clientUuid }: OfflineFamily,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ClientKeys | null> {
    return loaders.loadColumns(narrowClientById, { tenantId, key: clientUuid }, columnsRead(info));
  }

  @RequiresScopes(['session:read'])
  @Query(() => OfflineAccessConnection, {
    description:
      'Access of clients to users that goes on without a session, newest first. An unknown client in the filter is an error.',
  })
  async offlineAccess(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, authority, largestPage }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => OfflineAccessFilterInput, {
      nullable: true,
      description: 'Only items that meet these conditions.',
    })
    filter?: OfflineAccessFilterInput | null,
  ): Promise<ConnectionData<OfflineFamily>> {
    const { clientId, userId } = filter ?? {};
    const narrowed = {
      clientUuid:
        clientId == null
          ? null
          : await services.clients.idOf(authority, toClientReference(clientId, 'filter.clientId')),
      userId: userId == null ? null : canonicalUserId(keyOf('User', userId, 'filter.userId')),
    };
    const request = toPageRequest(page, info, false, largestPage);
    return toConnection(await services.offlineAccess.page(authority, narrowed, request));
  }
}
