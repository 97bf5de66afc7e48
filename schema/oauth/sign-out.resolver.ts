import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { showAccount, showApplication } from '../../src/flows/index.ts';
import type { PendingSignOut, SignOutAnswer } from '../../src/oauth/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { IssuerKindName } from './oauth.type.ts';
import { ConfirmSignOutInput, EndSessionInput, PostSignOutInput } from './sign-out.input.ts';
import {
  ConfirmSignOutPayload,
  EndSessionPayload,
  PostSignOutPayload,
  type ShownAnswer,
  SignOut,
  type SignOutAccount,
  type SignOutApplication,
} from './sign-out.type.ts';

@Resolver()
export class SignOutResolver {
  @Errors(
    'TENANT_REQUIRED',
    'BROWSER_REQUIRED',
    'POSTED_REQUEST_NOT_FOUND',
    'SIGN_OUT_PARAMETER_INVALID',
    'SIGN_OUT_HINT_INVALID',
    'SIGN_OUT_CLIENT_UNKNOWN',
    'SIGN_OUT_CLIENT_CONFLICT',
    'SIGN_OUT_REDIRECT_UNREGISTERED',
  )
  @Mutation(() => EndSessionPayload, {
    description:
      'Signs out the user of the browser, with every token of the session. Without an ID token of this very session the user is asked first.',
  })
  async endSession(
    @Arg('input', () => EndSessionInput, { description: 'The request.' }) input: EndSessionInput,
    @Ctx() context: GraphContext,
  ): Promise<EndSessionPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    const answer = await services.oauth.signOut.begin(authority, browser, {
      issuerKind: input.issuerKind ?? IssuerKindName.NATIVE,
      parameters: input.parameters,
    });
    return { answer: toAnswer(answer) };
  }

  @Errors(
    'TENANT_REQUIRED',
    'BROWSER_REQUIRED',
    'REQUEST_TOO_LARGE',
    'TOKEN_PARAMETER_INVALID',
    'CLIENT_UNAUTHENTICATED',
    'GRANT_INVALID',
    'REFRESH_TOKEN_REUSED',
  )
  @Mutation(() => PostSignOutPayload, {
    description:
      'Takes a request to sign a user out that an application posted. With a `refresh_token` and the credentials of the client its session ends at once; else the browser goes on by GET.',
  })
  async postSignOut(
    @Arg('input', () => PostSignOutInput, { description: 'The request.' }) input: PostSignOutInput,
    @Ctx() context: GraphContext,
  ): Promise<PostSignOutPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    const issuerKind = input.issuerKind ?? IssuerKindName.NATIVE;
    const request = { issuerKind, parameters: input.parameters };
    return { redirectTo: await services.oauth.tokenSignOut.post(authority, browser, request) };
  }

  @Errors('TENANT_REQUIRED', 'BROWSER_REQUIRED', 'SIGN_OUT_NOT_FOUND')
  @Query(() => SignOut, { description: 'A sign-out that waits for the decision of its user.' })
  async signOut(
    @Arg('handle', () => String, { description: 'Its handle, in the browser in which it was begun.' }) handle: string,
    @Ctx() context: GraphContext,
  ): Promise<SignOut> {
    requireTenant(context);
    const { services, authority, browser } = context;
    const found = await services.oauth.signOut.find(authority, browser, handle);
    return { handle, account: toAccount(found), application: toApplication(found) };
  }

  @Errors('TENANT_REQUIRED', 'BROWSER_REQUIRED', 'SIGN_OUT_NOT_FOUND')
  @Mutation(() => ConfirmSignOutPayload, {
    description: 'Signs the user out, or keeps the user signed in, as the user decided on the page.',
  })
  async confirmSignOut(
    @Arg('input', () => ConfirmSignOutInput, { description: 'The decision.' }) input: ConfirmSignOutInput,
    @Ctx() context: GraphContext,
  ): Promise<ConfirmSignOutPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    return { answer: toAnswer(await services.oauth.signOut.confirm(authority, browser, input)) };
  }
}

const toAnswer = (answer: SignOutAnswer): ShownAnswer =>
  'client' in answer ? { ...answer, application: toApplication(answer) } : answer;

const toApplication = ({ client }: Pick<PendingSignOut, 'client'>): SignOutApplication | null =>
  client === null ? null : showApplication(client);

const toAccount = ({ user }: Pick<PendingSignOut, 'user'>): SignOutAccount | null =>
  user === null ? null : showAccount(user);
