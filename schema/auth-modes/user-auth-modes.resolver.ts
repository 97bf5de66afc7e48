import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { AccountFailures, AuthModes, CodeResends, CredentialInfo } from '../../src/auth-modes/index.ts';
import type { User, UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { Reads } from '../kit/reads.ts';
import { UserType } from '../users/user.type.ts';
import {
  codeResendsOfUser,
  credentialsOfUser,
  secondFactorFailuresOfUser,
  signInFailuresOfUser,
} from './auth-modes.loader.ts';
import { AuthModesType, CredentialTypeObject } from './auth-modes.type.ts';
import { CodeResendsType, SignInFailuresType } from './block.type.ts';

/** Fields of users that this module adds. */
@Resolver(() => UserType)
export class UserAuthModesResolver {
  @RequiresScopes(['auth-mode:read'], ['auth-mode:read:self'])
  @FieldResolver(() => AuthModesType, {
    nullable: true,
    description: 'How the user may sign in, and what is required at sign-in.',
  })
  authModes(@Root() user: User, @Ctx() { services }: GraphContext): AuthModes {
    return services.authModes.of(user);
  }

  @Reads()
  @RequiresScopes(['credential:read'], ['credential:read:self'])
  @FieldResolver(() => [CredentialTypeObject], {
    nullable: 'itemsAndList',
    description: 'Credentials of the user in their order, else by type and ordinal, without their secrets.',
  })
  credentials(
    @Root() { tenantId, id }: UserKeys,
    @Ctx() { loaders }: GraphContext,
  ): Promise<readonly CredentialInfo[]> {
    return loaders.load(credentialsOfUser, { tenantId, key: id });
  }

  @Reads()
  @RequiresScopes(['block:read'])
  @FieldResolver(() => SignInFailuresType, {
    nullable: true,
    description: 'Failed attempts of the user to sign in, and the block that they led to.',
  })
  signInFailures(
    @Root() { tenantId, id }: UserKeys,
    @Ctx() { loaders }: GraphContext,
  ): Promise<AccountFailures | null> {
    return loaders.load(signInFailuresOfUser, { tenantId, key: id });
  }

  @Reads()
  @RequiresScopes(['block:read'])
  @FieldResolver(() => SignInFailuresType, {
    nullable: true,
    description: 'Failed attempts of the user at second factors, and the block that they led to.',
  })
  secondFactorFailures(
    @Root() { tenantId, id }: UserKeys,
    @Ctx() { loaders }: GraphContext,
  ): Promise<AccountFailures | null> {
    return loaders.load(secondFactorFailuresOfUser, { tenantId, key: id });
  }

  @Reads()
  @RequiresScopes(['block:read'])
  @FieldResolver(() => CodeResendsType, {
    nullable: true,
    description: 'Requests of the user to have a code sent again, and the block that they led to.',
  })
  codeResends(@Root() { tenantId, id }: UserKeys, @Ctx() { loaders }: GraphContext): Promise<CodeResends | null> {
    return loaders.load(codeResendsOfUser, { tenantId, key: id });
  }
}
