import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import {
  type AccountState as AccountStateRow,
  type AuthModes,
  type CredentialInfo,
  passwordModeErrors,
} from '../../src/auth-modes/index.ts';
import type { PasswordHashing } from '../../src/crypto/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireOnce } from '../directives/once.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import {
  ChangePasswordInput,
  ChangePasswordPayload,
  ExemptAccountInput,
  ExemptAccountPayload,
  type PasswordPayload,
  RevokeRequiredActionsInput,
  RevokeRequiredActionsPayload,
  SetPasswordInput,
  SetPasswordPayload,
  UpdateAuthModesInput,
  UpdateAuthModesPayload,
} from './auth-modes.input.ts';
import { hashingOfPassword } from './auth-modes.loader.ts';
import {
  AccountState,
  AuthModesType,
  CredentialTypeName,
  CredentialTypeObject,
  PasswordHashingType,
} from './auth-modes.type.ts';

@Resolver(() => AuthModesType)
export class AuthModesResolver {
  @RequiresScopes(['auth-mode:read'], ['auth-mode:read:self'])
  @Errors('USER_NOT_FOUND')
  @Query(() => AuthModesType, {
    nullable: true,
    description: 'How a user may sign in, and what is required at sign-in.',
  })
  authModes(
    @Arg('userId', () => ID, { description: 'The user.' }) userId: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<AuthModes> {
    return services.authModes.get(authority, keyOf('User', userId, 'userId'));
  }

  @RequiresScopes(['account-state:read'], ['account-state:read:self'])
  @Errors('USER_NOT_FOUND')
  @Query(() => AccountState, { description: 'The inactivity state of an account.' })
  async accountState(
    @Arg('userId', () => ID, { description: 'The user.' }) userId: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<AccountStateRow> {
    return (await services.authModes.get(authority, keyOf('User', userId, 'userId'))).state;
  }

  @RequiresScopes(['auth-mode:write'], ['auth-mode:write:self'])
  @Errors(
    'USER_NOT_FOUND',
    'AUTH_MODE_NO_SECOND_FACTOR',
    'AUTH_MODE_VALUE_INVALID',
    'REAUTHENTICATION_REQUIRED',
    'ACCOUNT_GUARDED',
  )
  @Mutation(() => UpdateAuthModesPayload, {
    description:
      'Changes how a user may sign in and what is required at sign-in. Each changed member is recorded as a security event.',
  })
  async updateAuthModes(
    @Arg('input', () => UpdateAuthModesInput, { description: 'What to change.' }) input: UpdateAuthModesInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ authModes: AuthModes }> {
    const { userId, requiredFactor, needPasswordChange, methodsLocked } = input;
    const patch = { requiredFactor, needPasswordChange, methodsLocked };
    return { authModes: await services.authModes.update(authority, keyOf('User', userId, 'input.userId'), patch) };
  }

  @RequiresScopes(['auth-mode:write'])
  @Errors('USER_NOT_FOUND', 'ACCOUNT_GUARDED')
  @Mutation(() => RevokeRequiredActionsPayload, {
    description:
      'Removes actions from those that a user has to complete at the next sign-in, `UPDATE_PASSWORD` included.',
  })
  async revokeRequiredActions(
    @Arg('input', () => RevokeRequiredActionsInput, { description: 'The user and the actions.' })
    input: RevokeRequiredActionsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ authModes: AuthModes }> {
    const userId = keyOf('User', input.userId, 'input.userId');
    return { authModes: await services.authModes.revokeRequiredActions(authority, userId, input.actions) };
  }

  @RequiresScopes(['account-state:write'])
  @Errors('USER_NOT_FOUND', 'ACCOUNT_STATE_VALUE_INVALID', 'ACCOUNT_GUARDED')
  @Mutation(() => ExemptAccountPayload, {
    description: 'Exempts an account from the block for inactivity, or ends the exemption.',
  })
  async exemptAccount(
    @Arg('input', () => ExemptAccountInput, { description: 'The user and the end of the exemption.' })
    input: ExemptAccountInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ accountState: AccountStateRow; authModes: AuthModes }> {
    const userId = keyOf('User', input.userId, 'input.userId');
    const authModes = await services.authModes.exempt(authority, userId, input.exemptUntil ?? null);
    return { accountState: authModes.state, authModes };
  }

  @RequiresScopes(['password:set'])
  @Errors('USER_NOT_FOUND', 'REAUTHENTICATION_REQUIRED', 'PASSWORD_POLICY', 'PASSWORD_TOO_LONG', 'ACCOUNT_GUARDED')
  @Mutation(() => SetPasswordPayload, {
    description:
      'Sets the password of a user. The user is notified by mail and has to change the password at the next sign-in, unless `isTemporary` is false. A block of the account for wrong passwords ends. PASSWORD_POLICY lists each broken rule in `fields`: PASSWORD_TOO_SHORT, PASSWORD_COMMON, PASSWORD_TENANT_WORD or PASSWORD_OWN_NAME.',
  })
  async setPassword(
    @Arg('input', () => SetPasswordInput, { description: 'The user and the password.' }) input: SetPasswordInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<PasswordPayload> {
    const { password, isTemporary, sessions } = input;
    const userId = keyOf('User', input.userId, 'input.userId');
    await services.passwordFlow.set(authority, {
      userId,
      password,
      isTemporary: isTemporary ?? true,
      sessions: sessions ?? 'end-all',
    });
    return { userId };
  }

  @RequiresScopes(['password:change:self'])
  @Errors(
    'PASSWORD_CURRENT_WRONG',
    'PASSWORD_POLICY',
    'PASSWORD_TOO_LONG',
    'PASSWORD_CHANGED_MEANWHILE',
    'REAUTHENTICATION_REQUIRED',
  )
  @Mutation(() => ChangePasswordPayload, {
    description:
      "Changes the caller's own password, which also completes a required change. A wrong current password counts as a failed sign-in. Only once per request.",
  })
  async changePassword(
    @Arg('input', () => ChangePasswordInput, { description: 'The current password and the new one.' })
    input: ChangePasswordInput,
    @Ctx() { services, authority, signal }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PasswordPayload> {
    requireOnce(info, signal, passwordModeErrors.PASSWORD_CURRENT_WRONG);
    const { currentPassword, newPassword, sessions, keepDeviceId } = input;
    const userId = input.userId == null ? (authority.caller.userId ?? '') : keyOf('User', input.userId, 'input.userId');
    await services.passwordFlow.change(authority, {
      userId,
      currentPassword,
      newPassword,
      sessions: sessions ?? 'end-others',
      keepDeviceId: keepDeviceId ?? null,
    });
    return { userId };
  }
}

@Resolver(() => CredentialTypeObject)
export class CredentialResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() credential: CredentialInfo, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('Credential', tenants.get(credential.tenantId)!, credential.id);
  }

  @FieldResolver(() => PasswordHashingType, {
    nullable: true,
    description: 'How the password is hashed; null for other credentials.',
  })
  passwordHashing(
    @Root() { tenantId, id, type }: CredentialInfo,
    @Ctx() { loaders }: GraphContext,
  ): Promise<PasswordHashing | null> | null {
    return type === 'password' ? loaders.load(hashingOfPassword, { tenantId, key: id }) : null;
  }

  @RequiresScopes(['credential:read'], ['credential:read:self'])
  @Errors('USER_NOT_FOUND')
  @Query(() => [CredentialTypeObject], {
    nullable: 'items',
    description: 'Credentials of a user in their order (`moveCredential`), else by type and ordinal.',
  })
  async credentials(
    @Arg('userId', () => ID, { description: 'The user.' }) userId: string,
    @Ctx() { services, authority }: GraphContext,
    @Arg('type', () => CredentialTypeName, { nullable: true, description: 'Only credentials of this type.' })
    type?: CredentialTypeName | null,
  ): Promise<readonly CredentialInfo[]> {
    const all = await services.authModes.credentials(authority, keyOf('User', userId, 'userId'));
    return type == null ? all : all.filter((credential) => credential.type === type);
  }
}
