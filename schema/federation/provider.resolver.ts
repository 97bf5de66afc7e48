import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { CreateProvider, FederationProvider, ProviderFilter, UpdateProvider } from '../../src/federation/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { given, toColumns } from '../kit/given.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import {
  CreateFederationProviderInput,
  CreateFederationProviderPayload,
  DeleteFederationProviderInput,
  DeleteFederationProviderPayload,
  DiscoverFederationProviderInput,
  DiscoverFederationProviderPayload,
  FederationProviderFilterInput,
  type FederationProviderSettingsInput,
  ReloadFederationProviderInput,
  ReloadFederationProviderPayload,
  UpdateFederationProviderInput,
  UpdateFederationProviderPayload,
} from './federation.input.ts';
import { FederationProviderConnection, FederationProviderType, toProvider } from './federation.type.ts';

/** Members for which null means absent; for the others null is a value. */
const NOT_NULLABLE = ['enabled', 'storeTokens', 'tokenEndpointAuth', 'scope', 'subjectClaim', 'clientId', 'extra'];

/** What an input says of a provider. */
export function toSettings(input: FederationProviderSettingsInput): UpdateProvider {
  const { authorizationParameters, ...settings } = input;
  const said = Object.entries(toColumns(settings)).filter(
    ([name, value]) => value !== undefined && (value !== null || !NOT_NULLABLE.includes(name)),
  );
  const list = authorizationParameters?.map(({ name, value }) => [name, value]);
  return Object.fromEntries([...said, ...(list ? [['authorizationParameters', Object.fromEntries(list)]] : [])]);
}

@Resolver(() => FederationProviderType)
export class FederationProviderResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() provider: FederationProvider, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('FederationProvider', tenants.get(provider.tenantId)!, provider.id);
  }

  @RequiresScopes(['federation-provider:read'])
  @Query(() => FederationProviderType, {
    nullable: true,
    description: 'A federation provider; null when there is none.',
  })
  async federationProvider(
    @Arg('providerId', () => ID, { description: 'The provider.' }) providerId: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object | null> {
    const row = await services.federationProviders.find(
      authority,
      keyOf('FederationProvider', providerId, 'providerId'),
    );
    return row === null ? null : toProvider(row);
  }

  @RequiresScopes(['federation-provider:read'])
  @Query(() => FederationProviderConnection, { description: 'Federation providers by name.' })
  async federationProviders(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, authority, largestPage }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => FederationProviderFilterInput, {
      nullable: true,
      description: 'Only items that meet these conditions.',
    })
    filter?: FederationProviderFilterInput | null,
  ): Promise<ConnectionData<object>> {
    const request = toPageRequest(page, info, false, largestPage);
    const narrowed = toColumns(given(filter ?? {}));
    const found = await services.federationProviders.page(authority, narrowed as ProviderFilter, request);
    const { edges: places, ...rest } = toConnection(found);
    const edges = places.map(({ cursor, node }) => ({ cursor, node: toProvider(node) }));
    return { ...rest, edges, nodes: edges.map(({ node }) => node) };
  }

  @RequiresScopes(['federation-provider:write'])
  @Errors('FEDERATION_PROVIDER_INVALID', 'FEDERATION_PROVIDER_NAME_TAKEN', 'FEDERATION_PROVIDER_LIMIT')
  @Mutation(() => CreateFederationProviderPayload, {
    description: 'Creates a federation provider. A tenant has at most 200.',
  })
  async createFederationProvider(
    @Arg('input', () => CreateFederationProviderInput, { description: 'The provider.' })
    { ...input }: CreateFederationProviderInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ provider: object }> {
    const provider = await services.federationProviders.create(authority, toSettings(input) as CreateProvider);
    return { provider: toProvider(provider) };
  }

  @RequiresScopes(['federation-provider:write'])
  @Errors('FEDERATION_PROVIDER_NOT_FOUND', 'FEDERATION_PROVIDER_INVALID', 'FEDERATION_PROVIDER_HAS_LINKS')
  @Mutation(() => UpdateFederationProviderPayload, {
    description:
      'Changes a federation provider. The issuer, the endpoints for tokens and userinfo, the keys and the subject claim cannot change while accounts are linked. With another issuer, token endpoint or authentication method, a stored secret has to be given again, or null.',
  })
  async updateFederationProvider(
    @Arg('input', () => UpdateFederationProviderInput, { description: 'What to change.' })
    { providerId, ...input }: UpdateFederationProviderInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ provider: object }> {
    const key = keyOf('FederationProvider', providerId, 'input.providerId');
    return { provider: toProvider(await services.federationProviders.update(authority, key, toSettings(input))) };
  }

  @RequiresScopes(['federation-provider:write'])
  @Errors('FEDERATION_PROVIDER_NOT_FOUND')
  @Mutation(() => DeleteFederationProviderPayload, {
    description: 'Deletes a federation provider with all links to it and the tokens stored with them.',
  })
  async deleteFederationProvider(
    @Arg('input', () => DeleteFederationProviderInput, { description: 'The provider.' })
    { providerId }: DeleteFederationProviderInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteFederationProviderPayload> {
    const key = keyOf('FederationProvider', providerId, 'input.providerId');
    const provider = await services.federationProviders.delete(authority, key);
    return { deletedProviderId: toGlobalId('FederationProvider', authority.tenant, provider.id) };
  }
  @RequiresScopes(['federation-provider:write'])
  @Errors('FEDERATION_PROVIDER_UNREACHABLE')
  @Mutation(() => DiscoverFederationProviderPayload, {
    description:
      'Reads what an issuer of OpenID Connect says about itself, for a provider to create. Nothing is stored.',
  })
  discoverFederationProvider(
    @Arg('input', () => DiscoverFederationProviderInput, { description: 'The issuer.' })
    { issuer }: DiscoverFederationProviderInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DiscoverFederationProviderPayload> {
    return services.providerMetadata.discover(authority, issuer);
  }

  @RequiresScopes(['federation-provider:write'])
  @Errors('FEDERATION_PROVIDER_NOT_FOUND')
  @Mutation(() => ReloadFederationProviderPayload, {
    description:
      'Reads the metadata and the keys of a provider again; what was read before stays when it does not answer. Other nodes do it within 10 minutes.',
  })
  async reloadFederationProvider(
    @Arg('input', () => ReloadFederationProviderInput, { description: 'The provider.' })
    { providerId }: ReloadFederationProviderInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<ReloadFederationProviderPayload> {
    const key = keyOf('FederationProvider', providerId, 'input.providerId');
    return { isReloaded: await services.providerMetadata.reload(authority, key) };
  }
}
