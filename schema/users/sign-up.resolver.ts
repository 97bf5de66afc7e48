import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { SignUpProgress } from '../../src/flows/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import {
  ContinueSignUpInput,
  ContinueSignUpPayload,
  ResendSignUpCodeInput,
  ResendSignUpCodePayload,
  SignUpInput,
  SignUpPayload,
} from './sign-up.input.ts';
import { toUserInput } from './user.resolver.ts';

/** Sign-up by an application that registers users. */
@Resolver()
export class SignUpResolver {
  @RequiresScopes(['user:create'])
  @Errors(
    'USER_USERNAME_INVALID',
    'USER_USERNAME_TAKEN',
    'USER_EMAIL_INVALID',
    'USER_EMAIL_TAKEN',
    'USER_PHONE_INVALID',
    'USER_ID_INVALID',
    'USER_ID_TAKEN',
    'USER_ATTRIBUTE_INVALID',
    'USER_ATTRIBUTE_REFUSED',
    'PASSWORD_POLICY',
    'PASSWORD_TOO_LONG',
    'LINKED_APP_NOT_FREE',
  )
  @Mutation(() => SignUpPayload, {
    description:
      'Creates an account with its password and app instances and signs the user in. Each contact that is not verified receives a code, which `continueSignUp` takes.',
  })
  async signUp(
    @Arg('input', () => SignUpInput, { description: 'The account.' }) input: SignUpInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const { subject, isEnabled, password, linkApps, languages } = input;
    const account = { ...toUserInput(input), id: subject, enabled: isEnabled ?? true };
    return shown(await services.signUp.signUp(authority, { ...account, password, linkApps, languages }));
  }

  @RequiresScopes(['user:create'])
  @Errors('SIGN_UP_NOT_FOUND', 'SIGN_UP_STEP_NOT_OPEN', 'SIGN_UP_CODE_WRONG', 'ACCOUNT_GUARDED')
  @Mutation(() => ContinueSignUpPayload, {
    description: 'Checks the code of a step of a sign-up. Five wrong codes end the sign-up; the account stays.',
  })
  async continueSignUp(
    @Arg('input', () => ContinueSignUpInput, { description: 'The step.' }) input: ContinueSignUpInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const { context, step, code } = input;
    return shown(await services.signUp.continue(authority, { context, step, code }));
  }

  @RequiresScopes(['user:create'])
  @Errors('SIGN_UP_NOT_FOUND', 'SIGN_UP_STEP_NOT_OPEN', 'ACCOUNT_GUARDED')
  @Mutation(() => ResendSignUpCodePayload, {
    description:
      'Sends another code for a step of a sign-up, at most three times. Only the newest code works, and it allows five tries.',
  })
  async resendSignUpCode(
    @Arg('input', () => ResendSignUpCodeInput, { description: 'The step.' }) input: ResendSignUpCodeInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const { context, step, languages } = input;
    return shown(await services.signUp.resend(authority, { context, step, languages }));
  }
}

const shown = (progress: SignUpProgress): object => ({
  ...progress,
  subject: progress.user.id,
});
