import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { SessionsAfterPassword } from './auth-modes.input.ts';

const TENANT = "Name of the tenant. Default: the caller's.";
const LANGUAGES =
  'Languages of what is sent about it, as `Accept-Language` writes them (RFC 9110 section 12.5.4). Default: that of the account.';

@InputType({ description: 'A new password for a user.' })
export class ReplacePasswordInput {
  @Field(() => String, { nullable: true, description: TENANT })
  tenant?: string | null;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, {
    nullable: true,
    description: 'The password in force: needed by callers who may change the own account alone, else ignored.',
  })
  currentPassword?: string | null;
  @Field(() => String, { nullable: true, description: 'The new password. Default: one is generated.' })
  newPassword?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description:
      'Whether it must be changed at the next sign-in; of no effect where users change the password of their own account.',
  })
  isTemporary?: boolean | null;
  @Field(() => SessionsAfterPassword, { nullable: true, description: 'What becomes of sessions. Default END_ALL.' })
  sessions?: SessionsAfterPassword | null;
  @Field(() => String, { nullable: true, description: 'Id of a device that is kept, with its sessions.' })
  keepDeviceId?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Name of an attribute of the account that holds a phone number; the new password is sent there as a text.',
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
    description: 'The password that was generated; shown this once. Null when one was given, or when it was sent.',
  })
  generatedPassword!: string | null;
}

@InputType({ description: 'A new password for an account that depends on the caller, or for the own one.' })
export class ChangeDependentPasswordInput {
  @Field(() => String, { nullable: true, description: TENANT })
  tenant?: string | null;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { nullable: true, description: 'The password in force: needed for the own account.' })
  currentPassword?: string | null;
  @Field(() => String, { description: 'The new password.' })
  newPassword!: string;
  @Field(() => SessionsAfterPassword, { nullable: true, description: 'What becomes of sessions. Default END_ALL.' })
  sessions?: SessionsAfterPassword | null;
  @Field(() => String, { nullable: true, description: LANGUAGES })
  languages?: string | null;
}
