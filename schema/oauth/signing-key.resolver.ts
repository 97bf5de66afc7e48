import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { ShownSigningKey } from '../../src/oauth/index.ts';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { toGlobalId } from '../global-id.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { RotateAgreementKeyInput, RotateSigningKeyInput } from './oauth.input.ts';
import { RotateAgreementKeyPayload, RotateSigningKeyPayload, SigningKeyType } from './oauth.type.ts';

@Resolver(() => SigningKeyType)
export class SigningKeyResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() key: ShownSigningKey, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('SigningKey', tenants.get(key.tenantId)!, key.kid);
  }

  @RequiresScopes(['key:read'])
  @Query(() => [SigningKeyType], {
    nullable: 'itemsAndList',
    description:
      'Published signing keys of a tenant: the next ones, those that sign now, and retired ones. The key that starts to sign last comes first.',
  })
  signingKeys(@Ctx() { services, authority }: GraphContext): Promise<ShownSigningKey[]> {
    return services.oauth.keys.list(authority);
  }

  @RequiresScopes(['key:rotate'])
  @Mutation(() => RotateSigningKeyPayload, {
    description:
      'Creates the next key of an algorithm. It is published at once and signs from `activeFrom` on; the first key of an algorithm signs immediately. The current key signs until then and stays published until every token it signed has expired. When a next key is already waiting, that key is returned and nothing changes.',
  })
  async rotateSigningKey(
    @Arg('input', () => RotateSigningKeyInput, { description: 'The key.' }) { alg }: RotateSigningKeyInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ signingKey: ShownSigningKey }> {
    return { signingKey: await services.oauth.keys.rotate(authority, alg) };
  }

  @RequiresScopes(['key:rotate'])
  @Mutation(() => RotateAgreementKeyPayload, {
    description:
      'Creates the next key with which clients encrypt messages about image proofs for a tenant. Challenges name it from `activeFrom` on, two minutes later; the first key is used immediately. Messages for the former key are taken for as long as a challenge lives, two minutes more, and then refused. When a next key is already waiting, that key is returned and nothing changes.',
  })
  rotateAgreementKey(
    @Arg('input', () => RotateAgreementKeyInput, { description: 'The tenant.' }) _input: RotateAgreementKeyInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<RotateAgreementKeyPayload> {
    return services.oauth.keys.rotateAgreementKey(authority);
  }
}
