import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import {
  DecideAccountLinkingInput,
  DecideAccountLinkingPayload,
  OpenAccountLinkingInput,
  OpenAccountLinkingPayload,
} from './account-linking.type.ts';

/** The question before an external account is linked. Every caller may use it: handle and browser are the authority. */
@Resolver()
export class AccountLinkingQuestionResolver {
  @Errors('TENANT_REQUIRED', 'BROWSER_REQUIRED', 'ACCOUNT_LINK_STATE_INVALID')
  @Mutation(() => OpenAccountLinkingPayload, {
    description:
      'Opens the page that asks the user of the browser whether an external account is linked. Begins a sign-in when the right user is not signed in.',
  })
  async openAccountLinking(
    @Arg('input', () => OpenAccountLinkingInput, { description: 'The page.' })
    { handle, interactionHandle: signIn }: OpenAccountLinkingInput,
    @Ctx() context: GraphContext,
  ): Promise<OpenAccountLinkingPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    const answer = await services.linkQuestions.ask(authority, browser, { handle, signIn });
    return { answer: answer.kind === 'sign-in' ? { ...answer, pageUrl: answer.redirectTo } : answer };
  }

  @Errors('TENANT_REQUIRED', 'BROWSER_REQUIRED', 'ACCOUNT_LINK_STATE_INVALID', 'ACCOUNT_LINK_SESSION_REQUIRED')
  @Mutation(() => DecideAccountLinkingPayload, {
    description: 'Links the external account, or does not, as the user of the browser decided on the page.',
  })
  async decideAccountLinking(
    @Arg('input', () => DecideAccountLinkingInput, { description: 'The decision.' }) input: DecideAccountLinkingInput,
    @Ctx() context: GraphContext,
  ): Promise<DecideAccountLinkingPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    return services.linkQuestions.decide(authority, browser, input);
  }
}
