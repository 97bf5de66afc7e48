import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { ApiKey, ApiKeyWithSecret, KeyScope } from '../../src/api-keys/index.ts';
import { MASTER_TENANT } from '../../src/tenants/index.ts';
import type { UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { narrowUserById } from '../users/user.loader.ts';
import { UserType } from '../users/user.type.ts';
import { apiKeyOwner, apiKeysOfUser } from './api-key.loader.ts';
import {
  ApiKeyConnection,
  ApiKeyFilterInput,
  ApiKeyScope,
  ApiKeyType,
  CreateApiKeyInput,
  CreateApiKeyPayload,
  DeleteApiKeyInput,
  DeleteApiKeyPayload,
  RegenerateApiKeyInput,
  RegenerateApiKeyPayload,
} from './api-key.type.ts';

@Resolver(() => ApiKeyType)
export class ApiKeyResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() key: ApiKey, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('ApiKey', tenants.get(key.tenantId)!, key.id);
  }

  @FieldResolver()
  apiKeyId(@Root() key: ApiKey): string {
    return key.id;
  }

  @FieldResolver()
  hash(@Root() key: ApiKey): string {
    return Buffer.from(key.hash).toString('hex');
  }

  @FieldResolver()
  ownerTenant(@Root() { tenantId, ownerTenantId }: ApiKey, @Ctx() { tenants }: GraphContext): string {
    return ownerTenantId === tenantId ? tenants.get(tenantId)!.name : MASTER_TENANT;
  }

  @FieldResolver()
  async isActive(@Root() key: ApiKey, @Ctx() { services, loaders }: GraphContext): Promise<boolean> {
    const owner = await loaders.load(apiKeyOwner, { tenantId: key.ownerTenantId, key: key.ownerUserId });
    return services.apiKeys.isAccepted(key, owner);
  }

  @FieldResolver(() => UserType, {
    nullable: true,
    description: 'The user for whom it acts; null where this is a user of another tenant.',
  })
  async user(
    @Root() { tenantId, userId }: ApiKey,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UserKeys | null> {
    if (userId === null) return null;
    return loaders.loadColumns(narrowUserById, { tenantId, key: userId }, columnsRead(info));
  }

  @RequiresScopes(['api-key:read'], ['api-key:read:self'])
  @Errors('API_KEY_OWNER_MISSING')
  @Query(() => ApiKeyConnection, {
    description: "API keys that act in the tenant, newest first: all of them, or the caller's own.",
  })
  async apiKeys(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, authority, largestPage }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => ApiKeyFilterInput, { nullable: true, description: 'Only items that meet these conditions.' })
    filter?: ApiKeyFilterInput | null,
  ): Promise<ConnectionData<ApiKey>> {
    const userId = filter?.userId == null ? null : keyOf('User', filter.userId, 'filter.userId');
    const request = toPageRequest(page, info, false, largestPage);
    return toConnection(await services.apiKeys.page(authority, { userId, isOwn: filter?.isOwn }, request));
  }

  @RequiresScopes(['api-key:read'], ['api-key:read:self'])
  @Errors('API_KEY_OWNER_MISSING')
  @Query(() => [ApiKeyScope], { description: 'The scopes that the caller can give an API key of the tenant.' })
  apiKeyScopes(@Ctx() { services, authority }: GraphContext): readonly KeyScope[] {
    return services.apiKeys.grantable(authority);
  }

  @RequiresScopes(['api-key:read'], ['api-key:read:self'])
  @Errors('API_KEY_OWNER_MISSING')
  @Query(() => [String], {
    description:
      "Names of the tenants in which the caller can make API keys: the caller's, or all with `api-key:create:all`, by name and at most 10,000.",
  })
  apiKeyTenants(@Ctx() { services, authority }: GraphContext): Promise<readonly string[]> {
    return services.apiKeys.tenantsFor(authority);
  }

  @RequiresScopes(['api-key:create'], ['api-key:create:self'])
  @Errors(
    'API_KEY_OWNER_MISSING',
    'API_KEY_SCOPE_UNKNOWN',
    'API_KEY_LIMIT_REACHED',
    'PERMISSION_ESCALATION',
    'REAUTHENTICATION_REQUIRED',
    'USER_NOT_FOUND',
  )
  @Mutation(() => CreateApiKeyPayload, {
    description:
      'Makes an API key of the caller that acts in the tenant. A scope of which the caller holds what concerns its own account alone reaches that account alone.',
  })
  createApiKey(
    @Arg('input', () => CreateApiKeyInput, { description: 'The key.' }) input: CreateApiKeyInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<ApiKeyWithSecret> {
    return services.apiKeys.create(authority, input);
  }

  @RequiresScopes(['api-key:rotate'], ['api-key:rotate:self'])
  @Errors('API_KEY_NOT_FOUND', 'ACCOUNT_GUARDED', 'PERMISSION_ESCALATION', 'REAUTHENTICATION_REQUIRED')
  @Mutation(() => RegenerateApiKeyPayload, {
    description: 'Gives an API key another secret. The one before ends at once; id, name and scopes stay.',
  })
  regenerateApiKey(
    @Arg('input', () => RegenerateApiKeyInput, { description: 'The key.' }) input: RegenerateApiKeyInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<ApiKeyWithSecret> {
    return services.apiKeys.regenerate(authority, keyOf('ApiKey', input.apiKeyId, 'input.apiKeyId'));
  }

  @RequiresScopes(['api-key:delete'], ['api-key:delete:self'])
  @Errors('API_KEY_NOT_FOUND', 'ACCOUNT_GUARDED')
  @Mutation(() => DeleteApiKeyPayload, { description: 'Deletes an API key, which ends at once.' })
  async deleteApiKey(
    @Arg('input', () => DeleteApiKeyInput, { description: 'The key.' }) input: DeleteApiKeyInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteApiKeyPayload> {
    const { id } = await services.apiKeys.delete(authority, keyOf('ApiKey', input.apiKeyId, 'input.apiKeyId'));
    return { deletedApiKeyId: toGlobalId('ApiKey', authority.tenant, id) };
  }
}

@Resolver(() => UserType)
export class UserApiKeysResolver {
  @Reads()
  @RequiresScopes(['api-key:read'], ['api-key:read:self'])
  @FieldResolver(() => [ApiKeyType], {
    nullable: 'itemsAndList',
    description: "API keys of the user that act in the user's tenant, newest first; at most 100.",
  })
  apiKeys(@Root() user: UserKeys, @Ctx() { loaders }: GraphContext): Promise<readonly ApiKey[]> {
    return loaders.load(apiKeysOfUser, { tenantId: user.tenantId, key: user.id });
  }
}
