import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { SigningKey } from '../../src/oauth/index.ts';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { toGlobalId } from '../global-id.ts';
import { GLOBAL_ID, registerNode } from '../interfaces/node.ts';
import { RotateSigningKeyInput } from './oauth.input.ts';
import { RotateSigningKeyPayload, SigningKeyType } from './oauth.type.ts';

registerNode('SigningKey', ({ services }, tenantId, kid) => services.oauth.keys.find(tenantId, kid));

@Resolver(() => SigningKeyType)
export class SigningKeyResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() key: SigningKey, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('SigningKey', tenants.get(key.tenantId)!, key.kid);
  }

  @RequiresScopes(['key:read'])
  @Query(() => [SigningKeyType], {
    nullable: 'itemsAndList',
    description: 'Signing keys of a tenant that sign or are still published, newest first. There are few.',
  })
  signingKeys(
    @Ctx() { services, authority }: GraphContext,
    @Arg('tenant', () => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
    _tenant?: string,
  ): Promise<SigningKey[]> {
    return services.oauth.keys.list(authority);
  }

  @RequiresScopes(['key:rotate'])
  @Mutation(() => RotateSigningKeyPayload, {
    description:
      'Makes a new key that signs from now on; the one before stays published until every token it signed has expired. Errors: SIGNING_ALGORITHM_UNKNOWN.',
  })
  async rotateSigningKey(
    @Arg('input', () => RotateSigningKeyInput, { description: 'The key.' }) { alg }: RotateSigningKeyInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ signingKey: SigningKey }> {
    return { signingKey: await services.oauth.keys.rotate(authority, alg) };
  }
}
