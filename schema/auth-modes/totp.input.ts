import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CredentialTypeObject } from './auth-modes.type.ts';

@InputType({ description: 'The user to whose account a code app will be attached.' })
export class BeginTotpEnrolmentInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}

@ObjectType({
  description: 'What a user enters into a code app. The service keeps nothing of it and shows it only this once.',
})
export class BeginTotpEnrolmentPayload {
  @Field(() => String, { description: 'The secret in base32, for users who type it.' })
  secret!: string;
  @Field(() => String, {
    description: 'The secret as an `otpauth://` address, for a link on the device that has the app.',
  })
  uri!: string;
  @Field(() => String, { description: '`uri` as a QR code: a PNG image in base64.' })
  qrCode!: string;
}

@InputType({ description: 'A code app and the code that it shows.' })
export class AttachTotpInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, {
    description: 'The secret in base32 (10 to 64 bytes): from `beginTotpEnrolment`, or the secret of a hardware token.',
  })
  secret!: string;
  @Field(() => String, { description: 'The six digits that the app shows now.' })
  code!: string;
  @Field(() => String, { nullable: true, description: 'Name of the app, for lists.' })
  name?: string | null;
}

@InputType({ description: 'The code app: give `credentialId`, or `userId` and `ordinal`.' })
export class DetachTotpInput {
  @Field(() => ID, { nullable: true, description: 'The credential.' })
  credentialId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The user; give `ordinal` as well.' })
  userId?: string | null;
  @Field(() => Int, { nullable: true, description: "`ordinal` of the credential among the user's." })
  ordinal?: number | null;
}

@ObjectType({ description: 'Result of a change to code apps.' })
export class TotpPayload {
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => CredentialTypeObject, {
    nullable: true,
    description: 'The app that was attached or detached; null when the caller may not read credentials.',
  })
  credential!: CredentialTypeObject | null;
}

@ObjectType({ description: 'Result of a change to code apps.' })
export class AttachTotpPayload extends TotpPayload {}

@ObjectType({ description: 'Result of a change to code apps.' })
export class DetachTotpPayload extends TotpPayload {}
