import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { passwordModeErrors } from '../../src/auth-modes/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireOnce } from '../directives/once.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import type { PasswordPayload } from './auth-modes.input.ts';
import { ChangeDependentPasswordPayload } from './auth-modes.input.ts';
import { ChangeDependentPasswordInput, ReplacePasswordInput, ReplacePasswordPayload } from './password.input.ts';

@Resolver()
export class PasswordResolver {
  @RequiresScopes(['password:set'], ['password:change:self'])
  @Errors(
    'USER_NOT_FOUND',
    'REAUTHENTICATION_REQUIRED',
    'PASSWORD_POLICY',
    'PASSWORD_TOO_LONG',
    'ACCOUNT_GUARDED',
    'PASSWORD_CURRENT_WRONG',
    'PASSWORD_CHANGED_MEANWHILE',
  )
  @Mutation(() => ReplacePasswordPayload, {
    description:
      'Replaces a password with a given or a generated one. Works like `setPassword` or `changePassword`, depending on what the caller may do. With a current password only once per request.',
  })
  async replacePassword(
    @Arg('input', () => ReplacePasswordInput, { description: 'The user and the password.' })
    { userId: id, sessions, keepDeviceId, ...rest }: ReplacePasswordInput,
    @Ctx() { services, authority, signal }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ReplacePasswordPayload> {
    if (rest.currentPassword != null) requireOnce(info, signal, passwordModeErrors.PASSWORD_CURRENT_WRONG);
    const userId = keyOf('User', id, 'input.userId');
    const generatedPassword = await services.passwordFlow.replace(authority, {
      ...rest,
      userId,
      isTemporary: rest.isTemporary ?? true,
      sessions: sessions ?? 'end-all',
      keepDeviceId: keepDeviceId ?? null,
    });
    return { userId, generatedPassword };
  }

  @RequiresScopes(['dependent-password:change:self'])
  @Errors(
    'PASSWORD_CURRENT_WRONG',
    'PASSWORD_POLICY',
    'PASSWORD_TOO_LONG',
    'PASSWORD_CHANGED_MEANWHILE',
    'REAUTHENTICATION_REQUIRED',
    'ACCOUNT_GUARDED',
  )
  @Mutation(() => ChangeDependentPasswordPayload, {
    description:
      "Changes the password of an account on which the caller holds the right `change_password`, or of the caller's own account. With a current password only once per request. Without the right the answer is FORBIDDEN, whether or not there is such an account.",
  })
  async changeDependentPassword(
    @Arg('input', () => ChangeDependentPasswordInput, { description: 'The user and the password.' })
    { userId: id, sessions, ...rest }: ChangeDependentPasswordInput,
    @Ctx() { services, authority, signal }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PasswordPayload> {
    if (rest.currentPassword != null) requireOnce(info, signal, passwordModeErrors.PASSWORD_CURRENT_WRONG);
    const userId = keyOf('User', id, 'input.userId');
    await services.passwordFlow.changeDependent(authority, { ...rest, userId, sessions: sessions ?? 'end-all' });
    return { userId };
  }
}
