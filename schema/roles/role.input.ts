import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { ClientObject } from '../clients/client.type.ts';
import { GroupType } from '../groups/group.type.ts';
import { UserType } from '../users/user.type.ts';
import { RoleType } from './role.type.ts';

@InputType({ description: 'Filters for a list of roles.' })
export class RoleFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only roles of this client.' })
  clientId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Only roles of the tenant, not of clients. Default false.' })
  ofTenantOnly?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Only those whose name contains this text, ignoring case. No index finds parts of names: see `PageInfo` for lists of more than 10,000.',
  })
  nameContains?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether to include those that the service created itself. Default false.',
  })
  withBuiltin?: boolean | null;
}

@InputType({ description: 'A role to create.' })
export class CreateRoleInput {
  @Field(() => String, {
    description:
      'Name: 1 to 255 characters, case-sensitive and unique among the roles of the tenant, or of the client.',
  })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Description.' })
  description?: string | null;
  @Field(() => ID, {
    nullable: true,
    description: 'The client that the role belongs to. Default: none; the role belongs to the tenant.',
  })
  clientId?: string | null;
  @Field(() => [String], {
    nullable: true,
    description: 'Native permissions that the role gives. The caller must hold each of them with the same reach.',
  })
  permissions?: string[] | null;
  @Field(() => [ID], {
    nullable: true,
    description: 'Roles that the role contains. The caller must hold the permissions that they give.',
  })
  childIds?: string[] | null;
  @Field(() => [RoleReferenceInput], {
    nullable: true,
    description: 'More roles that it contains, by id or name, at most 200.',
  })
  children?: RoleReferenceInput[] | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Attributes, at most 64 KiB together.' })
  attributes?: Record<string, unknown> | null;
}

@InputType({ description: 'Changes to a role; absent members stay.' })
export class UpdateRoleInput {
  @Field(() => ID, { description: 'The role.' })
  roleId!: string;
  @Field(() => String, { nullable: true, description: 'A new name.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'Description; null removes it.' })
  description?: string | null;
  @Field(() => [String], {
    nullable: true,
    description:
      'Native permissions that the role gives; replaces the list. The caller must hold each added permission.',
  })
  permissions?: string[] | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Attributes to set, by name; null removes one, others stay.',
  })
  attributes?: Record<string, unknown> | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether attributes that `attributes` does not name are removed. Default false.',
  })
  replaceAttributes?: boolean | null;
  @Field(() => [ID], {
    nullable: true,
    description: 'Roles to add to the role. The caller must hold the permissions that they give.',
  })
  addChildIds?: string[] | null;
  @Field(() => [ID], { nullable: true, description: 'Roles to remove from the role.' })
  removeChildIds?: string[] | null;
}

@InputType({ description: 'A role to delete.' })
export class DeleteRoleInput {
  @Field(() => ID, { description: 'The role.' })
  roleId!: string;
}

@InputType({ description: 'A holder of roles: exactly one of `userId`, `groupId` and `clientId`.' })
export class RoleHolderInput {
  @Field(() => ID, { nullable: true, description: 'A user.' })
  userId?: string | null;
  @Field(() => ID, {
    nullable: true,
    description: 'A group. Its members and the members of the groups below it have the role.',
  })
  groupId?: string | null;
  @Field(() => ID, { nullable: true, description: 'A client.' })
  clientId?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Name of the tenant in which the role applies. Default: the tenant of the holder. Only holders in `master` can have a role in another tenant; it then applies in that tenant only.',
  })
  onTenant?: string | null;
}

@InputType({ description: 'A role and its holder: exactly one of `userId`, `groupId` and `clientId`.' })
export class RoleGrantInput extends RoleHolderInput {
  @Field(() => ID, { description: 'The role.' })
  roleId!: string;
}

@InputType({ description: 'A role and its holder: exactly one of `userId`, `groupId` and `clientId`.' })
export class GrantRoleInput extends RoleGrantInput {}

