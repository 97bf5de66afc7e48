import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CredentialTypeObject } from './auth-modes.type.ts';

const TENANT = "Name of the tenant. Default: the caller's.";

@InputType({ description: 'Whom a code app is to be attached to.' })
export class BeginTotpEnrolmentInput {
  @Field(() => String, { nullable: true, description: TENANT })
  tenant?: string;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}

@ObjectType({ description: 'What a user puts into a code app. Nothing of it is kept; shown this once.' })
export class BeginTotpEnrolmentPayload {
  @Field(() => String, { description: 'The secret in base32, for typing.' })
  secret!: string;
  @Field(() => String, { description: 'The same as an `otpauth://` address, for a link on the device itself.' })
  uri!: string;
  @Field(() => String, { description: 'The address as a QR image: PNG in base64.' })
  qrCode!: string;
}

@InputType({ description: 'A code app and what it shows.' })
export class AttachTotpInput {
  @Field(() => String, { nullable: true, description: TENANT })
  tenant?: string;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, {
    description: 'The secret in base32 (10 to 64 bytes): of `beginTotpEnrolment`, or the own one of a hardware token.',
  })
  secret!: string;
  @Field(() => String, { description: 'The six digits that the app shows now.' })
  code!: string;
  @Field(() => String, { nullable: true, description: 'Name of the app, for lists.' })
  name?: string | null;
}

@InputType({ description: 'Which code app: by `credentialId`, or by `userId` and `ordinal`.' })
export class DetachTotpInput {
  @Field(() => String, { nullable: true, description: TENANT })
  tenant?: string;
  @Field(() => ID, { nullable: true, description: 'The credential.' })
  credentialId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The user; with `ordinal`.' })
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
