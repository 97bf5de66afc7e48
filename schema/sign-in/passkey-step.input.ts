import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType, ObjectType } from 'type-graphql';
import { PasskeyAssertionInput } from '../auth-modes/passkey.input.ts';
import { OfInteraction, StepPayload } from './interaction.type.ts';

@InputType({ description: 'A sign-in whose user shows a passkey as the second factor.' })
export class RequestFactorPasskeyInput extends OfInteraction {}
@ObjectType({ description: 'What a browser shows a passkey with.' })
export class RequestFactorPasskeyPayload {
  @Field(() => GraphQLJSONObject, {
    description:
      '`PublicKeyCredentialRequestOptionsJSON` (WebAuthn Level 3 section 5.1.9), for `PublicKeyCredential.parseRequestOptionsFromJSON`. The challenge works once, for five minutes, in this sign-in.',
  })
  options!: object;
}

@InputType({ description: 'A passkey as the second factor.' })
export class SubmitFactorPasskeyInput extends OfInteraction {
  @Field(() => PasskeyAssertionInput, { description: 'What the browser got from the passkey.' })
  credential!: PasskeyAssertionInput;
}
@ObjectType({ description: 'What follows a right passkey.' })
export class SubmitFactorPasskeyPayload extends StepPayload {}
