import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { enterStep, STEP_ERRORS } from '../sign-in/interaction.context.ts';
import { toAnswer } from './authorization.type.ts';
import { RedeemSignInTicketInput } from './ticket-sign-in.input.ts';
import { RedeemSignInTicketPayload } from './ticket-sign-in.type.ts';

@Resolver()
export class TicketSignInResolver {
  @Errors(
    ...STEP_ERRORS,
    'SIGN_IN_TICKET_INVALID',
    'SIGN_IN_REFUSED',
    'SIGN_IN_EMAIL_UNVERIFIED',
    'AUTHORIZATION_ENDED',
    'AUTHORIZATION_CLIENT_INVALID',
    'AUTHORIZATION_REDIRECT_INVALID',
  )
  @Mutation(() => RedeemSignInTicketPayload, {
    description:
      'As `submitSignInTicket`, for a browser that does not go back to the page: begins its session and answers the application. Where something else is left to do, the answer leads to the page of the sign-in. Once the sign-in is found at the step `PasswordStep` in this browser, the ticket is used up in any case. Only once per request.',
  })
  async redeemSignInTicket(
    @Arg('input', () => RedeemSignInTicketInput, { description: 'The ticket.' })
    { handle, ticket }: RedeemSignInTicketInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RedeemSignInTicketPayload> {
    const [authority, browser] = await enterStep(context, info, handle);
    const { ticketSignIn } = context.services.oauth;
    return { answer: toAnswer(await ticketSignIn.signIn(authority, browser, handle, ticket)) };
  }
}
