import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { ClientObject } from '../clients/client.type.ts';
import { GroupType } from '../groups/group.type.ts';
import { UserType } from '../users/user.type.ts';
import { RoleType } from './role.type.ts';

const TENANT = { nullable: true, description: "Name of the tenant. Default: the caller's." };

@InputType({ description: 'What a list of roles can be narrowed by.' })
export class RoleFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only roles of this client.' })
  clientId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Only roles of the tenant, none of a client. Default false.' })
  ofTenantOnly?: boolean | null;
  @Field(() => String, { nullable: true, description: 'Only those with this in their name, ignoring case.' })
  nameContains?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Also those the service made itself. Default false.' })
  withBuiltin?: boolean | null;
}

@InputType({ description: 'A role to make.' })
export class CreateRoleInput {
  @Field(() => String, TENANT)
  tenant?: string | null;
  @Field(() => String, {
    description: '1 to 255 characters, unique among the roles of the tenant, or of its client, in exact case.',
  })
  name!: string;
  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description?: string | null;
  @Field(() => ID, {
    nullable: true,
    description: 'The client it belongs to. Default: it is a role of the tenant.',
  })
  clientId?: string | null;
  @Field(() => [String], {
    nullable: true,
    description: 'Native permissions it gives. The caller must hold them, with that reach.',
  })
  permissions?: string[] | null;
  @Field(() => [ID], { nullable: true, description: 'Roles it contains. The caller must hold what they give.' })
  childIds?: string[] | null;
}

@InputType({ description: 'What to change of a role; what is left out stays.' })
export class UpdateRoleInput {
  @Field(() => String, TENANT)
  tenant?: string | null;
  @Field(() => ID, { description: 'The role.' })
  roleId!: string;
  @Field(() => String, { nullable: true, description: 'A new name.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'What it is for; null removes it.' })
  description?: string | null;
  @Field(() => [String], {
    nullable: true,
    description: 'Native permissions it gives; replaces the list. The caller must hold what is added.',
  })
  permissions?: string[] | null;
  @Field(() => [ID], { nullable: true, description: 'Roles to put inside. The caller must hold what they give.' })
  addChildIds?: string[] | null;
  @Field(() => [ID], { nullable: true, description: 'Roles to take out.' })
  removeChildIds?: string[] | null;
}

@InputType({ description: 'A role to delete.' })
export class DeleteRoleInput {
  @Field(() => String, TENANT)
  tenant?: string | null;
  @Field(() => ID, { description: 'The role.' })
  roleId!: string;
}

@InputType({ description: 'A role and its holder: exactly one of `userId`, `groupId` and `clientId`.' })
export class RoleGrantInput {
  @Field(() => String, TENANT)
  tenant?: string | null;
  @Field(() => ID, { description: 'The role.' })
  roleId!: string;
  @Field(() => ID, { nullable: true, description: 'A user.' })
  userId?: string | null;
  @Field(() => ID, { nullable: true, description: 'A group: its members, and those of the groups below it.' })
  groupId?: string | null;
  @Field(() => ID, { nullable: true, description: 'A client.' })
  clientId?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      "Name of the tenant the role acts on. Default: the holder's own. Another one is possible for holders in `master`: there the role acts, and nowhere else.",
  })
  onTenant?: string | null;
}

@InputType({ description: 'A role and its holder: exactly one of `userId`, `groupId` and `clientId`.' })
export class GrantRoleInput extends RoleGrantInput {}

@InputType({ description: 'A role and its holder: exactly one of `userId`, `groupId` and `clientId`.' })
export class RevokeRoleInput extends RoleGrantInput {}

@ObjectType({ description: 'Result of a change to a role.' })
class RolePayload {
  @Field(() => RoleType, {
    nullable: true,
    description: 'The role after the change; null when the caller may not read it.',
  })
  role!: RoleType | null;
}

@ObjectType({ description: 'Result of a change to a role.' })
export class CreateRolePayload extends RolePayload {}

@ObjectType({ description: 'Result of a change to a role.' })
export class UpdateRolePayload extends RolePayload {}

@ObjectType({ description: 'Result of a grant or its withdrawal.' })
class RoleGrantPayload extends RolePayload {
  @Field(() => UserType, { nullable: true, description: 'The user, where one was named and the caller may read it.' })
  user!: UserType | null;
  @Field(() => GroupType, { nullable: true, description: 'The group, where one was named and the caller may read it.' })
  group!: GroupType | null;
  @Field(() => ClientObject, {
    nullable: true,
    description: 'The client, where one was named and the caller may read it.',
  })
  client!: ClientObject | null;
}

@ObjectType({ description: 'Result of a grant or its withdrawal.' })
export class GrantRolePayload extends RoleGrantPayload {}

@ObjectType({ description: 'Result of a grant or its withdrawal.' })
export class RevokeRolePayload extends RoleGrantPayload {}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteRolePayload {
  @Field(() => ID, { description: 'Global id of the role that is gone.' })
  deletedRoleId!: string;
}
