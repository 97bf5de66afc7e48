import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { ImportCredentialInput } from '../auth-modes/import-credential.input.ts';
import { NewClientInput } from '../clients/client.input.ts';
import { ClientScopePropertiesInput } from '../clients/client-scope.input.ts';
import { ProtocolMapperInput } from '../clients/protocol-mapper.input.ts';
import { FederationProviderSettingsInput } from '../federation/federation.input.ts';
import { ExtraSettingsInput } from '../tenants/tenant.input.ts';
import { TenantSettingsInput } from '../tenants/tenant-settings.input.ts';
import { UserFieldsInput } from '../users/user.input.ts';
import { IfAnyExistsName, IfExistsName, ImportedRow, ImportType } from './import.type.ts';

@InputType({ description: 'A role by its name.' })
export class NamedRoleInput {
  @Field(() => String, { description: 'Its name among the roles of the tenant, or of the client.' })
  name!: string;
  @Field(() => String, {
    nullable: true,
    description: 'The `client_id` of the client that it belongs to. Default: none; it belongs to the tenant.',
  })
  clientId?: string | null;
}

@InputType({ description: 'Settings of the tenant; absent members stay.' })
export class ImportSettingsInput {
  @Field(() => String, { nullable: true, description: 'Display name; null removes it.' })
  displayName?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether the tenant may be used.' })
  isEnabled?: boolean | null;
  @Field(() => Date, { nullable: true, description: 'Tokens issued before this moment are refused; null = none.' })
  notBefore?: Date | null;
  @Field(() => TenantSettingsInput, { nullable: true, description: 'Settings to change.' })
  settings?: TenantSettingsInput | null;
  @Field(() => ExtraSettingsInput, {
    nullable: true,
    description: 'Changes to settings that the service keeps and does not use.',
  })
  extraSettings?: ExtraSettingsInput | null;
}

@InputType({ description: 'A role without what it contains. It gives no native permissions itself.' })
export class ImportRoleInput {
  @Field(() => String, { description: 'Name: 1 to 255 characters.' })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Description; null removes it.' })
  description?: string | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Attributes, at most 64 KiB together; replaces them.',
  })
  attributes?: Record<string, unknown> | null;
}

@InputType({ description: 'What a role contains.' })
export class ImportRoleChildrenInput {
  @Field(() => [NamedRoleInput], { description: 'Roles inside, at most 200; others stay.' })
  children!: NamedRoleInput[];
}

@InputType({ description: 'Roles that tokens may have.' })
export class ImportScopeRolesInput {
  @Field(() => [NamedRoleInput], { description: 'The roles, at most 200; others stay.' })
  roles!: NamedRoleInput[];
}

@InputType({ description: 'A scope of the tenant. Mappers of one that is there already stay.' })
export class ImportClientScopeInput extends ClientScopePropertiesInput {
  @Field(() => String, { description: 'Its name in requests and tokens.' })
  name!: string;
  @Field(() => [ProtocolMapperInput], { nullable: true, description: 'Its mappers. Default: none.' })
  mappers?: ProtocolMapperInput[] | null;
}

@InputType({ description: 'Texts in the language that the row is called after, in place of those of the service.' })
export class ImportTextsInput {
  @Field(() => GraphQLJSONObject, { description: 'Texts by their keys; others stay.' })
  texts!: Record<string, unknown>;
}

@InputType({ description: 'The profile of users, as `setUserProfile` takes it.' })
export class ImportUserProfileInput {
  @Field(() => GraphQLJSONObject, { description: 'The profile; it replaces the one that there is.' })
  profile!: Record<string, unknown>;
}

@InputType({ description: 'A client with its mappers, scopes and service account.' })
export class ImportClientInput extends NewClientInput {
  @Field(() => String, {
    nullable: true,
    description: 'UUID of a new client. Default, and in `master`: a new one.',
  })
  clientUuid?: string | null;
  @Field(() => [ProtocolMapperInput], { nullable: true, description: 'Its mappers. Default: none.' })
  mappers?: ProtocolMapperInput[] | null;
}

