import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { IssuerKindName } from './oauth.type.ts';

const ISSUER_KIND = 'Kind of the issuer whose URL at the host of the request the proof contains. Default NATIVE.';
const REQUEST = 'Handle of the sign-in under way to which this belongs. Default: none.';
const CIPHER_KEY =
  'Public key of the client for this challenge: base64url of its JWK in the form of RFC 7638, of P-256 or X25519.';
const CHALLENGE = 'Id of the challenge.';
const PROOF = 'The proof, encrypted for the key in the challenge.';
const COMMITMENT = 'The new commitment with its proof, encrypted for the key in the challenge.';
const VERSION = 'Version of the protocol that the client follows.';
const LIVENESS = 'A check whether a person stood before the camera. It decides nothing.';

export enum LivenessResultName {
  PASSED = 'passed',
  FAILED = 'failed',
  SKIPPED = 'skipped',
}
registerEnumType(LivenessResultName, {
  name: 'LivenessResult',
  description: 'How a check went whether a person stood before the camera.',
  valuesConfig: {
    PASSED: { description: 'It found a person.' },
    FAILED: { description: 'It found none.' },
    SKIPPED: { description: 'It was not made.' },
  },
});

@InputType({ description: 'A check whether a person stood before the camera, as a page tells it.' })
export class LivenessCheckInput {
  @Field(() => LivenessResultName, { description: 'How it went.' })
  result!: LivenessResultName;
  @Field(() => Int, { nullable: true, description: 'How long it took, in milliseconds. Default: unknown.' })
  durationMs?: number | null;
}

@InputType({ description: 'Who wants to prove an image, and a key for the challenge.' })
export class RequestImageChallengeInput {
  @Field(() => String, {
    nullable: true,
    description: 'Handle of the sign-in under way, or of the reset, to which this belongs. Default: none.',
  })
  requestId?: string | null;
  @Field(() => String, { description: 'The username. Names that nobody has get challenges too.' })
  username!: string;
  @Field(() => String, { description: CIPHER_KEY })
  cipherKey!: string;
}

@InputType({ description: 'A proof of an image, for a sign-in.' })
export class SignInWithImageInput {
  @Field(() => IssuerKindName, { nullable: true, description: ISSUER_KIND })
  issuerKind?: IssuerKindName;
  @Field(() => String, { nullable: true, description: REQUEST })
  requestId?: string | null;
  @Field(() => String, { description: 'The username.' })
  username!: string;
  @Field(() => String, { description: 'The key that the challenge was encrypted for.' })
  cipherKey!: string;
  @Field(() => String, { description: CHALLENGE })
  challengeId!: string;
  @Field(() => String, { description: PROOF })
  challengeData!: string;
  @Field(() => LivenessCheckInput, { nullable: true, description: LIVENESS })
  liveness?: LivenessCheckInput | null;
}

@InputType({ description: 'A new account with an image.' })
export class RegisterWithImageInput {
  @Field(() => IssuerKindName, { nullable: true, description: ISSUER_KIND })
  issuerKind?: IssuerKindName;
  @Field(() => String, { nullable: true, description: REQUEST })
  requestId?: string | null;
  @Field(() => String, { description: 'The username, which is a part of the secret.' })
  username!: string;
  @Field(() => String, { description: 'E-mail address, as the proof has it. A code is mailed there.' })
  email!: string;
  @Field(() => String, { description: COMMITMENT })
  encryptedCommitment!: string;
  @Field(() => String, { description: VERSION })
  version!: string;
  @Field(() => LivenessCheckInput, { nullable: true, description: LIVENESS })
  liveness?: LivenessCheckInput | null;
}

@InputType({ description: 'Who has lost the image.' })
export class RequestImageResetInput {
  @Field(() => String, { description: '`client_id` of the application.' })
  clientId!: string;
  @Field(() => String, { description: 'The username.' })
  username!: string;
  @Field(() => String, { description: 'The e-mail address of the account.' })
  email!: string;
}

@InputType({ description: 'Another image, with a code from a mail.' })
export class ResetImageInput {
  @Field(() => IssuerKindName, { nullable: true, description: ISSUER_KIND })
  issuerKind?: IssuerKindName;
  @Field(() => String, { description: 'The code.' })
  code!: string;
  @Field(() => String, { description: 'The username.' })
  username!: string;
  @Field(() => String, { description: COMMITMENT })
  encryptedCommitment!: string;
  @Field(() => String, { description: VERSION })
  version!: string;
  @Field(() => LivenessCheckInput, { nullable: true, description: LIVENESS })
  liveness?: LivenessCheckInput | null;
}

@InputType({ description: 'A key for a challenge to the caller.' })
export class RequestOwnImageChallengeInput {
  @Field(() => String, { description: CIPHER_KEY })
  cipherKey!: string;
}

@InputType({ description: 'Another image of the caller, with a proof of the present one.' })
export class ChangeOwnImageInput {
  @Field(() => IssuerKindName, { nullable: true, description: ISSUER_KIND })
  issuerKind?: IssuerKindName;
  @Field(() => String, { description: COMMITMENT })
  encryptedCommitment!: string;
  @Field(() => String, { description: VERSION })
  version!: string;
  @Field(() => LivenessCheckInput, { nullable: true, description: LIVENESS })
  liveness?: LivenessCheckInput | null;
}

@InputType({ description: 'Another e-mail address of a user, with a proof of the image.' })
export class RequestEmailChangeInput {
  @Field(() => ID, { description: 'The user, who is the caller.' })
  userId!: string;
  @Field(() => IssuerKindName, { nullable: true, description: ISSUER_KIND })
  issuerKind?: IssuerKindName;
  @Field(() => String, { description: 'The address, as the proof has it.' })
  email!: string;
  @Field(() => String, { description: CHALLENGE })
  challengeId!: string;
  @Field(() => String, { description: PROOF })
  challengeData!: string;
}

@InputType({ description: 'A code from a mail.' })
export class ConfirmEmailInput {
  @Field(() => String, { description: 'The code.' })
  code!: string;
}
