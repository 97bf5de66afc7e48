import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { LinkedApp } from '../../src/flows/index.ts';
import type { UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { Reads } from '../kit/reads.ts';
import { UserType } from '../users/user.type.ts';
import { linkedAppsOfUser } from './client.loader.ts';
import { LinkedAppType, RemoveLinkedAppInput, RemoveLinkedAppPayload } from './linked-app.type.ts';

@Resolver(() => LinkedAppType)
export class LinkedAppResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() app: LinkedApp, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('LinkedApp', tenants.get(app.tenantId)!, app.id);
  }

  @RequiresScopes(['linked-app:read'], ['linked-app:read:self'])
  @Errors('USER_NOT_FOUND')
  @Query(() => [LinkedAppType], {
    nullable: 'items',
    description: 'The linked apps of a user, newest first; at most 100.',
  })
  linkedApps(
    @Arg('userId', () => ID, { description: 'The user.' }) userId: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<readonly LinkedApp[]> {
    return services.linkedApps.list(authority, keyOf('User', userId, 'userId'));
  }

  @RequiresScopes(['linked-app:delete'], ['linked-app:delete:self'])
  @Errors('LINKED_APP_NOT_FOUND', 'USER_NOT_FOUND', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => RemoveLinkedAppPayload, {
    description: 'Unlinks an app of a user and ends its credentials and tokens.',
  })
  async removeLinkedApp(
    @Arg('input', () => RemoveLinkedAppInput, { description: 'The app.' }) input: RemoveLinkedAppInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<RemoveLinkedAppPayload> {
    const userId = keyOf('User', input.userId, 'input.userId');
    const { id } = await services.linkedApps.remove(authority, userId, input.clientId);
    return { removedAppId: toGlobalId('LinkedApp', authority.tenant, id) };
  }
}

@Resolver(() => UserType)
export class UserLinkedAppsResolver {
  @Reads()
  @RequiresScopes(['linked-app:read'], ['linked-app:read:self'])
  @FieldResolver(() => [LinkedAppType], {
    nullable: 'itemsAndList',
    description: 'Apps on devices of the user, newest first; at most 100.',
  })
  linkedApps(@Root() user: UserKeys, @Ctx() { loaders }: GraphContext): Promise<readonly LinkedApp[]> {
    return loaders.load(linkedAppsOfUser, { tenantId: user.tenantId, key: user.id });
  }
}
