import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { BrowserAuthorization } from '../../src/oauth/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { AuthorizeInput, AuthorizeRegistrationInput, ResumeAuthorizationInput } from './authorization.input.ts';
import {
  AuthorizePayload,
  AuthorizeRegistrationPayload,
  ResumeAuthorizationPayload,
  toAnswer,
} from './authorization.type.ts';
import { IssuerKindName } from './oauth.type.ts';

@Resolver()
export class AuthorizationResolver {
  @Errors(
    'TENANT_REQUIRED',
    'BROWSER_REQUIRED',
    'POSTED_REQUEST_NOT_FOUND',
    'AUTHORIZATION_CLIENT_INVALID',
    'AUTHORIZATION_REDIRECT_INVALID',
    'AUTHORIZATION_PARAMETER_REPEATED',
  )
  @Mutation(() => AuthorizePayload, {
    description:
      'Answers the request of an application for a sign-in in this browser: at once where the user is signed in and has nothing to decide, else after the pages of an interaction.',
  })
  async authorize(
    @Arg('input', () => AuthorizeInput, { description: 'The request.' }) input: AuthorizeInput,
    @Ctx() context: GraphContext,
  ): Promise<AuthorizePayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    return { answer: toAnswer(await services.oauth.authorization.begin(authority, browser, requestOf(input))) };
  }

  @Errors(
    'TENANT_REQUIRED',
    'BROWSER_REQUIRED',
    'REGISTRATION_CLOSED',
    'POSTED_REQUEST_NOT_FOUND',
    'AUTHORIZATION_CLIENT_INVALID',
    'AUTHORIZATION_REDIRECT_INVALID',
    'AUTHORIZATION_PARAMETER_REPEATED',
  )
  @Mutation(() => AuthorizeRegistrationPayload, {
    description:
      'As `authorize`, for a user who makes an account first, also where one is signed in: the answer leads to the pages, which begin with the registration.',
  })
  async authorizeRegistration(
    @Arg('input', () => AuthorizeRegistrationInput, { description: 'The request.' }) input: AuthorizeRegistrationInput,
    @Ctx() context: GraphContext,
  ): Promise<AuthorizeRegistrationPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    return { answer: toAnswer(await services.oauth.authorization.register(authority, browser, requestOf(input))) };
  }

  @Errors(
    'TENANT_REQUIRED',
    'BROWSER_REQUIRED',
    'INTERACTION_NOT_FOUND',
    'AUTHORIZATION_ENDED',
    'AUTHORIZATION_CLIENT_INVALID',
    'AUTHORIZATION_REDIRECT_INVALID',
  )
  @Mutation(() => ResumeAuthorizationPayload, {
    description:
      'Answers the application once the user is done with the pages; before that, the answer leads back to them. It works once.',
  })
  async resumeAuthorization(
    @Arg('input', () => ResumeAuthorizationInput, { description: 'The sign-in.' }) input: ResumeAuthorizationInput,
    @Ctx() context: GraphContext,
  ): Promise<ResumeAuthorizationPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    const resumed = { issuerKind: input.issuerKind ?? IssuerKindName.NATIVE, handle: input.handle };
    return { answer: toAnswer(await services.oauth.authorization.resume(authority, browser, resumed)) };
  }
}

const requestOf = ({ issuerKind, parameters }: AuthorizeInput): BrowserAuthorization => ({
  issuerKind: issuerKind ?? IssuerKindName.NATIVE,
  parameters,
});
