import { Field, InputType } from 'type-graphql';

@InputType({ description: 'A ticket, and the sign-in for which it is.' })
export class RedeemSignInTicketInput {
  @Field(() => String, { description: 'Handle of the sign-in, in the browser in which it was begun.' })
  handle!: string;

  @Field(() => String, {
    description: 'What `signInWithImage` or `signInWithPasskey` gave, with this handle as `requestId`. It works once.',
  })
  ticket!: string;
}
