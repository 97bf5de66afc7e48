import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { NewPasskeyResponse } from '../../src/auth-modes/index.ts';

export enum PasskeyAttachmentName {
  PLATFORM = 'platform',
  CROSS_PLATFORM = 'cross-platform',
}
registerEnumType(PasskeyAttachmentName, {
  name: 'PasskeyAttachment',
  description: 'How an authenticator is connected (WebAuthn Level 3 section 5.4.5).',
  valuesConfig: {
    PLATFORM: { description: 'Part of the device, such as a fingerprint reader.' },
    CROSS_PLATFORM: { description: 'Another device, such as a security key or a phone.' },
  },
});

export enum WebauthnKindName {
  PASSKEY = 'passkey',
  SECURITY_KEY = 'security-key',
}
registerEnumType(WebauthnKindName, {
  name: 'WebauthnKind',
  description: 'Kind of a credential of WebAuthn. The policy of the tenant is `passkeys` or `securityKeys`.',
  valuesConfig: {
    PASSKEY: { description: 'A passkey: it verifies its user in every use; first and second factor.' },
    SECURITY_KEY: { description: 'A security key: a second factor alone.' },
  },
});

@ObjectType('Passkey', { description: "A passkey or security key of the caller's, without its key." })
export class PasskeyType {
  @Field(() => WebauthnKindName, { description: 'Which of the two.' })
  kind!: string;
  @Field(() => ID, { description: 'Id of its credential.' })
  credentialId!: string;
  @Field(() => String, { nullable: true, description: 'Name that the user gave it.' })
  label!: string | null;
  @Field(() => Date, { description: 'When it was added.' })
  createdAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When it was last used.' })
  lastUsedAt!: Date | null;
  @Field(() => [String], { description: 'Ways to reach the authenticator.' })
  transports!: readonly string[];
  @Field(() => PasskeyAttachmentName, {
    nullable: true,
    description: 'How the authenticator was connected when the passkey was made; null = the browser did not tell.',
  })
  attachment!: string | null;
  @Field(() => Boolean, { description: 'Whether its provider copies it to other devices.' })
  isBackedUp!: boolean;
}

const BASE64URL = 'as unpadded base64url';
const KIND = 'A passkey or a security key. Default: `PASSKEY`.';

@InputType({ description: 'What the caller wants to make.' })
export class BeginPasskeyRegistrationInput {
  @Field(() => WebauthnKindName, { nullable: true, description: KIND })
  kind?: WebauthnKindName | null;
  @Field(() => PasskeyAttachmentName, {
    nullable: true,
    description: 'Kind of authenticator, if the tenant leaves the choice. Default: any.',
  })
  attachment?: PasskeyAttachmentName | null;
}

@ObjectType({ description: 'What a browser makes a passkey or security key from.' })
export class BeginPasskeyRegistrationPayload {
  @Field(() => GraphQLJSONObject, {
    description:
      '`PublicKeyCredentialCreationOptionsJSON` (WebAuthn Level 3 section 5.1.8), for `PublicKeyCredential.parseCreationOptionsFromJSON`. Its challenge works once, for five minutes, in the session of the caller, for this kind.',
  })
  options!: object;
}

@InputType({
  description:
    'A passkey or security key that a browser made (`RegistrationResponseJSON`, WebAuthn Level 3 section 5.1).',
})
export class NewPasskeyInput {
  @Field(() => String, { description: `Id of the passkey, ${BASE64URL}.` })
  id!: string;
  @Field(() => String, { description: 'The same.' })
  rawId!: string;
  @Field(() => String, { description: `\`clientDataJSON\`, ${BASE64URL}.` })
  clientDataJson!: string;
  @Field(() => String, { description: `\`attestationObject\`, ${BASE64URL}.` })
  attestationObject!: string;
  @Field(() => [String], { nullable: true, description: 'Ways to reach the authenticator; unknown ones are ignored.' })
  transports?: string[] | null;
  @Field(() => PasskeyAttachmentName, { nullable: true, description: '`authenticatorAttachment`.' })
  attachment?: PasskeyAttachmentName | null;
}

/** What a browser sent, with its optional members in place. */
export const readNewPasskey = ({ transports, attachment, ...response }: NewPasskeyInput): NewPasskeyResponse => ({
  ...response,
  transports: transports ?? [],
  attachment: attachment ?? null,
});

@InputType({ description: 'A passkey or security key that a browser made, and its name.' })
export class AddPasskeyInput extends NewPasskeyInput {
  @Field(() => WebauthnKindName, { nullable: true, description: `That of the options. ${KIND}` })
  kind?: WebauthnKindName | null;
  @Field(() => String, { nullable: true, description: 'Name of the passkey, for lists: at most 255 characters.' })
  name?: string | null;
}

@ObjectType({ description: 'Result of adding a passkey or security key.' })
export class AddPasskeyPayload {
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => PasskeyType, { description: 'The passkey or security key.' })
  passkey!: PasskeyType;
}

@InputType({ description: 'Who wants to sign in by a passkey.' })
export class BeginPasskeySignInInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Username, or the e-mail address if the tenant lets it sign in. Default: none; the user is then found by the passkey, which has to be discoverable.',
  })
  identifier?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The request for a sign-in for which the ticket will be. It counts without a name alone. Default: none.',
  })
  requestId?: string | null;
}

@ObjectType({ description: 'What a browser signs in with.' })
export class BeginPasskeySignInPayload {
  @Field(() => GraphQLJSONObject, {
    description:
      '`PublicKeyCredentialRequestOptionsJSON` (WebAuthn Level 3 section 5.1.9), for `PublicKeyCredential.parseRequestOptionsFromJSON`. Names without passkeys get one that nobody has, always the same; without a name there is no list. The challenge works once and for five minutes.',
  })
  options!: object;
}

@InputType({
  description: 'What a browser got from a passkey (`AuthenticationResponseJSON`, WebAuthn Level 3 section 5.1).',
})
export class PasskeyAssertionInput {
  @Field(() => String, { description: `Id of the passkey, ${BASE64URL}.` })
  id!: string;
  @Field(() => String, { description: 'The same.' })
  rawId!: string;
  @Field(() => String, { description: `\`clientDataJSON\`, ${BASE64URL}.` })
  clientDataJson!: string;
  @Field(() => String, { description: `\`authenticatorData\`, ${BASE64URL}.` })
  authenticatorData!: string;
  @Field(() => String, { description: `\`signature\`, ${BASE64URL}.` })
  signature!: string;
  @Field(() => String, {
    nullable: true,
    description: `\`userHandle\`, ${BASE64URL}, if the authenticator told it. Needed without a name.`,
  })
  userHandle?: string | null;
}

@InputType({ description: 'What a browser got from a passkey, for a sign-in.' })
export class SignInWithPasskeyInput extends PasskeyAssertionInput {
  @Field(() => String, { nullable: true, description: 'The name that the options were made for. Default: none.' })
  identifier?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The request for a sign-in for which the ticket is; without a name, that for which the options were made. Default: none.',
  })
  requestId?: string | null;
}

@ObjectType({ description: 'A user who proved to have a passkey.' })
export class SignInWithPasskeyPayload {
  @Field(() => String, { description: 'Begins one session for the request within a minute.' })
  ticket!: string;
  @Field(() => Boolean, { description: 'Whether the user has to verify the e-mail address before the session begins.' })
  isEmailConfirmationNeeded!: boolean;
}
