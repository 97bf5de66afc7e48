import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { enterStep, STEP_ERRORS } from './interaction.context.ts';
import {
  BeginRegistrationInput,
  BeginRegistrationPayload,
  LeaveRegistrationInput,
  LeaveRegistrationPayload,
  SubmitRegistrationInput,
  SubmitRegistrationPayload,
} from './registration-steps.input.ts';

/** The steps of somebody who makes an account. Every caller may use them: handle and browser are the authority. */
@Resolver()
export class RegistrationStepsResolver {
  @Errors(...STEP_ERRORS, 'REGISTRATION_CLOSED')
  @Mutation(() => BeginRegistrationPayload, {
    description: 'Leads from the step `PasswordStep` to `RegistrationStep`. Only once per request.',
  })
  async beginRegistration(
    @Arg('input', () => BeginRegistrationInput, { description: 'The sign-in.' }) { handle }: BeginRegistrationInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.beginRegistration(...(await enterStep(context, info, handle)));
  }

  @Errors(...STEP_ERRORS)
  @Mutation(() => LeaveRegistrationPayload, {
    description: 'Leads from the step `RegistrationStep` back to `PasswordStep`. Only once per request.',
  })
  async leaveRegistration(
    @Arg('input', () => LeaveRegistrationInput, { description: 'The sign-in.' }) { handle }: LeaveRegistrationInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.leaveRegistration(...(await enterStep(context, info, handle)));
  }

  @Errors(
    ...STEP_ERRORS,
    'USER_USERNAME_INVALID',
    'USER_USERNAME_TAKEN',
    'USER_EMAIL_INVALID',
    'USER_EMAIL_TAKEN',
    'USER_ATTRIBUTE_INVALID',
    'USER_ATTRIBUTE_REFUSED',
    'PASSWORD_POLICY',
    'PASSWORD_TOO_LONG',
  )
  @Mutation(() => SubmitRegistrationPayload, {
    description:
      'The step `RegistrationStep`: makes an account with its password, which the sign-in goes on with. An address of the network may try 100 times in an hour. Only once per request.',
  })
  async submitRegistration(
    @Arg('input', () => SubmitRegistrationInput, { description: 'The account.' })
    { handle, ...typed }: SubmitRegistrationInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.submitRegistration(...(await enterStep(context, info, handle)), typed);
  }
}
