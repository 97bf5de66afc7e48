import { createUnionType, Field, ID, ObjectType } from 'type-graphql';
import type { SignOutAnswer } from '../../src/oauth/index.ts';

@ObjectType({ description: 'The application that asks to sign its user out.' })
export class SignOutApplication {
  @Field(() => String, { description: 'Name with which the client authenticates.' })
  clientId!: string;

  @Field(() => String, { description: 'Name to show; the `clientId` when the client has none.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Page about the application.' })
  clientUri!: string | null;
}

@ObjectType({ description: 'The account that is signed in in the browser.' })
export class SignOutAccount {
  @Field(() => ID, { description: 'Public id of the user.' })
  userId!: string;

  @Field(() => String, { description: 'Name to show.' })
  name!: string;

  @Field(() => String, { description: 'Username of the account.' })
  username!: string;
}

@ObjectType({ description: 'A sign-out that its user must confirm.' })
export class SignOut {
  @Field(() => String, { description: 'Names the sign-out, in the browser in which it was begun.' })
  handle!: string;

  @Field(() => SignOutAccount, { nullable: true, description: 'Who is signed in; null when nobody is any more.' })
  account!: SignOutAccount | null;

  @Field(() => SignOutApplication, {
    nullable: true,
    description: 'The application that asks for it; null when the request named none.',
  })
  application!: SignOutApplication | null;
}

@ObjectType({ description: 'The user is signed out and returns to the application.' })
class SignOutRedirect {
  @Field(() => String, { description: 'Address to send the browser to.' })
  redirectTo!: string;
}

@ObjectType({ description: 'The user must confirm the sign-out.' })
class SignOutConfirmation {
  @Field(() => String, { description: 'Handle for `signOut` and `confirmSignOut`; it works for 10 minutes.' })
  handle!: string;

  @Field(() => String, { description: 'Page to send the browser to, which asks the user.' })
  pageUrl!: string;
}

@ObjectType({ description: 'Nobody is signed in any more, and no address to return to is known.' })
class SignedOut {
  @Field(() => SignOutApplication, { nullable: true, description: 'The application that asked; null when unknown.' })
  application!: SignOutApplication | null;
}

@ObjectType({ description: 'The user chose to stay signed in.' })
class SignOutDeclined {
  @Field(() => SignOutApplication, { nullable: true, description: 'The application that asked; null when unknown.' })
  application!: SignOutApplication | null;
}

/** The types of the answers, by their kinds. */
const ANSWER_TYPES = {
  redirect: 'SignOutRedirect',
  confirmation: 'SignOutConfirmation',
  'signed-out': 'SignedOut',
  declined: 'SignOutDeclined',
} as const satisfies Readonly<Record<SignOutAnswer['kind'], string>>;

/** An answer with its kind, which tells its type. */
export interface ShownAnswer {
  readonly kind: SignOutAnswer['kind'];
  readonly application?: SignOutApplication | null;
}

const SignOutAnswerUnion = createUnionType({
  name: 'SignOutAnswer',
  description: 'What the browser does next.',
  types: () => [SignOutRedirect, SignOutConfirmation, SignedOut, SignOutDeclined] as const,
  resolveType: (answer) => ANSWER_TYPES[(answer as unknown as ShownAnswer).kind],
});

@ObjectType({ description: 'The answer to a request to sign a user out.' })
export class EndSessionPayload {
  @Field(() => SignOutAnswerUnion, { description: 'What the browser does next.' })
  answer!: ShownAnswer;
}

@ObjectType({ description: "The answer to a user's decision about a sign-out." })
export class ConfirmSignOutPayload {
  @Field(() => SignOutAnswerUnion, { description: 'What the browser does next.' })
  answer!: ShownAnswer;
}

@ObjectType({ description: 'What became of a posted request to sign a user out.' })
export class PostSignOutPayload {
  @Field(() => String, {
    nullable: true,
    description:
      'Address with which the browser goes on, by GET; it works for a minute. Null when the session of the refresh token has ended.',
  })
  redirectTo!: string | null;
}
