import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import {
  IssueAccountTokenInput,
  IssueAccountTokenPayload,
  OpenAccountPageInput,
  OpenAccountPagePayload,
} from './account-page.type.ts';

/** The page on which users change their accounts. Every caller may use it: the session of the browser is the authority. */
@Resolver()
export class AccountPageResolver {
  @Errors('TENANT_REQUIRED', 'BROWSER_REQUIRED', 'INTERACTION_NOT_FOUND', 'ACCOUNT_PAGE_CLOSED')
  @Mutation(() => OpenAccountPagePayload, {
    description:
      'Opens the page on which users change their accounts, for the user who is signed in in the browser, or begins a sign-in that leads back.',
  })
  async openAccountPage(
    @Arg('input', () => OpenAccountPageInput, { description: 'The visit.' })
    { issuerKind, handle, isAgain, isPasswordForgotten }: OpenAccountPageInput,
    @Ctx() context: GraphContext,
  ): Promise<OpenAccountPagePayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    return services.oauth.accountPage.open(authority, browser, {
      issuerKind,
      handle: handle ?? null,
      isAgain: isAgain === true,
      isPasswordForgotten: isPasswordForgotten === true,
    });
  }

  @Errors('TENANT_REQUIRED', 'BROWSER_REQUIRED', 'ACCOUNT_PAGE_CLOSED', 'ACCOUNT_PAGE_SIGN_IN_REQUIRED')
  @Mutation(() => IssueAccountTokenPayload, {
    description:
      'Issues a token of the client `account-console` to the page on which the user of the browser changes the account. It ends with the session.',
  })
  async issueAccountToken(
    @Arg('input', () => IssueAccountTokenInput, { description: 'The browser.' }) _input: IssueAccountTokenInput,
    @Ctx() context: GraphContext,
  ): Promise<IssueAccountTokenPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    return services.oauth.accountPage.issueToken(authority, browser);
  }
}
