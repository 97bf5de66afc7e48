import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { LinkingResult } from '../../src/flows/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import {
  BeginAccountLinkingInput,
  BeginAccountLinkingPayload,
  CompleteAccountLinkingInput,
  CompleteAccountLinkingPayload,
} from './linking.input.ts';

@Resolver()
export class AccountLinkingResolver {
  @RequiresScopes(['federation-link:bind'], ['federation-link:bind:self'])
  @Errors(
    'BIND_PROVIDER_UNKNOWN',
    'BIND_CALLBACK_NOT_REGISTERED',
    'BIND_REDIRECT_INVALID',
    'USER_NOT_FOUND',
    'ACCOUNT_GUARDED',
    'REAUTHENTICATION_REQUIRED',
    'FEDERATION_PROVIDER_UNREACHABLE',
  )
  @Mutation(() => BeginAccountLinkingPayload, {
    description: 'Begins to link an external account. The user visits the provider, which proves whose account it is.',
  })
  beginAccountLinking(
    @Arg('input', () => BeginAccountLinkingInput, { description: 'The visit.' })
    { userId, provider, callback, isPopup, redirectUri }: BeginAccountLinkingInput,
    @Ctx() { services, authority, browser }: GraphContext,
  ): Promise<BeginAccountLinkingPayload> {
    const account = userId == null ? null : keyOf('User', userId, 'input.userId');
    const input = { userId: account, provider, callback, isPopup, redirectUri };
    return services.accountLinking.begin(authority, input, browser);
  }

  @Errors('TENANT_REQUIRED', 'ACCOUNT_LINK_STATE_INVALID', 'BROWSER_REQUIRED')
  @Mutation(() => CompleteAccountLinkingPayload, {
    description:
      'Takes what the browser brought back from a federation provider, and then from the page that asks the user. Every caller may use it: the state, which works once, identifies the visit and who began it. A visit that a page of this service began ends only in the same browser.',
  })
  async completeAccountLinking(
    @Arg('input', () => CompleteAccountLinkingInput, { description: 'What the browser brought back.' })
    input: CompleteAccountLinkingInput,
    @Ctx() context: GraphContext,
  ): Promise<LinkingResult> {
    requireTenant(context);
    return context.services.accountLinking.complete(context.authority, input, context.browser);
  }
}
