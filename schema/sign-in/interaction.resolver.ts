import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { keyOf } from '../global-id.ts';
import { enterInteraction, enterStep, STEP_ERRORS } from './interaction.context.ts';
import {
  CancelInteractionInput,
  CancelInteractionPayload,
  ChooseAccountInput,
  ChooseAccountPayload,
  SubmitConsentInput,
  SubmitConsentPayload,
  SubmitFactorInput,
  SubmitFactorPayload,
  SubmitPasswordInput,
  SubmitPasswordPayload,
  SubmitSignInTicketInput,
  SubmitSignInTicketPayload,
  SubmitTermsInput,
  SubmitTermsPayload,
} from './interaction.input.ts';
import { Interaction } from './interaction.type.ts';

/** Steps of a sign-in in a browser. Every caller may use them: handle and browser are the authority. */
@Resolver()
export class InteractionResolver {
  @Errors('INTERACTION_NOT_FOUND', 'BROWSER_REQUIRED')
  @Query(() => Interaction, {
    description: 'A sign-in under way in the browser of the request. The handle names the tenant.',
  })
  async interaction(
    @Arg('handle', () => String, { description: 'Its handle.' }) handle: string,
    @Ctx() context: GraphContext,
  ): Promise<object> {
    return context.services.interactions.view(...(await enterInteraction(context, handle)));
  }

  @Errors(...STEP_ERRORS, 'SIGN_IN_REFUSED', 'SIGN_IN_METHOD_OTHER')
  @Mutation(() => SubmitPasswordPayload, {
    description:
      'The step `PasswordStep`: proves an account by its password. Where a second factor alone is asked for, an account with an image is proved by that. Only once per request.',
  })
  async submitPassword(
    @Arg('input', () => SubmitPasswordInput, { description: 'The password.' })
    { handle, ...typed }: SubmitPasswordInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.submitPassword(...(await enterStep(context, info, handle)), typed);
  }

  @Errors(...STEP_ERRORS, 'SIGN_IN_TICKET_INVALID', 'SIGN_IN_REFUSED')
  @Mutation(() => SubmitSignInTicketPayload, {
    description:
      'The step `PasswordStep`: proves an account by the ticket of a proof that was made for this sign-in. At this step a ticket is used up in any case. Only once per request.',
  })
  async submitSignInTicket(
    @Arg('input', () => SubmitSignInTicketInput, { description: 'The ticket.' })
    { handle, ...given }: SubmitSignInTicketInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.submitTicket(...(await enterStep(context, info, handle)), given);
  }

  @Errors(...STEP_ERRORS, 'FACTOR_CODE_WRONG')
  @Mutation(() => SubmitFactorPayload, {
    description: 'The step `FactorStep`: shows a second factor. Only once per request.',
  })
  async submitFactor(
    @Arg('input', () => SubmitFactorInput, { description: 'The code.' }) { handle, ...typed }: SubmitFactorInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.submitFactor(...(await enterStep(context, info, handle)), typed);
  }

  @Errors(...STEP_ERRORS)
  @Mutation(() => ChooseAccountPayload, {
    description: 'The step `AccountStep`: chooses an account. Only once per request.',
  })
  async chooseAccount(
    @Arg('input', () => ChooseAccountInput, { description: 'The account.' }) { handle, userId }: ChooseAccountInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    const entered = await enterStep(context, info, handle);
    const key = userId == null ? null : keyOf('User', userId, 'input.userId');
    return context.services.interactionSteps.chooseAccount(...entered, key);
  }

  @Errors(...STEP_ERRORS)
  @Mutation(() => SubmitConsentPayload, {
    description: 'The step `ConsentStep`: allows the application what it asks for, or does not. Only once per request.',
  })
  async submitConsent(
    @Arg('input', () => SubmitConsentInput, { description: 'The answer.' }) { handle, isGranted }: SubmitConsentInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.submitConsent(...(await enterStep(context, info, handle)), isGranted);
  }

  @Errors(...STEP_ERRORS)
  @Mutation(() => SubmitTermsPayload, {
    description: 'The step `TermsStep`: accepts the terms of the tenant, or does not. Only once per request.',
  })
  async submitTerms(
    @Arg('input', () => SubmitTermsInput, { description: 'The answer.' }) { handle, isAccepted }: SubmitTermsInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.submitTerms(...(await enterStep(context, info, handle)), isAccepted);
  }

  @Errors(...STEP_ERRORS)
  @Mutation(() => CancelInteractionPayload, {
    description: 'Gives a sign-in up, at any step but the last; the application learns that. Only once per request.',
  })
  async cancelInteraction(
    @Arg('input', () => CancelInteractionInput, { description: 'The sign-in.' }) { handle }: CancelInteractionInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.cancel(...(await enterStep(context, info, handle)));
  }
}
