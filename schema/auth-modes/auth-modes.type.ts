import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { Node } from '../kit/node.ts';

export enum AccountStateName {
  INITIAL = 'initial',
  ACTIVE = 'active',
  INACTIVITY_LOCK = 'inactivityLock',
  UNTOUCHABLE = 'untouchable',
}
registerEnumType(AccountStateName, {
  name: 'AccountStateName',
  description: 'Whether an account was checked for inactivity, blocked for it or exempted from it.',
  valuesConfig: {
    INITIAL: { description: 'Never checked.' },
    ACTIVE: { description: 'Checked and found active.' },
    INACTIVITY_LOCK: { description: 'Blocked because it was not used.' },
    UNTOUCHABLE: { description: 'Exempt from the block for inactivity.' },
  },
});

export enum CredentialTypeName {
  PASSWORD = 'password',
  IMAGE_PROOF = 'image-proof',
  TOTP = 'totp',
  PASSKEY = 'passkey',
  SECURITY_KEY = 'security-key',
  RECOVERY_CODE = 'recovery-code',
}
registerEnumType(CredentialTypeName, {
  name: 'CredentialType',
  description: 'Type of a credential.',
  valuesConfig: {
    PASSWORD: { description: 'A password.' },
    IMAGE_PROOF: { description: 'A secret of images and a PIN; the user proves it without revealing it.' },
    TOTP: { description: 'An app that shows time-based codes (RFC 6238); a second factor.' },
    PASSKEY: { description: 'A passkey (WebAuthn); first and second factor.' },
    SECURITY_KEY: { description: 'A security key (WebAuthn) as a second factor.' },
    RECOVERY_CODE: {
      description: 'Codes each of which replaces a second factor once; all codes of a user are one credential.',
    },
  },
});

@ObjectType({ description: 'The inactivity state of an account. Times that do not apply to the state are null.' })
export class AccountState {
  @Field(() => AccountStateName, { description: 'Name of the state.' })
  name!: AccountStateName;
  @Field(() => Date, { nullable: true, description: 'When the account was last checked, in the state `ACTIVE`.' })
  checkedAt!: Date | null;
  @Field(() => Date, { nullable: true, description: 'When the account was blocked, in the state `INACTIVITY_LOCK`.' })
  lockedAt!: Date | null;
  @Field(() => Date, {
    nullable: true,
    description: 'When the exemption ends, in the state `UNTOUCHABLE`; null = never.',
  })
  exemptUntil!: Date | null;
}

@ObjectType('AuthModes', { description: 'How a user may sign in, and what is required at sign-in.' })
@RequiresScopes(['auth-mode:read'], ['auth-mode:read:self'])
export class AuthModesType {
  tenantId!: string;
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => Int, { nullable: true, description: '2 = a second factor is required at sign-in; null = it is not.' })
  requiredFactor!: number | null;
  @Field(() => Boolean, { description: 'Whether the password must be changed at the next sign-in.' })
  needPasswordChange!: boolean;
  @Field(() => [String], { description: 'Sign-in methods the user may not use: `password` or none.' })
  methodsLocked!: string[];
  @Field(() => [String], {
    description:
      'Actions that the user has to complete at the next sign-in, such as `UPDATE_PASSWORD` or `VERIFY_EMAIL`.',
  })
  requiredActions!: string[];
  @RequiresScopes(['account-state:read'], ['account-state:read:self'])
  @Field(() => AccountState, { nullable: true, description: 'The inactivity state of the account.' })
  state!: AccountState | null;
}

@ObjectType('PasswordHashing', {
  description:
    'How a password is hashed: by Argon2id (RFC 9106), or, until the next sign-in, by the service that it was imported from.',
})
export class PasswordHashingType {
  @Field(() => String, {
    description: '`argon2id`, `argon2i`, `argon2d`, `pbkdf2-sha1`, `pbkdf2-sha256`, `pbkdf2-sha512` or `bcrypt`.',
  })
  algorithm!: string;
  @Field(() => Int, { nullable: true, description: 'Memory in KiB, of Argon2.' })
  memoryKib!: number | null;
  @Field(() => Int, { description: 'Passes over the memory, or rounds.' })
  iterations!: number;
  @Field(() => Int, { nullable: true, description: 'Lanes, of Argon2.' })
  parallelism!: number | null;
  @Field(() => Int, { description: 'Length of the hash in bytes.' })
  hashBytes!: number;
}

@ObjectType('Credential', {
  implements: Node,
  description: 'A credential with which a user authenticates. Its secret is never shown.',
})
@RequiresScopes(['credential:read'], ['credential:read:self'])
export class CredentialTypeObject extends Node {
  tenantId!: string;
  @Field(() => String, { description: 'Public id of the user it belongs to.' })
  userId!: string;
  @Field(() => CredentialTypeName, { description: 'Type of the credential.' })
  type!: CredentialTypeName;
  @Field(() => Int, { description: 'Number of the credential among those of the same user and type; never reused.' })
  ordinal!: number;
  @Field(() => String, { nullable: true, description: 'Name that the user gave it.' })
  label!: string | null;
  @Field(() => GraphQLJSONObject, { description: 'Details without secrets; their names depend on the type.' })
  data!: Record<string, unknown>;
  @Field(() => Date, { description: 'When it was added.' })
  createdAt!: Date;
  @Field(() => Date, {
    nullable: true,
    description: 'When another password replaced it; null for one that never was, and for other types.',
  })
  changedAt!: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it was last used.' })
  lastUsedAt!: Date | null;
}