@InputType({ description: 'A group of the tree, after the one that it stands in.' })
export class ImportGroupInput {
  @Field(() => String, { description: 'Name, without `/`.' })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Path of the group that it stands in. Default: none.' })
  parentPath?: string | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Attributes; replaces them.' })
  attributes?: Record<string, unknown> | null;
  @Field(() => [NamedRoleInput], { nullable: true, description: 'Its roles, at most 200; others stay.' })
  roles?: NamedRoleInput[] | null;
}

@InputType({ description: 'A group that new users join.' })
export class ImportDefaultGroupInput {
  @Field(() => String, { description: 'Path of the group.' })
  path!: string;
}

@InputType({ description: 'A federation provider.' })
export class ImportProviderInput extends FederationProviderSettingsInput {
  @Field(() => String, { description: 'Kind of provider.' })
  type!: string;
  @Field(() => String, { description: 'Name of the provider, unique in the tenant.' })
  name!: string;
  @Field(() => String, { description: 'Id of this service at the provider.' })
  clientId!: string;
}

@InputType({ description: 'What the service account of a client is given.' })
export class ImportServiceAccountInput {
  @Field(() => [NamedRoleInput], { nullable: true, description: 'Roles, at most 200; others stay.' })
  roles?: NamedRoleInput[] | null;
  @Field(() => [String], { nullable: true, description: 'Paths of groups, at most 200; others stay.' })
  groups?: string[] | null;
}

@InputType({ description: 'An account at an external provider.' })
export class ImportLinkInput {
  @Field(() => String, { description: 'Name of the provider.' })
  provider!: string;
  @Field(() => String, { description: 'Id of the account at the provider.' })
  externalId!: string;
  @Field(() => String, { nullable: true, description: 'Display name of that account.' })
  externalName?: string | null;
}

@InputType({ description: 'A user with what it signs in with and belongs to.' })
export class ImportUserInput extends UserFieldsInput {
  @Field(() => String, { nullable: true, description: 'Public id. Default: a new UUID.' })
  subject?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether the account is enabled. Default true.' })
  isEnabled?: boolean | null;
  @Field(() => Date, { nullable: true, description: 'When the account was made. Default: now.' })
  createdAt?: Date | null;
  @Field(() => [NamedRoleInput], { nullable: true, description: 'Roles, at most 200; others stay.' })
  roles?: NamedRoleInput[] | null;
  @Field(() => [String], { nullable: true, description: 'Paths of groups, at most 200; others stay.' })
  groups?: string[] | null;
  @Field(() => [ImportCredentialInput], {
    nullable: true,
    description: 'Credentials of a new user, the first counts most.',
  })
  credentials?: ImportCredentialInput[] | null;
  @Field(() => [ImportLinkInput], { nullable: true, description: 'Accounts at external providers; others stay.' })
  links?: ImportLinkInput[] | null;
}

