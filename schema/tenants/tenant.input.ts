import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType, ObjectType } from 'type-graphql';
import { TenantSettingsView, TenantTemplateName, TenantType } from './tenant.type.ts';
import { TenantSettingsInput } from './tenant-settings.input.ts';

@InputType({ description: 'Filters for a list of tenants.' })
export class TenantFilterInput {
  @Field(() => Boolean, { nullable: true, description: 'Only enabled or only disabled ones.' })
  isEnabled?: boolean;
  @Field(() => String, {
    nullable: true,
    description:
      'Only those whose name contains this text, ignoring case. No index finds parts of names: see `PageInfo` for lists of more than 10,000.',
  })
  nameContains?: string;
}

@InputType({ description: 'Changes to settings that the service keeps and does not use.' })
export class ExtraSettingsInput {
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Values by name, of any type; others stay. A name has 1 to 100 characters, and a value at most 32 KiB; a tenant has at most 200 of them and 64 KiB.',
  })
  set?: Record<string, unknown> | null;
  @Field(() => [String], { nullable: true, description: 'Names to remove, before `set` is applied.' })
  remove?: string[] | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether names to remove that are not stored are ignored. Default false: the change is refused.',
  })
  canBeMissing?: boolean | null;
}

@InputType({ description: 'Changes to settings that the service keeps and does not use.' })
export class UpdateExtraSettingsInput extends ExtraSettingsInput {}

@InputType({ description: 'A tenant to create.' })
export class CreateTenantInput {
  @Field(() => String, {
    description:
      'Name: 2 to 63 letters, digits, "-" or "_", beginning with a letter or digit; unique, ignoring case; cannot be changed later.',
  })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Display name.' })
  displayName?: string | null;
  @Field(() => TenantTemplateName, {
    nullable: true,
    description: 'Template whose defaults the tenant starts with. Default NATIVE.',
  })
  template?: TenantTemplateName;
  @Field(() => Boolean, { nullable: true, description: 'Whether it may be used. Default true.' })
  isEnabled?: boolean | null;
  @Field(() => TenantSettingsInput, { nullable: true, description: 'Settings that differ from the template.' })
  settings?: TenantSettingsInput;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Settings that the service keeps and does not use, by name: at most 200 and 64 KiB.',
  })
  extraSettings?: Record<string, unknown> | null;
}

@InputType({ description: 'Changes to a tenant; absent members stay.' })
export class UpdateTenantInput {
  @Field(() => String, { nullable: true, description: 'Display name; null removes it.' })
  displayName?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether it may be used.' })
  isEnabled?: boolean;
  @Field(() => Date, {
    nullable: true,
    description:
      'Tokens issued before this moment are refused, those of users and of applications; null = none. It must not be in the future, and one in the second of the stored moment changes nothing.',
  })
  notBefore?: Date | null;
}

@InputType({ description: 'Changes to a user by whom a tenant is administered; absent members stay.' })
export class ConfigureAdministratorInput {
  @Field(() => String, { description: 'Username of the user; it is not changed.' })
  username!: string;
  @Field(() => String, {
    nullable: true,
    description: 'New password, which stays. It takes `password:set`, and the sessions of the user end.',
  })
  password?: string | null;
  @Field(() => String, { nullable: true, description: 'E-mail address; null removes it.' })
  email?: string | null;
  @Field(() => String, { nullable: true, description: 'Given name; null removes it.' })
  givenName?: string | null;
  @Field(() => String, { nullable: true, description: 'Family name; null removes it.' })
  familyName?: string | null;
}

@InputType({ description: 'Changes to a tenant and to its settings of all kinds; absent members stay.' })
export class ConfigureTenantInput extends UpdateTenantInput {
  @Field(() => TenantSettingsInput, { nullable: true, description: 'Settings to change.' })
  settings?: TenantSettingsInput | null;
  @Field(() => ExtraSettingsInput, {
    nullable: true,
    description: 'Changes to settings that the service keeps and does not use.',
  })
  extraSettings?: ExtraSettingsInput | null;
  @Field(() => ConfigureAdministratorInput, {
    nullable: true,
    description: 'Changes to a user by whom the tenant is administered. They take `user:write`.',
  })
  administrator?: ConfigureAdministratorInput | null;
}

@InputType({ description: 'A host to bind to a tenant.' })
export class BindTenantHostInput {
  @Field(() => String, {
    description:
      'Host name, such as `login.example.com`. It is kept in lower case and in its ASCII form, without port and final dot.',
  })
  host!: string;
}

@InputType({ description: 'A host to take from a tenant.' })
export class UnbindTenantHostInput {
  @Field(() => String, { description: 'Host name.' })
  host!: string;
}

@InputType({ description: 'Settings of a tenant to change.' })
export class UpdateTenantSettingsInput {
  @Field(() => TenantSettingsInput, { description: 'The settings to change.' })
  settings!: TenantSettingsInput;
}

@InputType({ description: 'A tenant to delete.' })
export class DeleteTenantInput {
  @Field(() => String, { description: 'Name of the tenant.' })
  tenant!: string;
}

@ObjectType({ description: 'Result of a change to a tenant.' })
class TenantPayload {
  @Field(() => TenantType, {
    nullable: true,
    description: 'The tenant after the change; null when the caller may not read it.',
  })
  tenant!: TenantType | null;
}

@ObjectType({ description: 'Result of a change to a tenant.' })
export class CreateTenantPayload extends TenantPayload {}

@ObjectType({ description: 'Result of a change to a tenant.' })
export class UpdateTenantPayload extends TenantPayload {}

@ObjectType({ description: 'Result of a change to a tenant.' })
export class ConfigureTenantPayload extends TenantPayload {}

@ObjectType({ description: 'Result of binding a host.' })
export class BindTenantHostPayload extends TenantPayload {}

@ObjectType({ description: 'Result of taking a host away.' })
export class UnbindTenantHostPayload extends TenantPayload {}

@ObjectType({ description: 'Result of a change to settings.' })
export class UpdateTenantSettingsPayload {
  @Field(() => TenantSettingsView, {
    nullable: true,
    description: 'All settings after the change; null when the caller may not read them.',
  })
  settings!: TenantSettingsView | null;
}

@ObjectType({ description: 'Result of a change to settings that the service keeps and does not use.' })
export class UpdateExtraSettingsPayload {
  @Field(() => GraphQLJSONObject, { description: 'All of these settings after the change, by name.' })
  extraSettings!: Record<string, unknown>;
}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteTenantPayload {
  @Field(() => String, { description: 'Name of the deleted tenant.' })
  name!: string;
}
