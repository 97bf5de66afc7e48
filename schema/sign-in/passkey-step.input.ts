import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType, ObjectType } from 'type-graphql';
import { PasskeyAssertionInput } from '../auth-modes/passkey.input.ts';
import { FactorMethodName, OfInteraction, StepPayload } from './interaction.type.ts';

const METHOD = 'What is shown: `PASSKEY` or `SECURITY_KEY`. Default: `PASSKEY`.';

@InputType({ description: 'A sign-in whose user shows a passkey or security key as the second factor.' })
export class RequestFactorPasskeyInput extends OfInteraction {
  @Field(() => FactorMethodName, { nullable: true, description: METHOD })
  method?: FactorMethodName | null;
}
@ObjectType({ description: 'What a browser shows a passkey or security key with.' })
export class RequestFactorPasskeyPayload {
  @Field(() => GraphQLJSONObject, {
    description:
      '`PublicKeyCredentialRequestOptionsJSON` (WebAuthn Level 3 section 5.1.9), for `PublicKeyCredential.parseRequestOptionsFromJSON`. The challenge works once, for five minutes, in this sign-in, with this method.',
  })
  options!: object;
}

@InputType({ description: 'A passkey or security key as the second factor.' })
export class SubmitFactorPasskeyInput extends OfInteraction {
  @Field(() => FactorMethodName, { nullable: true, description: METHOD })
  method?: FactorMethodName | null;
  @Field(() => PasskeyAssertionInput, { description: 'What the browser got from it.' })
  credential!: PasskeyAssertionInput;
}
@ObjectType({ description: 'What follows a right passkey or security key.' })
export class SubmitFactorPasskeyPayload extends StepPayload {}
