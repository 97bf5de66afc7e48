import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { MailServerChange } from '../../src/tenants/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { SendAccountMailInput, SendAccountMailPayload, SendTestMailInput, SendTestMailPayload } from './mail.input.ts';

@Resolver()
export class MailResolver {
  @RequiresScopes(['mail:send'])
  @Errors('MAIL_LINK_INVALID', 'MAIL_RECIPIENT_MISSING', 'MAIL_SERVER_MISSING', 'MAIL_NOT_SENT', 'USER_NOT_FOUND')
  @Mutation(() => SendAccountMailPayload, {
    description: 'Sends a mail to a user by the mail server that the tenant has set, and waits for it, 10 s at most.',
  })
  async sendAccountMail(
    @Arg('input', () => SendAccountMailInput, { description: 'The user and the mail.' }) input: SendAccountMailInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<SendAccountMailPayload> {
    const userId = keyOf('User', input.userId, 'input.userId');
    return { isSent: await services.accountMails.send(authority, { ...input, userId }) };
  }

  @RequiresScopes(['mail:send'])
  @Errors('MAIL_RECIPIENT_MISSING', 'MAIL_SERVER_MISSING', 'MAIL_NOT_SENT', 'TENANT_SETTING_INVALID')
  @Mutation(() => SendTestMailPayload, {
    description:
      'Sends a mail to the calling user by the mail server that the tenant has set, or by another one, and waits for it, 10 s at most.',
  })
  async sendTestMail(
    @Arg('input', () => SendTestMailInput, { description: 'The tenant.' }) { server }: SendTestMailInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<SendTestMailPayload> {
    return { to: await services.accountMails.sendTest(authority, (server as MailServerChange | undefined) ?? null) };
  }
}
