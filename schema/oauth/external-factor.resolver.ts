import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { toAnswer } from './authorization.type.ts';
import {
  AnswerExternalFactorInput,
  BeginExternalFactorInput,
  RequestExternalFactorInput,
  ResumeExternalFactorInput,
} from './external-factor.input.ts';
import {
  AnswerExternalFactorPayload,
  BeginExternalFactorPayload,
  RequestExternalFactorPayload,
  ResumeExternalFactorPayload,
} from './external-factor.type.ts';

@Resolver()
export class ExternalFactorResolver {
  @Errors(
    'TENANT_REQUIRED',
    'BROWSER_REQUIRED',
    'REQUEST_TOO_LARGE',
    'AUTHORIZATION_CLIENT_INVALID',
    'AUTHORIZATION_REDIRECT_INVALID',
    'AUTHORIZATION_PARAMETER_REPEATED',
  )
  @Mutation(() => RequestExternalFactorPayload, {
    description:
      'Takes the request of another service, which has signed a user in and asks for a second factor, as it was posted through the browser: the browser goes on by GET, or posts a refusal back.',
  })
  async requestExternalFactor(
    @Arg('input', () => RequestExternalFactorInput, { description: 'The request.' }) input: RequestExternalFactorInput,
    @Ctx() context: GraphContext,
  ): Promise<RequestExternalFactorPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    return { answer: toAnswer(await services.oauth.externalFactor.request(authority, browser, input.parameters)) };
  }

  @Errors(
    'TENANT_REQUIRED',
    'BROWSER_REQUIRED',
    'POSTED_REQUEST_NOT_FOUND',
    'AUTHORIZATION_CLIENT_INVALID',
    'AUTHORIZATION_REDIRECT_INVALID',
    'AUTHORIZATION_PARAMETER_REPEATED',
  )
  @Mutation(() => BeginExternalFactorPayload, {
    description:
      'Begins the sign-in of the user whom a request names: that very account has to be proved on the pages.',
  })
  async beginExternalFactor(
    @Arg('input', () => BeginExternalFactorInput, { description: 'The request.' }) input: BeginExternalFactorInput,
    @Ctx() context: GraphContext,
  ): Promise<BeginExternalFactorPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    return { answer: toAnswer(await services.oauth.externalFactor.begin(authority, browser, input.parameters)) };
  }

  @Errors(
    'TENANT_REQUIRED',
    'BROWSER_REQUIRED',
    'INTERACTION_NOT_FOUND',
    'AUTHORIZATION_CLIENT_INVALID',
    'AUTHORIZATION_REDIRECT_INVALID',
  )
  @Mutation(() => ResumeExternalFactorPayload, {
    description:
      'Goes on once the user is done with the pages: to the address that gives out the answer. Before that, it leads back to them. It works once.',
  })
  async resumeExternalFactor(
    @Arg('input', () => ResumeExternalFactorInput, { description: 'The sign-in.' }) input: ResumeExternalFactorInput,
    @Ctx() context: GraphContext,
  ): Promise<ResumeExternalFactorPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    return { answer: toAnswer(await services.oauth.externalFactor.resume(authority, browser, input.handle)) };
  }

  @Errors(
    'TENANT_REQUIRED',
    'BROWSER_REQUIRED',
    'INTERACTION_NOT_FOUND',
    'AUTHORIZATION_CLIENT_INVALID',
    'AUTHORIZATION_REDIRECT_INVALID',
  )
  @Mutation(() => AnswerExternalFactorPayload, {
    description: 'Gives out what the browser posts to the other service: an ID token about the user. It works once.',
  })
  async answerExternalFactor(
    @Arg('input', () => AnswerExternalFactorInput, { description: 'The answer.' }) input: AnswerExternalFactorInput,
    @Ctx() context: GraphContext,
  ): Promise<AnswerExternalFactorPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    return { answer: toAnswer(await services.oauth.externalFactor.answer(authority, browser, input.handle)) };
  }
}
