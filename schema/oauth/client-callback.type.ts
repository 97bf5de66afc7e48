import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';

@InputType({ description: 'Which applications are told before which moment tokens are refused.' })
export class PushNotBeforeInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'A client, by its global id or client_id. Default: all of the tenant that have an `adminUrl`, at most 50.',
  })
  clientId?: string | null;
}

@ObjectType({ description: 'Result of telling applications.' })
export class PushNotBeforePayload {
  @Field(() => Int, { description: 'How many applications are told. One that cannot be reached is an event.' })
  clients!: number;
}
