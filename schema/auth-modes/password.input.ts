import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { SessionsAfterPassword } from './auth-modes.input.ts';

const LANGUAGES =
  'Languages of messages to the user, in the format of `Accept-Language` (RFC 9110 section 12.5.4). Default: the language of the account.';

@InputType({ description: 'A new password for a user.' })
export class ReplacePasswordInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, {
    nullable: true,
    description:
      'The current password. Required from callers who may change only their own account; otherwise ignored.',
  })
  currentPassword?: string | null;
  @Field(() => String, { nullable: true, description: 'The new password. Default: one is generated.' })
  newPassword?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description:
      'Whether it must be changed at the next sign-in. Default true; ignored when users change the password of their own account.',
  })
  isTemporary?: boolean | null;
  @Field(() => SessionsAfterPassword, {
    nullable: true,
    description: "What happens to the user's sessions. Default END_ALL.",
  })
  sessions?: SessionsAfterPassword | null;
  @Field(() => String, { nullable: true, description: 'Id of a device to keep, with its sessions.' })
  keepDeviceId?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Name of an attribute of the account that holds a phone number, to which the new password is sent as a text message.',
  })
  sendToAttribute?: string | null;
  @Field(() => String, { nullable: true, description: LANGUAGES })
  languages?: string | null;
}

@ObjectType({ description: 'Result of replacing a password.' })
export class ReplacePasswordPayload {
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => String, {
    nullable: true,
    description: 'The generated password, shown only this once. Null when a password was given, or when it was sent.',
  })
  generatedPassword!: string | null;
}

@InputType({
  description:
    "A new password for an account on which the caller holds the right `change_password`, or for the caller's own account.",
})
export class ChangeDependentPasswordInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { nullable: true, description: "The current password; required for the caller's own account." })
  currentPassword?: string | null;
  @Field(() => String, { description: 'The new password.' })
  newPassword!: string;
  @Field(() => SessionsAfterPassword, {
    nullable: true,
    description: "What happens to the user's sessions. Default END_ALL.",
  })
  sessions?: SessionsAfterPassword | null;
  @Field(() => String, { nullable: true, description: LANGUAGES })
  languages?: string | null;
}
