import { Field, ID, InputType, ObjectType } from 'type-graphql';

@InputType({ description: 'A user as whom the caller acts.' })
export class ImpersonateUserInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}

@ObjectType({ description: 'Result of signing a browser in as a user.' })
export class ImpersonateUserPayload {
  @Field(() => Boolean, { description: 'Whether the caller belongs to the tenant of the user.' })
  isSameTenant!: boolean;
}
