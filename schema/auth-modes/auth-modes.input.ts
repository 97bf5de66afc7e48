import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { AccountState, AuthModesType } from './auth-modes.type.ts';

@InputType({
  description:
    'Changes to the auth modes of a user; absent members stay. Either all changes are made or none. A value that cannot be assigned is refused with AUTH_MODE_VALUE_INVALID, which names the field.',
})
export class UpdateAuthModesInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => Int, {
    nullable: true,
    description: '2 = a second factor is required at sign-in; null = it is not. Other values are refused.',
  })
  requiredFactor?: number | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'true = the password must be changed at the next sign-in. Other values are refused; only a password change clears it.',
  })
  needPasswordChange?: boolean | null;
  @Field(() => [String], {
    nullable: true,
    description: 'Replaces the list of sign-in methods the user may not use: `["password"]`, or `[]` to unlock all.',
  })
  methodsLocked?: string[] | null;
}

@ObjectType({ description: 'Result of a change to auth modes.' })
export class UpdateAuthModesPayload {
  @Field(() => AuthModesType, {
    nullable: true,
    description: 'The auth modes after the change; null when the caller may not read them.',
  })
  authModes!: AuthModesType | null;
}

@InputType({ description: 'Actions that a user no longer has to complete.' })
export class RevokeRequiredActionsInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => [String], {
    description:
      'Names of actions, ignoring case; `-` and `_` are the same. Those that are not required are ignored. At most 100.',
  })
  actions!: string[];
}

@ObjectType({ description: 'Result of a change to required actions.' })
export class RevokeRequiredActionsPayload {
  @Field(() => AuthModesType, {
    nullable: true,
    description: 'The auth modes after the change; null when the caller may not read them.',
  })
  authModes!: AuthModesType | null;
}

@InputType({ description: 'An exemption from the block for inactivity.' })
export class ExemptAccountInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => Date, {
    nullable: true,
    description:
      'When the exemption ends; null or absent = never. A time that is not in the future ends a current exemption.',
  })
  exemptUntil?: Date | null;
}

@ObjectType({ description: 'Result of an exemption.' })
export class ExemptAccountPayload {
  @Field(() => AccountState, { description: 'The inactivity state after the change.' })
  accountState!: AccountState;
  @Field(() => AuthModesType, {
    nullable: true,
    description: 'The auth modes of the account; null when the caller may not read them.',
  })
  authModes!: AuthModesType | null;
}

export enum SessionsAfterPassword {
  END_ALL = 'end-all',
  END_OTHERS = 'end-others',
  KEEP = 'keep',
}
registerEnumType(SessionsAfterPassword, {
  name: 'SessionsAfterPassword',
  description: "What happens to the user's sessions and tokens when the password is replaced.",
  valuesConfig: {
    END_ALL: { description: 'All end, and the known devices are removed.' },
    END_OTHERS: { description: "All end except the caller's own." },
    KEEP: { description: 'They continue.' },
  },
});

@InputType({ description: 'A new password for a user, set without the current one.' })
export class SetPasswordInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { description: 'The new password.' })
  password!: string;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description: 'Whether the user has to change it at the next sign-in. Default true.',
  })
  isTemporary?: boolean | null;
  @Field(() => SessionsAfterPassword, {
    nullable: true,
    description: "What happens to the user's sessions. Default END_ALL.",
  })
  sessions?: SessionsAfterPassword | null;
}

@InputType({ description: "A new password for the caller's own account." })
export class ChangePasswordInput {
  @Field(() => ID, { nullable: true, description: 'The user, who must be the caller. Default: the caller.' })
  userId?: string | null;
  @Field(() => String, { description: 'The current password.' })
  currentPassword!: string;
  @Field(() => String, { description: 'The new password.' })
  newPassword!: string;
  @Field(() => SessionsAfterPassword, {
    nullable: true,
    description: "What happens to the user's sessions. Default END_OTHERS.",
  })
  sessions?: SessionsAfterPassword | null;
  @Field(() => String, { nullable: true, description: 'Id of a device whose sessions continue.' })
  keepDeviceId?: string | null;
}

@ObjectType({ description: 'Result of a new password.' })
export class PasswordPayload {
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
}

@ObjectType({ description: 'Result of a new password.' })
export class SetPasswordPayload extends PasswordPayload {}

@ObjectType({ description: 'Result of a new password.' })
export class ChangePasswordPayload extends PasswordPayload {}

@ObjectType({ description: 'Result of a new password.' })
export class ChangeDependentPasswordPayload extends PasswordPayload {}
