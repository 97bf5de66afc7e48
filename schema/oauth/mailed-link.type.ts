import { createUnionType, Field, ObjectType, registerEnumType } from 'type-graphql';
import type { MailedLinkAnswer } from '../../src/oauth/index.ts';
import { InteractionAccount, InteractionApplication } from '../sign-in/interaction.type.ts';
import { AuthorizationInteraction, AuthorizationPost, AuthorizationRedirect } from './authorization.type.ts';

export enum LinkPurposeName {
  SIGN_IN = 'sign-in',
  REQUIRED_ACTIONS = 'required-actions',
}
registerEnumType(LinkPurposeName, {
  name: 'MailedLinkPurpose',
  description: 'What a link in a mail is for.',
  valuesConfig: {
    SIGN_IN: { description: 'Its user signs in to an application.' },
    REQUIRED_ACTIONS: { description: 'Its user carries out actions.' },
  },
});

@ObjectType({ description: 'A link in a mail, as its user sees it. Reading it uses nothing up.' })
export class MailedLink {
  @Field(() => LinkPurposeName, { description: 'What it is for.' })
  purpose!: LinkPurposeName;
  @Field(() => InteractionAccount, { description: 'The account that it is for.' })
  account!: InteractionAccount;
  @Field(() => InteractionApplication, {
    nullable: true,
    description: 'The application to which it leads; null: none, or none any more.',
  })
  application!: InteractionApplication | null;
  @Field(() => [String], { description: 'What its user does: `UPDATE_PASSWORD`, `VERIFY_EMAIL`, `CONFIGURE_TOTP`.' })
  actions!: readonly string[];
  @Field(() => String, { nullable: true, description: 'Address to which the browser goes in the end; null: nowhere.' })
  returnsTo!: string | null;
}

@ObjectType({ description: 'Nothing is left to do in this browser, and there is no address to return to.' })
class MailedLinkEnd {
  @Field(() => Boolean, { description: 'Whether everything was done; false: the user gave up.' })
  isCompleted!: boolean;
}

const ANSWER_TYPES = {
  redirect: 'AuthorizationRedirect',
  post: 'AuthorizationPost',
  interaction: 'AuthorizationInteraction',
  end: 'MailedLinkEnd',
} as const satisfies Readonly<Record<MailedLinkAnswer['kind'], string>>;

const MailedLinkAnswerUnion = createUnionType({
  name: 'MailedLinkAnswer',
  description: 'What the browser does next.',
  types: () => [AuthorizationRedirect, AuthorizationPost, AuthorizationInteraction, MailedLinkEnd] as const,
  resolveType: (answer) => ANSWER_TYPES[(answer as unknown as MailedLinkAnswer).kind],
});

@ObjectType({ description: 'Result of mailing a link for a sign-in.' })
export class SendSignInLinkPayload {
  @Field(() => Date, { description: 'When the link expires.' })
  expiresAt!: Date;
}

@ObjectType({ description: 'Result of mailing a link for actions.' })
export class SendActionsLinkPayload {
  @Field(() => Date, { description: 'When the link expires.' })
  expiresAt!: Date;
}

@ObjectType({ description: 'What follows the use of a link.' })
export class UseMailedLinkPayload {
  @Field(() => MailedLinkAnswerUnion, { description: 'What the browser does next.' })
  answer!: object;
}

@ObjectType({ description: 'What follows the pages to which a link led.' })
export class ResumeMailedLinkPayload {
  @Field(() => MailedLinkAnswerUnion, { description: 'What the browser does next.' })
  answer!: object;
}
