import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { enterStep, STEP_ERRORS } from './interaction.context.ts';
import {
  BeginPasswordResetInput,
  BeginPasswordResetPayload,
  LeavePasswordResetInput,
  LeavePasswordResetPayload,
  RequestPasswordResetInput,
  RequestPasswordResetPayload,
  SubmitPasswordResetCodeInput,
  SubmitPasswordResetCodePayload,
} from './password-reset-steps.input.ts';

/** The steps of somebody who has forgotten the password. Every caller may use them: handle and browser are the authority. */
@Resolver()
export class PasswordResetStepsResolver {
  @Errors(...STEP_ERRORS, 'PASSWORD_RESET_CLOSED')
  @Mutation(() => BeginPasswordResetPayload, {
    description:
      'Leads from the step `PasswordStep` or `PasswordResetCodeStep` to `PasswordResetStep`. Only once per request.',
  })
  async beginPasswordReset(
    @Arg('input', () => BeginPasswordResetInput, { description: 'The sign-in.' }) { handle }: BeginPasswordResetInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.beginPasswordReset(...(await enterStep(context, info, handle)));
  }

  @Errors(...STEP_ERRORS)
  @Mutation(() => LeavePasswordResetPayload, {
    description:
      'Leads from the step `PasswordResetStep` or `PasswordResetCodeStep` back to `PasswordStep`. Only once per request.',
  })
  async leavePasswordReset(
    @Arg('input', () => LeavePasswordResetInput, { description: 'The sign-in.' }) { handle }: LeavePasswordResetInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.leavePasswordReset(...(await enterStep(context, info, handle)));
  }

  @Errors(...STEP_ERRORS)
  @Mutation(() => RequestPasswordResetPayload, {
    description:
      'The step `PasswordResetStep`: mails a code to the account, at most one in a minute. The answer is the same when there is no such account. An address of the network may ask 100 times in an hour. Only once per request.',
  })
  async requestPasswordReset(
    @Arg('input', () => RequestPasswordResetInput, { description: 'The name.' })
    { handle, identifier }: RequestPasswordResetInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.requestPasswordReset(
      ...(await enterStep(context, info, handle)),
      identifier,
    );
  }

  @Errors(...STEP_ERRORS, 'EMAIL_CODE_WRONG', 'SIGN_IN_METHOD_OTHER')
  @Mutation(() => SubmitPasswordResetCodePayload, {
    description:
      'The step `PasswordResetCodeStep`: proves the account by the code, which is used up. A second factor that the account has and the new password come next. Only once per request.',
  })
  async submitPasswordResetCode(
    @Arg('input', () => SubmitPasswordResetCodeInput, { description: 'The code.' })
    { handle, code }: SubmitPasswordResetCodeInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.submitPasswordResetCode(...(await enterStep(context, info, handle)), code);
  }
}
