import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { showAccount, showApplication } from '../../src/flows/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import {
  MAILED_LINK_ARGUMENTS,
  ResumeMailedLinkInput,
  SendActionsLinkInput,
  SendSignInLinkInput,
  UseMailedLinkInput,
} from './mailed-link.input.ts';
import {
  type LinkPurposeName,
  MailedLink,
  ResumeMailedLinkPayload,
  SendActionsLinkPayload,
  SendSignInLinkPayload,
  UseMailedLinkPayload,
} from './mailed-link.type.ts';
import { IssuerKindName } from './oauth.type.ts';

/** Links in mails. The secret of a link is the authority to use it once. */
@Resolver()
export class MailedLinkResolver {
  @RequiresScopes(['sign-in-link:send', 'user:read'])
  @Errors(
    'MAILED_LINK_CLIENT_UNKNOWN',
    'MAILED_LINK_REDIRECT_INVALID',
    'MAILED_LINK_REQUEST_INVALID',
    'MAILED_LINK_ACCOUNT_REFUSED',
    'USER_NOT_FOUND',
    'ACCOUNT_GUARDED',
    'MAIL_SERVER_MISSING',
    'MAIL_NOT_SENT',
  )
  @Mutation(() => SendSignInLinkPayload, {
    description:
      'Mails a link to a user, by which the user signs in to an application. Goes by the mail server that the tenant has set, and waits for it, 10 s at most. The link works once, for `tokens.userLinkSeconds`.',
  })
  async sendSignInLink(
    @Arg('input', () => SendSignInLinkInput, { description: 'The user and the application.' })
    input: SendSignInLinkInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<SendSignInLinkPayload> {
    const issuerKind = input.issuerKind ?? IssuerKindName.NATIVE;
    return { expiresAt: await services.oauth.mailedLinks.sendSignIn(authority, { ...input, issuerKind }) };
  }

  @RequiresScopes(['mail:send', 'user:read'])
  @Errors(
    'MAILED_LINK_ACTION_UNKNOWN',
    'MAILED_LINK_USER_DISABLED',
    'MAILED_LINK_CLIENT_UNKNOWN',
    'MAILED_LINK_REDIRECT_INVALID',
    'USER_NOT_FOUND',
    'ACCOUNT_GUARDED',
    'MAIL_RECIPIENT_MISSING',
    'MAIL_SERVER_MISSING',
    'MAIL_NOT_SENT',
  )
  @Mutation(() => SendActionsLinkPayload, {
    description:
      'Mails a link to a user, by which the user carries out actions. Goes by the mail server that the tenant has set, and waits for it, 10 s at most. The link works once.',
  })
  async sendActionsLink(
    @Arg('input', () => SendActionsLinkInput, { description: 'The user and the actions.' })
    input: SendActionsLinkInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<SendActionsLinkPayload> {
    const issuerKind = input.issuerKind ?? IssuerKindName.NATIVE;
    const userId = keyOf('User', input.userId, 'input.userId');
    return { expiresAt: await services.oauth.mailedLinks.sendActions(authority, { ...input, issuerKind, userId }) };
  }

  @Errors('TENANT_REQUIRED', 'MAILED_LINK_UNUSABLE')
  @Query(() => MailedLink, { description: 'A link in a mail. Reading it uses nothing up.' })
  async mailedLink(
    @Arg('key', () => String, { description: MAILED_LINK_ARGUMENTS.key }) key: string,
    @Arg('issuerKind', () => IssuerKindName, { nullable: true, description: MAILED_LINK_ARGUMENTS.issuerKind })
    issuerKind: IssuerKindName | null | undefined,
    @Arg('clientId', () => String, { nullable: true, description: MAILED_LINK_ARGUMENTS.clientId })
    clientId: string | null | undefined,
    @Ctx() context: GraphContext,
  ): Promise<MailedLink> {
    requireTenant(context);
    const { services, authority } = context;
    const shown = { key, issuerKind: issuerKind ?? IssuerKindName.NATIVE, clientId: clientId ?? null };
    const { purpose, actions, redirectUri, user, client } = await services.oauth.mailedLinks.find(authority, shown);
    return {
      purpose: purpose as LinkPurposeName,
      actions,
      returnsTo: redirectUri,
      account: showAccount(user),
      application: client === null ? null : showApplication(client),
    };
  }

  @Errors(
    'TENANT_REQUIRED',
    'BROWSER_REQUIRED',
    'MAILED_LINK_UNUSABLE',
    'AUTHORIZATION_CLIENT_INVALID',
    'AUTHORIZATION_REDIRECT_INVALID',
  )
  @Mutation(() => UseMailedLinkPayload, {
    description:
      'Uses a link up in this browser: confirms the address to which it was mailed, and signs its user in or leads to what there is to do.',
  })
  async useMailedLink(
    @Arg('input', () => UseMailedLinkInput, { description: 'The link.' }) input: UseMailedLinkInput,
    @Ctx() context: GraphContext,
  ): Promise<UseMailedLinkPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    const { key, issuerKind, clientId } = input;
    const shown = { key, issuerKind: issuerKind ?? IssuerKindName.NATIVE, clientId: clientId ?? null };
    return { answer: await services.oauth.mailedLinks.use(authority, browser, shown) };
  }

  @Errors('TENANT_REQUIRED', 'BROWSER_REQUIRED', 'INTERACTION_NOT_FOUND')
  @Mutation(() => ResumeMailedLinkPayload, {
    description:
      'Answers once the user has done on the pages what a link was for; before that, the answer leads back to them. It works once.',
  })
  async resumeMailedLink(
    @Arg('input', () => ResumeMailedLinkInput, { description: 'The pages.' }) input: ResumeMailedLinkInput,
    @Ctx() context: GraphContext,
  ): Promise<ResumeMailedLinkPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    const resumed = { issuerKind: input.issuerKind ?? IssuerKindName.NATIVE, handle: input.handle };
    return { answer: await services.oauth.mailedLinks.resume(authority, browser, resumed) };
  }
}