@InputType({ description: 'One thing to import: its name, and exactly one of the other members.' })
export class ImportRowInput {
  @Field(() => String, {
    nullable: true,
    description: 'With `clientRole` and `clientRoleChildren`: the `client_id` of the client that the role belongs to.',
  })
  owner?: string | null;
  @Field(() => String, {
    description:
      'Name of the role, scope, client, provider or user; of groups the path, of service accounts the `client_id`, of texts the language; empty for settings and the profile.',
  })
  name!: string;
  @Field(() => ImportSettingsInput, { nullable: true, description: 'Settings of the tenant.' })
  settings?: ImportSettingsInput | null;
  @Field(() => ImportTextsInput, { nullable: true, description: 'Texts of the tenant in a language.' })
  texts?: ImportTextsInput | null;
  @Field(() => ImportUserProfileInput, { nullable: true, description: 'What the attributes of users may have.' })
  userProfile?: ImportUserProfileInput | null;
  @Field(() => ImportRoleInput, { nullable: true, description: 'A role of the tenant.' })
  role?: ImportRoleInput | null;
  @Field(() => ImportRoleInput, { nullable: true, description: 'A role of a client.' })
  clientRole?: ImportRoleInput | null;
  @Field(() => ImportRoleChildrenInput, { nullable: true, description: 'The roles inside a role of the tenant.' })
  roleChildren?: ImportRoleChildrenInput | null;
  @Field(() => ImportRoleChildrenInput, { nullable: true, description: 'The roles inside a role of a client.' })
  clientRoleChildren?: ImportRoleChildrenInput | null;
  @Field(() => ImportClientScopeInput, { nullable: true, description: 'A scope.' })
  clientScope?: ImportClientScopeInput | null;
  @Field(() => ImportClientInput, { nullable: true, description: 'A client.' })
  client?: ImportClientInput | null;
  @Field(() => ImportScopeRolesInput, { nullable: true, description: 'The roles that tokens of a client may have.' })
  clientScopeRoles?: ImportScopeRolesInput | null;
  @Field(() => ImportScopeRolesInput, { nullable: true, description: 'The roles that tokens with a scope may have.' })
  scopeScopeRoles?: ImportScopeRolesInput | null;
  @Field(() => ImportGroupInput, { nullable: true, description: 'A group of the tree.' })
  group?: ImportGroupInput | null;
  @Field(() => ImportDefaultGroupInput, { nullable: true, description: 'A group that new users join.' })
  defaultGroup?: ImportDefaultGroupInput | null;
  @Field(() => ImportProviderInput, { nullable: true, description: 'A federation provider.' })
  provider?: ImportProviderInput | null;
  @Field(() => ImportServiceAccountInput, { nullable: true, description: 'What a service account is given.' })
  serviceAccount?: ImportServiceAccountInput | null;
  @Field(() => ImportUserInput, { nullable: true, description: 'A user.' })
  user?: ImportUserInput | null;
}

@InputType({ description: 'Something of an export that cannot be read, to be kept with the import.' })
export class ImportFaultInput {
  @Field(() => String, { description: 'Kind of the row.' })
  kind!: string;
  @Field(() => String, { description: 'The `client_id` of the client that a role belongs to; else empty.' })
  owner!: string;
  @Field(() => String, { description: 'Name of the row.' })
  name!: string;
  @Field(() => String, { description: 'Code of the reason.' })
  reason!: string;
  @Field(() => String, { description: 'Which value is meant; empty for the whole row.' })
  at!: string;
}

@InputType({ description: 'Rows to import.' })
export class ImportRealmInput {
  @Field(() => ID, { nullable: true, description: 'The import that the rows belong to. Default: a new one.' })
  importId?: string | null;
  @Field(() => IfExistsName, {
    nullable: true,
    description: 'What a new import does to things that are there already. Default SKIP.',
  })
  ifExists?: IfExistsName | null;
  @Field(() => [ImportRowInput], {
    description:
      'At most 1,000 rows, each after those that it names, 50 of them with a password in plain text. A row that is refused is reported.',
  })
  rows!: ImportRowInput[];
  @Field(() => [ImportFaultInput], { nullable: true, description: 'What the caller could not read, at most 1,000.' })
  faults?: ImportFaultInput[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether these are the last rows. Default true.' })
  isLast?: boolean | null;
}

@InputType({ description: 'Rows to write together.' })
export class ImportRowsInput {
  @Field(() => IfAnyExistsName, {
    nullable: true,
    description: 'What happens when some are there already. Default FAIL.',
  })
  ifExists?: IfAnyExistsName | null;
  @Field(() => [ImportRowInput], {
    description:
      'At most 1,000 rows, each after those that it names, 50 of them with a password in plain text, which cause at most 5,000 events.',
  })
  rows!: ImportRowInput[];
}

@ObjectType({ description: 'The import with the rows that were given.' })
export class ImportRealmPayload {
  @Field(() => ImportType, { nullable: true, description: 'The import.' })
  import!: object;
  @Field(() => [ImportedRow], { description: 'The rows, in their order.' })
  rows!: readonly object[];
}

@ObjectType({ description: 'Rows that were written together, or the one that prevented it.' })
export class ImportRowsPayload {
  @Field(() => Boolean, { description: 'Whether they were written.' })
  isWritten!: boolean;
  @Field(() => [ImportedRow], {
    description:
      'The rows, in their order; of rows that were not written the one that was refused. Its reason is `CONFLICT` where the thing is there already.',
  })
  rows!: readonly object[];
}
