import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType, ObjectType } from 'type-graphql';
import { NewPasskeyInput } from '../auth-modes/passkey.input.ts';
import { OfInteraction, StepPayload } from './interaction.type.ts';

@InputType({ description: 'A sign-in whose user makes a passkey or security key that the account has to have.' })
export class RequestKeyEnrolmentInput extends OfInteraction {}
@ObjectType({ description: 'What a browser makes it from.' })
export class RequestKeyEnrolmentPayload extends StepPayload {
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      '`PublicKeyCredentialCreationOptionsJSON` (WebAuthn Level 3 section 5.1.8), for `PublicKeyCredential.parseCreationOptionsFromJSON`. The challenge works once, for five minutes, in this sign-in, for this kind. Null when the password has to be shown again.',
  })
  options!: object | null;
}

@InputType({ description: 'A passkey or security key that the account has to have.' })
export class SubmitKeyEnrolmentInput extends OfInteraction {
  @Field(() => NewPasskeyInput, { description: 'What the browser made.' })
  credential!: NewPasskeyInput;
  @Field(() => String, { nullable: true, description: 'Its name, for lists: at most 255 characters.' })
  name?: string | null;
}
@ObjectType({ description: 'What follows it.' })
export class SubmitKeyEnrolmentPayload extends StepPayload {}
