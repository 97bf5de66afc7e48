import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { ImpersonateUserInput, ImpersonateUserPayload } from './impersonation.type.ts';

@Resolver()
export class ImpersonationResolver {
  @RequiresScopes(['user:impersonate'])
  @Errors(
    'BROWSER_REQUIRED',
    'USER_NOT_FOUND',
    'ACCOUNT_GUARDED',
    'IMPERSONATION_USER_DISABLED',
    'IMPERSONATION_SERVICE_ACCOUNT',
  )
  @Mutation(() => ImpersonateUserPayload, {
    description:
      'Signs the browser of the caller in as a user who may do no more than the caller. The session replaces that of the browser. It stands for no recent sign-in.',
  })
  async impersonateUser(
    @Arg('input', () => ImpersonateUserInput, { description: 'The user.' }) input: ImpersonateUserInput,
    @Ctx() { services, authority, browser }: GraphContext,
  ): Promise<ImpersonateUserPayload> {
    await services.impersonation.impersonate(authority, browser, keyOf('User', input.userId, 'input.userId'));
    return { isSameTenant: !authority.isForeign };
  }
}
