import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { MailServerInput } from '../tenants/policy.types.ts';

export enum AccountMailKindName {
  WELCOME = 'welcome',
  FORGOT_PASSWORD = 'forgot-password',
  VERIFY_EMAIL = 'verify-email',
  TEST = 'test',
}
registerEnumType(AccountMailKindName, {
  name: 'AccountMailKind',
  description: 'What a mail to a user is about.',
  valuesConfig: {
    WELCOME: { description: 'The account is ready.' },
    FORGOT_PASSWORD: { description: 'Where the user can choose a new password.' },
    VERIFY_EMAIL: { description: 'Asks the user to sign in and confirm the address.' },
    TEST: { description: 'Shows that mails arrive.' },
  },
});

const LINK = '`https` address, or `http` of a loopback address, of at most 2,000 characters. A welcome needs it.';

@InputType({ description: 'A mail to a user, in the language of the user, else of the tenant.' })
export class SendAccountMailInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => AccountMailKindName, { description: 'What the mail is about.' })
  kind!: AccountMailKindName;
  @Field(() => String, { nullable: true, description: `Page to which the mail leads. ${LINK}` })
  portalUrl?: string | null;
  @Field(() => String, { nullable: true, description: `The app for Android. ${LINK}` })
  androidLink?: string | null;
  @Field(() => String, { nullable: true, description: `The app for iOS. ${LINK}` })
  iosLink?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Name of the application, at most 255 characters. Default: the name of the tenant.',
  })
  appName?: string | null;
  @Field(() => String, { nullable: true, description: 'E-mail address for questions.' })
  supportEmail?: string | null;
}

@ObjectType({ description: 'Result of sending a mail.' })
export class SendAccountMailPayload {
  @Field(() => Boolean, {
    description: 'Whether the mail server took it. False: VERIFY_EMAIL for an address that is verified already.',
  })
  isSent!: boolean;
}

@InputType({ description: 'A mail that tests the mail server of a tenant.' })
export class SendTestMailInput {
  @Field(() => MailServerInput, {
    nullable: true,
    description:
      'Server to try in place of the one that is set. It is not stored, and takes `setting:write`. A password that is not named is the stored one, if that belongs to this server.',
  })
  server?: MailServerInput | null;
}

@ObjectType({ description: 'Result of a test of the mail server.' })
export class SendTestMailPayload {
  @Field(() => String, { description: 'The address of the caller, to which the mail was sent.' })
  to!: string;
}
