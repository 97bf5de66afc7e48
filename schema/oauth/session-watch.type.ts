import { Field, ObjectType } from 'type-graphql';

@ObjectType({
  description:
    'An application whose pages may watch whether their user is still signed in (OpenID Connect Session Management section 3.2).',
})
export class SessionWatcher {
  @Field(() => String, { description: 'Its client_id.' })
  clientId!: string;

  @Field(() => String, { description: 'Origin of its pages.' })
  origin!: string;
}
