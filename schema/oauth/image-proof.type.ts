import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'What belongs to an image proof of a tenant beside the image, and how pages ask for it.' })
export class ImageProofDemands {
  @Field(() => Boolean, { description: 'Whether the sign-in page offers it.' })
  isOffered!: boolean;
  @Field(() => Boolean, { description: 'Whether the e-mail address of a new account is its username.' })
  isEmailUsername!: boolean;
  @Field(() => Boolean, { description: 'Whether a PIN belongs to it. With a pattern too, users take one of them.' })
  isPinUsed!: boolean;
  @Field(() => Int, { description: 'Digits of a new PIN.' })
  pinSize!: number;
  @Field(() => Boolean, { description: 'Whether a pattern on a grid belongs to it.' })
  isPatternUsed!: boolean;
  @Field(() => Int, { description: 'Points on a side of the grid.' })
  gridSize!: number;
  @Field(() => [String], { description: 'Which of `pin` and `pattern` pages ask for first.' })
  order!: readonly string[];
  @Field(() => Boolean, { description: 'Whether the digits are visible while they are typed.' })
  isPinShown!: boolean;
}

@ObjectType({ description: 'A challenge to prove an image.' })
export class RequestImageChallengePayload {
  @Field(() => String, { description: 'Encrypted for the key of the client.' })
  challengeData!: string;
  @Field(() => String, { description: 'Version of the protocol.' })
  version!: string;
}

@ObjectType({ description: 'A challenge to the caller to prove the image.' })
export class RequestOwnImageChallengePayload extends RequestImageChallengePayload {}

@ObjectType({ description: 'A user who proved the image.' })
export class SignInWithImagePayload {
  @Field(() => String, { description: 'Begins a session in the sign-in that was named, once within a minute.' })
  ticket!: string;
  @Field(() => Boolean, {
    description: 'Whether the e-mail address has to be confirmed first: the tenant demands that, and it is not.',
  })
  isEmailConfirmationNeeded!: boolean;
}

@ObjectType({ description: 'An account with an image.' })
export class RegisterWithImagePayload {
  @Field(() => String, { description: 'Public id of the user.' })
  subject!: string;
}

@ObjectType({ description: 'A request that was taken.' })
export class RequestImageResetPayload {
  @Field(() => Boolean, { description: 'Always true, whether or not there is such an account.' })
  isAccepted!: boolean;
}

@ObjectType({ description: 'An account with another image.' })
export class ResetImagePayload {
  @Field(() => Boolean, { description: 'Always true.' })
  isChanged!: boolean;
}

@ObjectType({ description: 'The caller with another image.' })
export class ChangeOwnImagePayload extends ResetImagePayload {}

@ObjectType({ description: 'An address to which a code was mailed.' })
export class RequestEmailChangePayload {
  @Field(() => Boolean, { description: 'Always true. The account has the address once the code was used.' })
  isAccepted!: boolean;
}

@ObjectType({ description: 'A confirmed address.' })
export class ConfirmEmailPayload {
  @Field(() => Boolean, { description: 'Always true.' })
  isConfirmed!: boolean;
}
