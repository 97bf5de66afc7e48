import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { LinkRow } from '../../src/federation/index.ts';
import type { UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { joinKey, keyOf, toGlobalId } from '../global-id.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { narrowUserById } from '../users/user.loader.ts';
import { UserType } from '../users/user.type.ts';
import {
  FederationTokenArgs,
  LinkExternalAccountInput,
  LinkExternalAccountPayload,
  UnlinkExternalAccountInput,
  UnlinkExternalAccountPayload,
  UnlinkProviderInput,
  UnlinkProviderPayload,
} from './federation.input.ts';
import { linksOfUser, providerById } from './federation.loader.ts';
import { FederationLinkType, FederationProviderType, FederationTokenType, toProvider } from './federation.type.ts';

const linkKey = ({ providerId, externalId }: LinkRow): string => joinKey([providerId, externalId]);

const accountOf = (input: LinkExternalAccountInput | UnlinkExternalAccountInput) => ({
  userId: keyOf('User', input.userId, 'input.userId'),
  provider: { name: input.providerName, ...(input.providerType == null ? {} : { type: input.providerType }) },
  externalId: input.externalId,
});

@Resolver(() => FederationLinkType)
export class FederationLinkResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() link: LinkRow, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('FederationLink', tenants.get(link.tenantId)!, linkKey(link));
  }

  @FieldResolver(() => UserType, { nullable: true, description: 'The user to whom the external account is linked.' })
  user(
    @Root() link: LinkRow,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UserKeys | null> {
    return loaders.loadColumns(narrowUserById, { tenantId: link.tenantId, key: link.userId }, columnsRead(info));
  }

  @RequiresScopes(['federation-provider:read'])
  @FieldResolver(() => FederationProviderType, { nullable: true, description: 'The provider.' })
  async provider(@Root() link: LinkRow, @Ctx() { loaders }: GraphContext): Promise<object | null> {
    const row = await loaders.load(providerById, { tenantId: link.tenantId, key: link.providerId });
    return row === null ? null : toProvider(row);
  }

  @RequiresScopes(['federation-link:read'], ['federation-link:read:self'])
  @Errors('USER_NOT_FOUND')
  @Query(() => [FederationLinkType], {
    nullable: 'itemsAndList',
    description: 'The external accounts linked to a user.',
  })
  federationLinks(
    @Arg('userId', () => ID, { description: 'The user.' }) userId: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<readonly LinkRow[]> {
    return services.federationLinks.list(authority, keyOf('User', userId, 'userId'));
  }

  @RequiresScopes(['federation-link:write'], ['federation-link:write:self'])
  @Errors(
    'USER_NOT_FOUND',
    'FEDERATION_PROVIDER_NOT_FOUND',
    'LINK_ALREADY_BOUND',
    'LINK_LIMIT_REACHED',
    'ACCOUNT_GUARDED',
    'REAUTHENTICATION_REQUIRED',
  )
  @Mutation(() => LinkExternalAccountPayload, {
    description: 'Links a known external account to a user. Linking it again changes only the name, if one is given.',
  })
  async linkExternalAccount(
    @Arg('input', () => LinkExternalAccountInput, { description: 'The user and the account.' })
    input: LinkExternalAccountInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ link: LinkRow }> {
    const { externalName, isOnlyOne } = input;
    const name = externalName == null ? {} : { externalName };
    const account = { ...accountOf(input), ...name, isOnlyOne: isOnlyOne === true };
    return { link: await services.federationLinks.link(authority, account) };
  }

  @RequiresScopes(['federation-link:write'], ['federation-link:write:self'])
  @Errors('USER_NOT_FOUND', 'LINK_NOT_FOUND', 'ACCOUNT_GUARDED', 'REAUTHENTICATION_REQUIRED')
  @Mutation(() => UnlinkExternalAccountPayload, {
    description: 'Unlinks an external account from a user.',
  })
  async unlinkExternalAccount(
    @Arg('input', () => UnlinkExternalAccountInput, { description: 'The user and the account.' })
    input: UnlinkExternalAccountInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<UnlinkExternalAccountPayload> {
    const link = await services.federationLinks.unlink(authority, accountOf(input));
    return { removedLinkId: toGlobalId('FederationLink', authority.tenant, linkKey(link)) };
  }

  @RequiresScopes(['federation-link:write'], ['federation-link:write:self'])
  @Errors('USER_NOT_FOUND', 'LINK_NOT_FOUND', 'ACCOUNT_GUARDED', 'REAUTHENTICATION_REQUIRED')
  @Mutation(() => UnlinkProviderPayload, {
    description: 'Unlinks all external accounts that a user has at a provider.',
  })
  async unlinkProvider(
    @Arg('input', () => UnlinkProviderInput, { description: 'The user and the provider.' })
    { userId, providerName }: UnlinkProviderInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<UnlinkProviderPayload> {
    const user = keyOf('User', userId, 'input.userId');
    const removed = await services.federationLinks.unlinkAllOf(authority, user, providerName);
    const toId = (link: LinkRow) => toGlobalId('FederationLink', authority.tenant, linkKey(link));
    return { removedLinkIds: removed.map(toId) };
  }

  @RequiresScopes(['federation-token:read'])
  @Errors('USER_NOT_FOUND', 'FEDERATION_TOKEN_NOT_FOUND')
  @Query(() => FederationTokenType, {
    nullable: true,
    description:
      "The token stored for a user's account at a provider. Each call is recorded as a security event. A caller whose permission is limited to some providers gets only tokens of these providers.",
  })
  async federationToken(
    @Args(() => FederationTokenArgs) { userId, providerType: type, providerName: name }: FederationTokenArgs,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const token = await services.federationLinks.readToken(authority, keyOf('User', userId, 'userId'), { type, name });
    return { ...token, tenantId: authority.tenant.id };
  }
}

@Resolver(() => UserType)
export class UserLinksResolver {
  @Reads()
  @RequiresScopes(['federation-link:read'], ['federation-link:read:self'])
  @FieldResolver(() => [FederationLinkType], {
    nullable: 'itemsAndList',
    description: 'The external accounts linked to the user, at most 100, by provider and account id.',
  })
  federationLinks(@Root() user: UserKeys, @Ctx() { loaders }: GraphContext): Promise<readonly LinkRow[]> {
    return loaders.load(linksOfUser, { tenantId: user.tenantId, key: user.id });
  }
}
