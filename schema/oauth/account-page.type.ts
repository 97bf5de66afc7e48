import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { IssuerKindName } from './oauth.type.ts';

@InputType({ description: 'A visit to the page on which users change their accounts.' })
export class OpenAccountPageInput {
  @Field(() => IssuerKindName, { description: 'Kind of the issuer that serves the page.' })
  issuerKind!: IssuerKindName;
  @Field(() => String, { nullable: true, description: 'Handle of the sign-in from which the browser comes back.' })
  handle?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the user signs in again, because the sign-in is too old for a change. Default false.',
  })
  isAgain?: boolean | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the sign-in begins with a forgotten password, where the tenant allows that. Default false.',
  })
  isPasswordForgotten?: boolean | null;
}

@ObjectType({ description: 'What the browser does next.' })
export class OpenAccountPagePayload {
  @Field(() => String, { nullable: true, description: 'Where it goes; null: it stays.' })
  redirectTo!: string | null;
  @Field(() => Boolean, { description: 'Whether a user is signed in, to whom the page is shown.' })
  isSignedIn!: boolean;
  @Field(() => String, { description: 'Address of the page.' })
  pageUrl!: string;
  @Field(() => String, { description: 'Address at which the user signs out.' })
  signOutUrl!: string;
  @Field(() => Boolean, { description: 'Whether users of the tenant may add passkeys.' })
  isPasskeyEnabled!: boolean;
}

@InputType({ description: 'The browser of a user who is signed in.' })
export class IssueAccountTokenInput {}

@ObjectType({ description: 'A token for the account of the user who is signed in in the browser.' })
export class IssueAccountTokenPayload {
  @Field(() => String, { description: 'The access token. It reaches the account alone, whatever roles the user has.' })
  accessToken!: string;
  @Field(() => Int, { description: 'Seconds until it expires, at most 300.' })
  expiresInSeconds!: number;
  @Field(() => ID, { description: 'Public id of the user.' })
  userId!: string;
}
