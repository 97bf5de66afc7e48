import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';

@InputType({ description: 'Which applications get the moment before which tokens are refused.' })
export class PushNotBeforeInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'A client, by its global id or client_id. Default: all of the tenant that have an `adminUrl`, at most 1,000.',
  })
  clientId?: string | null;
}

@ObjectType({ description: 'Result of sending the moment.' })
export class PushNotBeforePayload {
  @Field(() => Int, { description: 'How many applications get the message. One that cannot be reached is an event.' })
  clients!: number;
}