@InputType({ description: 'A role and its holder: exactly one of `userId`, `groupId` and `clientId`.' })
export class RevokeRoleInput extends RoleGrantInput {}

@InputType({ description: 'A role: by its id, or by its name.' })
export class RoleReferenceInput {
  @Field(() => ID, { nullable: true, description: 'The role. Give either this or `name`.' })
  roleId?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the role, in exact case.' })
  name?: string | null;
  @Field(() => ID, {
    nullable: true,
    description: 'With `name`: the client that the role belongs to. Default: none; the role belongs to the tenant.',
  })
  clientId?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'With `name`: whether the service created the role; one of this name that is otherwise is not found. Default: any.',
  })
  isBuiltin?: boolean | null;
}

@InputType({ description: 'Roles and their holder: exactly one of `userId`, `groupId` and `clientId`.' })
class RoleGrantsInput extends RoleHolderInput {
  @Field(() => [RoleReferenceInput], {
    description:
      'The roles, at most 200. In `master` all of them may be roles of one client that stands for a tenant, by its UUID and their names: they then apply in that tenant.',
  })
  roles!: RoleReferenceInput[];
}

@InputType({ description: 'Roles and their holder: exactly one of `userId`, `groupId` and `clientId`.' })
export class GrantRolesInput extends RoleGrantsInput {}

@InputType({ description: 'Roles and their holder: exactly one of `userId`, `groupId` and `clientId`.' })
export class RevokeRolesInput extends RoleGrantsInput {}

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

@ObjectType({ description: 'The holder of roles that were granted or withdrawn.' })
class RoleHolderPayload {
  @Field(() => UserType, {
    nullable: true,
    description: 'The user; null when the holder is not a user or the caller may not read it.',
  })
  user!: UserType | null;
  @Field(() => GroupType, {
    nullable: true,
    description: 'The group; null when the holder is not a group or the caller may not read it.',
  })
  group!: GroupType | null;
  @Field(() => ClientObject, {
    nullable: true,
    description: 'The client; null when the holder is not a client or the caller may not read it.',
  })
  client!: ClientObject | null;
}

@ObjectType({ description: 'Result of granting or withdrawing a role.' })
class RoleGrantPayload extends RoleHolderPayload {
  @Field(() => RoleType, {
    nullable: true,
    description: 'The role after the change; null when the caller may not read it.',
  })
  role!: RoleType | null;
}

@ObjectType({ description: 'Result of granting or withdrawing roles.' })
class RoleGrantsPayload extends RoleHolderPayload {
  @Field(() => [RoleType], {
    nullable: 'itemsAndList',
    description: 'The roles that the input names, each once and in its order; null where the caller may not read them.',
  })
  roles!: (RoleType | null)[] | null;
}

@ObjectType({ description: 'Result of granting or withdrawing roles.' })
export class GrantRolesPayload extends RoleGrantsPayload {}

@ObjectType({ description: 'Result of granting or withdrawing roles.' })
export class RevokeRolesPayload extends RoleGrantsPayload {}

@ObjectType({ description: 'Result of granting or withdrawing a role.' })
export class GrantRolePayload extends RoleGrantPayload {}

@ObjectType({ description: 'Result of granting or withdrawing a role.' })
export class RevokeRolePayload extends RoleGrantPayload {}

@InputType({ description: 'A user to make an administrator of the tenant.' })
export class PromoteUserInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}

@InputType({ description: 'A user who no longer administers the tenant.' })
export class DemoteUserInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}

@ObjectType({ description: 'The user after the change.' })
class AdministrationPayload {
  @Field(() => UserType, { nullable: true, description: 'The user; null when the caller may not read it.' })
  user!: UserType | null;
}

@ObjectType({ description: 'The user after the change.' })
export class PromoteUserPayload extends AdministrationPayload {}

@ObjectType({ description: 'The user after the change.' })
export class DemoteUserPayload extends AdministrationPayload {}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteRolePayload {
  @Field(() => ID, { description: 'Global id of the deleted role.' })
  deletedRoleId!: string;
}
