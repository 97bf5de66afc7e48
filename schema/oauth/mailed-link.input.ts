import { Field, ID, InputType, Int } from 'type-graphql';
import { IssuerKindName } from './oauth.type.ts';

const ISSUER_KIND = 'Kind of the issuer at whose address the link is opened. Default NATIVE; SUITE has no links.';
const KEY = 'The secret in the address of the link.';
const CLIENT = 'The `client_id` in the address of the link. It must be the one that the link was made with.';

@InputType({ description: 'A link by which a user signs in to an application.' })
export class SendSignInLinkInput {
  @Field(() => IssuerKindName, { nullable: true, description: ISSUER_KIND })
  issuerKind?: IssuerKindName;
  @Field(() => String, { description: 'E-mail address of the account, ignoring case.' })
  email!: string;
  @Field(() => String, { description: '`client_id` of the application.' })
  clientId!: string;
  @Field(() => String, { description: 'Registered address of the application, to which the answer goes.' })
  redirectUri!: string;
  @Field(() => String, { description: 'Scope names separated by spaces.' })
  scope!: string;
  @Field(() => String, { description: 'How the answer gets there: `query`, `fragment` or `form_post`.' })
  responseMode!: string;
  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Whether to create an account where none has the address, which becomes its username. This takes `user:create` as well.',
  })
  isUserCreated!: boolean;
  @Field(() => Boolean, { defaultValue: false, description: 'Whether the user chooses a new password first.' })
  needPasswordChange!: boolean;
}

@InputType({ description: 'A link by which a user carries out actions.' })
export class SendActionsLinkInput {
  @Field(() => IssuerKindName, { nullable: true, description: ISSUER_KIND })
  issuerKind?: IssuerKindName;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => [String], {
    description:
      '`UPDATE_PASSWORD`: a new password. `VERIFY_EMAIL`: the address is confirmed, as by every use of a link. `CONFIGURE_TOTP`: an authenticator app, unless the account has a second factor.',
  })
  actions!: string[];
  @Field(() => String, { nullable: true, description: '`client_id` of the application to which the user returns.' })
  clientId?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Registered address of the application to which the browser goes in the end. Default: nowhere.',
  })
  redirectUri?: string | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Lifetime of the link in seconds, at most a year. Default: `tokens.administratorLinkSeconds`.',
  })
  lifeSeconds?: number | null;
}

@InputType({ description: 'A link that the user of a browser wants to use.' })
export class UseMailedLinkInput {
  @Field(() => IssuerKindName, { nullable: true, description: ISSUER_KIND })
  issuerKind?: IssuerKindName;
  @Field(() => String, { description: KEY })
  key!: string;
  @Field(() => String, { nullable: true, description: CLIENT })
  clientId?: string | null;
}

@InputType({ description: 'A browser that comes back from the pages to which a link led.' })
export class ResumeMailedLinkInput {
  @Field(() => IssuerKindName, { nullable: true, description: ISSUER_KIND })
  issuerKind?: IssuerKindName;
  @Field(() => String, { description: 'Handle of the interaction, in the browser in which it was begun.' })
  handle!: string;
}

export const MAILED_LINK_ARGUMENTS = { issuerKind: ISSUER_KIND, key: KEY, clientId: CLIENT } as const;
