import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import {
  BeginFactorEnrolmentInput,
  BeginFactorEnrolmentPayload,
  SendEmailCodeInput,
  SendEmailCodePayload,
  SubmitEmailCodeInput,
  SubmitEmailCodePayload,
  SubmitFactorEnrolmentInput,
  SubmitFactorEnrolmentPayload,
  SubmitNewPasswordInput,
  SubmitNewPasswordPayload,
} from './account-steps.input.ts';
import { enterStep, STEP_ERRORS } from './interaction.context.ts';

/** The steps of a sign-in that change the account. Every caller may use them: handle and browser are the authority. */
@Resolver()
export class AccountStepsResolver {
  @Errors(...STEP_ERRORS)
  @Mutation(() => BeginFactorEnrolmentPayload, {
    description:
      'The step `FactorEnrolmentStep`: makes the secret of an authenticator app. A further call shows the same secret. Only once per request.',
  })
  async beginFactorEnrolment(
    @Arg('input', () => BeginFactorEnrolmentInput, { description: 'The sign-in.' })
    { handle }: BeginFactorEnrolmentInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.beginFactorEnrolment(...(await enterStep(context, info, handle)));
  }

  @Errors(...STEP_ERRORS, 'FACTOR_CODE_WRONG')
  @Mutation(() => SubmitFactorEnrolmentPayload, {
    description:
      'The step `FactorEnrolmentStep`: attaches the app when its code is right, and generates recovery codes. A wrong code counts as a failed try at the second factor. Only once per request.',
  })
  async submitFactorEnrolment(
    @Arg('input', () => SubmitFactorEnrolmentInput, { description: 'The code.' })
    { handle, ...typed }: SubmitFactorEnrolmentInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.submitFactorEnrolment(...(await enterStep(context, info, handle)), typed);
  }

  @Errors(...STEP_ERRORS, 'PASSWORD_POLICY', 'PASSWORD_TOO_LONG')
  @Mutation(() => SubmitNewPasswordPayload, {
    description:
      'The step `NewPasswordStep`: replaces the password and ends the other sessions of the account. PASSWORD_POLICY lists each broken rule in `fields`: those of `setPassword`, and PASSWORD_UNCHANGED for the current password. Only once per request.',
  })
  async submitNewPassword(
    @Arg('input', () => SubmitNewPasswordInput, { description: 'The new password.' })
    { handle, newPassword }: SubmitNewPasswordInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.submitNewPassword(
      ...(await enterStep(context, info, handle)),
      newPassword,
    );
  }

  @Errors(...STEP_ERRORS, 'EMAIL_ADDRESS_MISSING')
  @Mutation(() => SendEmailCodePayload, {
    description:
      'The step `EmailCodeStep`: mails a code of six digits, which can be typed for ten minutes. The code before becomes invalid. At most four are sent in a sign-in. Only once per request.',
  })
  async sendEmailCode(
    @Arg('input', () => SendEmailCodeInput, { description: 'The sign-in.' }) { handle }: SendEmailCodeInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.sendEmailCode(...(await enterStep(context, info, handle)));
  }

  @Errors(...STEP_ERRORS, 'EMAIL_CODE_WRONG')
  @Mutation(() => SubmitEmailCodePayload, {
    description:
      'The step `EmailCodeStep`: verifies the e-mail address when the code is right. A code can be tried five times. Only once per request.',
  })
  async submitEmailCode(
    @Arg('input', () => SubmitEmailCodeInput, { description: 'The code.' }) { handle, code }: SubmitEmailCodeInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.submitEmailCode(...(await enterStep(context, info, handle)), code);
  }
}
