import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { ClientKeys } from '../../src/clients/index.ts';
import type { ConsentRow } from '../../src/consents/index.ts';
import type { UserKeys } from '../../src/users/index.ts';
import { narrowClientById } from '../clients/client.loader.ts';
import { ClientObject } from '../clients/client.type.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { joinKey, keyOf, toGlobalId } from '../global-id.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { UserType } from '../users/user.type.ts';
import { consentsOfUser } from './consent.loader.ts';
import { ConsentType, RevokeConsentInput, RevokeConsentPayload } from './consent.type.ts';

const consentKey = ({ userId, clientId }: ConsentRow): string => joinKey([userId, clientId]);

@Resolver(() => ConsentType)
export class ConsentResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() consent: ConsentRow, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('Consent', tenants.get(consent.tenantId)!, consentKey(consent));
  }

  @RequiresScopes(['client:read'])
  @FieldResolver(() => ClientObject, { nullable: true, description: 'The client.' })
  client(
    @Root() consent: ConsentRow,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ClientKeys | null> {
    const key = { tenantId: consent.tenantId, key: consent.clientUuid };
    return loaders.loadColumns(narrowClientById, key, columnsRead(info));
  }

  @FieldResolver(() => String, {
    description: 'Name of the client, as users see it; its `client_id` when it has none.',
  })
  async clientName(@Root() { tenantId, clientId }: ConsentRow, @Ctx() { services }: GraphContext): Promise<string> {
    return (await services.clientDirectory.byClientId(tenantId, clientId))?.client.name ?? clientId;
  }

  @RequiresScopes(['consent:read'], ['consent:read:self'])
  @Errors('USER_NOT_FOUND')
  @Query(() => [ConsentType], {
    nullable: 'itemsAndList',
    description: 'Consents of a user, by `client_id`.',
  })
  consents(
    @Arg('userId', () => ID, { description: 'The user.' }) userId: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<readonly ConsentRow[]> {
    return services.consents.list(authority, keyOf('User', userId, 'userId'));
  }

  @RequiresScopes(['consent:revoke'], ['consent:revoke:self'])
  @Errors('USER_NOT_FOUND', 'CONSENT_NOT_FOUND', 'ACCOUNT_GUARDED')
  @Mutation(() => RevokeConsentPayload, {
    description:
      "Revokes what a user granted to a client. The client's tokens for that user stop working, and the client's next sign-in asks the user again.",
  })
  async revokeConsent(
    @Arg('input', () => RevokeConsentInput, { description: 'The user and the client.' }) input: RevokeConsentInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<RevokeConsentPayload> {
    const userId = keyOf('User', input.userId, 'input.userId');
    const consent = await services.consents.revoke(authority, userId, input.clientId);
    return { revokedConsentId: toGlobalId('Consent', authority.tenant, consentKey(consent)) };
  }
}

@Resolver(() => UserType)
export class UserConsentsResolver {
  @Reads()
  @RequiresScopes(['consent:read'], ['consent:read:self'])
  @FieldResolver(() => [ConsentType], {
    nullable: 'itemsAndList',
    description: 'Consents of the user, by `client_id`.',
  })
  consents(@Root() user: UserKeys, @Ctx() { loaders }: GraphContext): Promise<readonly ConsentRow[]> {
    return loaders.load(consentsOfUser, { tenantId: user.tenantId, key: user.id });
  }
}
