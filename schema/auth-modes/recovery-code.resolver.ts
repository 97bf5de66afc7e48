import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import {
  type AuthModes,
  type CredentialInfo,
  countRecoveryCodes,
  type GeneratedRecoveryCodes,
} from '../../src/auth-modes/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { credentialsOfUser } from './auth-modes.loader.ts';
import { AuthModesType } from './auth-modes.type.ts';
import {
  GenerateRecoveryCodesInput,
  GenerateRecoveryCodesPayload,
  RemoveRecoveryCodesInput,
  RemoveRecoveryCodesPayload,
} from './recovery-code.input.ts';

@Resolver(() => AuthModesType)
export class RecoveryCodeResolver {
  @RequiresScopes(['credential:read'], ['credential:read:self'])
  @FieldResolver(() => Int, {
    nullable: true,
    description:
      'How many recovery codes the user has left; null when none were generated, or when the caller may not read credentials.',
  })
  async recoveryCodesLeft(
    @Root() { tenantId, userId }: AuthModes,
    @Ctx() { loaders }: GraphContext,
  ): Promise<number | null> {
    return countRecoveryCodes(await loaders.load(credentialsOfUser, { tenantId, key: userId }));
  }

  @RequiresScopes(['credential:write'], ['credential:write:self'])
  @Errors('USER_NOT_FOUND', 'REAUTHENTICATION_REQUIRED', 'ACCOUNT_GUARDED')
  @Mutation(() => GenerateRecoveryCodesPayload, {
    description:
      'Generates ten recovery codes, each of which replaces the second factor at one sign-in. The codes that the user had before stop working.',
  })
  async generateRecoveryCodes(
    @Arg('input', () => GenerateRecoveryCodesInput, { description: 'The user.' }) input: GenerateRecoveryCodesInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<GeneratedRecoveryCodes & { readonly userId: string }> {
    const generated = await services.recoveryCodes.generate(authority, keyOf('User', input.userId, 'input.userId'));
    return { ...generated, userId: generated.credential.userId };
  }

  @RequiresScopes(['credential:delete'], ['credential:delete:self'])
  @Errors('RECOVERY_CODES_NOT_FOUND', 'USER_NOT_FOUND', 'REAUTHENTICATION_REQUIRED', 'ACCOUNT_GUARDED')
  @Mutation(() => RemoveRecoveryCodesPayload, { description: 'Removes all recovery codes of a user.' })
  async removeRecoveryCodes(
    @Arg('input', () => RemoveRecoveryCodesInput, { description: 'The user.' }) input: RemoveRecoveryCodesInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ readonly userId: string; readonly credential: CredentialInfo }> {
    const credential = await services.recoveryCodes.remove(authority, keyOf('User', input.userId, 'input.userId'));
    return { userId: credential.userId, credential };
  }
}
