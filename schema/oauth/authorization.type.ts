import { createUnionType, Field, ObjectType } from 'type-graphql';
import type { AuthorizationAnswer } from '../../src/oauth/index.ts';

@ObjectType({ description: 'The answer goes to the application in the address.' })
export class AuthorizationRedirect {
  @Field(() => String, { description: 'Address to send the browser to.' })
  redirectTo!: string;
}

@ObjectType({ description: 'A field of a form.' })
export class AuthorizationField {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => String, { description: 'Its value.' })
  value!: string;
}

@ObjectType({ description: 'The answer is posted to the application (OAuth 2.0 Form Post Response Mode).' })
export class AuthorizationPost {
  @Field(() => String, { description: 'Address to which the browser posts the form.' })
  action!: string;

  @Field(() => [AuthorizationField], { description: 'Fields of the form.' })
  fields!: readonly AuthorizationField[];
}

@ObjectType({ description: 'The user has to sign in, or to answer a question, before the application gets an answer.' })
export class AuthorizationInteraction {
  @Field(() => String, { description: 'Handle of the interaction, in this browser.' })
  handle!: string;

  @Field(() => String, { description: 'Page to send the browser to.' })
  pageUrl!: string;
}

const AuthorizationAnswerType = createUnionType({
  name: 'AuthorizationAnswer',
  description:
    'What the browser does next. The application gets `code`, or `error` and `error_description`, with `state` and `iss`.',
  types: () => [AuthorizationRedirect, AuthorizationPost, AuthorizationInteraction] as const,
});

@ObjectType({ description: 'The answer to a request for a sign-in.' })
export class AuthorizePayload {
  @Field(() => AuthorizationAnswerType, { description: 'What the browser does next.' })
  answer!: typeof AuthorizationAnswerType;
}

@ObjectType({ description: 'The answer to a request for a registration.' })
export class AuthorizeRegistrationPayload extends AuthorizePayload {}

@ObjectType({ description: 'The answer after the pages of a sign-in.' })
export class ResumeAuthorizationPayload {
  @Field(() => AuthorizationAnswerType, { description: 'What the browser does next.' })
  answer!: typeof AuthorizationAnswerType;
}

/** The types of the answers, by their kinds. */
const ANSWERS = {
  redirect: AuthorizationRedirect,
  post: AuthorizationPost,
  interaction: AuthorizationInteraction,
} as const satisfies Readonly<Record<AuthorizationAnswer['kind'], unknown>>;

/** An answer as the graph shows it. */
export function toAnswer({ kind, ...answer }: AuthorizationAnswer): AuthorizePayload['answer'] {
  return Object.assign(new ANSWERS[kind](), answer);
}
