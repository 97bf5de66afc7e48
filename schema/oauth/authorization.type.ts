import { createUnionType, Field, ObjectType } from 'type-graphql';

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

const AuthorizationAnswer = createUnionType({
  name: 'AuthorizationAnswer',
  description:
    'What the browser does next. The application gets `code`, or `error` and `error_description`, with `state` and `iss`.',
  types: () => [AuthorizationRedirect, AuthorizationPost, AuthorizationInteraction] as const,
});

@ObjectType({ description: 'The answer to a request for a sign-in.' })
export class AuthorizePayload {
  @Field(() => AuthorizationAnswer, { description: 'What the browser does next.' })
  answer!: typeof AuthorizationAnswer;
}

@ObjectType({ description: 'The answer to a request for a registration.' })
export class AuthorizeRegistrationPayload extends AuthorizePayload {}

@ObjectType({ description: 'The answer after the pages of a sign-in.' })
export class ResumeAuthorizationPayload {
  @Field(() => AuthorizationAnswer, { description: 'What the browser does next.' })
  answer!: typeof AuthorizationAnswer;
}
