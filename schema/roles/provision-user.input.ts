import { Field, InputType, ObjectType } from 'type-graphql';
import { ImportCredentialInput } from '../auth-modes/import-credential.input.ts';
import { GroupInTreeInput } from '../groups/group.input.ts';
import { StandardAddressInput } from '../users/address.input.ts';
import { CreateUserInput, UpdateUserInput } from '../users/user.input.ts';
import { UserType } from '../users/user.type.ts';
import { RoleReferenceInput } from './role.input.ts';

export const FIRST_IMAGE_MAILED =
  'get a mail by which they choose an image to sign in with, where the tenant has set a mail server. The mail goes to their e-mail address, unless the account is disabled; its link works once, for a day. Default false.';
const PASSWORD_TEMPORARY = 'Whether the user must change the password at the next sign-in. Default false.';

@InputType({ description: 'A user account to create, with its password, roles and groups.' })
export class ProvisionUserInput extends CreateUserInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Password, by the rules of the tenant. It takes `password:set`. Default: none; the user signs in by other means.',
  })
  password?: string | null;
  @Field(() => Boolean, { nullable: true, description: PASSWORD_TEMPORARY })
  isPasswordTemporary?: boolean | null;
  @Field(() => [ImportCredentialInput], {
    nullable: true,
    description:
      'Credentials that another service made, at most 100. They take `tenant:import`, `auth-mode:write`, `credential:write` and `password:set`. One that cannot be read refuses the account.',
  })
  credentials?: ImportCredentialInput[] | null;
  @Field(() => [RoleReferenceInput], {
    nullable: true,
    description: 'Roles to grant, at most 200. They take `role-grant:write`, and everything that they give.',
  })
  roles?: RoleReferenceInput[] | null;
  @Field(() => [GroupInTreeInput], {
    nullable: true,
    description: 'Groups to join, at most 200. They take `group-member:write`, and everything that their roles give.',
  })
  groups?: GroupInTreeInput[] | null;
  @Field(() => [StandardAddressInput], { nullable: true, description: 'Postal addresses, at most 50.' })
  addresses?: StandardAddressInput[] | null;
  @Field(() => Boolean, {
    nullable: true,
    description: `Whether users without a password and credentials ${FIRST_IMAGE_MAILED}`,
  })
  isFirstImageMailed?: boolean | null;
}

@InputType({ description: 'Changes to a user account, its password, roles and groups; absent members stay.' })
export class ConfigureUserInput extends UpdateUserInput {
  @Field(() => String, {
    nullable: true,
    description: 'Public id that the account is expected to have: nothing changes where it has another one.',
  })
  expectedSubject?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether `username` counts although the setting `changeUsername` of the tenant is off. Default false.',
  })
  canChangeUsername?: boolean | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the account may be used. Disabling ends its sessions and tokens.',
  })
  isEnabled?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description: 'New password. It takes `password:set`, and the sessions of the user end.',
  })
  password?: string | null;
  @Field(() => Boolean, { nullable: true, description: PASSWORD_TEMPORARY })
  isPasswordTemporary?: boolean | null;
  @Field(() => [RoleReferenceInput], {
    nullable: true,
    description:
      'Roles to grant, at most 200; others stay. They take `role-grant:write`, and everything that they give.',
  })
  roles?: RoleReferenceInput[] | null;
  @Field(() => [RoleReferenceInput], {
    nullable: true,
    description: 'Roles to withdraw, at most 200, of which it need not have all. They take `role-grant:write`.',
  })
  removedRoles?: RoleReferenceInput[] | null;
  @Field(() => [GroupInTreeInput], {
    nullable: true,
    description:
      'Groups to join, at most 200; other memberships stay. They take `group-member:write`, and everything that their roles give.',
  })
  groups?: GroupInTreeInput[] | null;
  @Field(() => [StandardAddressInput], {
    nullable: true,
    description:
      'The postal addresses, at most 50: others are deleted. A stored one that says the same stays as it is, and of one that changes what only `UserAddressInput` has stays. One without a text that standard profiles have stays too. Null: all stay.',
  })
  addresses?: StandardAddressInput[] | null;
}

@ObjectType({ description: 'Result of creating a user account with its password, roles and groups.' })
export class ProvisionUserPayload {
  @Field(() => String, { description: 'Public id of the user, which every `userId` argument accepts.' })
  subject!: string;
  @Field(() => UserType, { nullable: true, description: 'The account; null when the caller may not read it.' })
  user!: UserType | null;
}

@ObjectType({ description: 'Result of changing a user account, its password, roles and groups.' })
export class ConfigureUserPayload {
  @Field(() => UserType, {
    nullable: true,
    description: 'The account after the change; null when the caller may not read it.',
  })
  user!: UserType | null;
}
