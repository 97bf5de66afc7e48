import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { AttributeDefinitionType } from './attribute-definition.type.ts';
import { LockoutGrowth, TenantSettingsView, TenantTemplateName, TenantType } from './tenant.type.ts';

@InputType({ description: 'What a list of tenants can be narrowed by.' })
export class TenantFilterInput {
  @Field(() => Boolean, { nullable: true, description: 'Only enabled or only disabled ones.' })
  isEnabled?: boolean;
  @Field(() => String, { nullable: true, description: 'Only those with this text in their name, ignoring case.' })
  nameContains?: string;
}

@InputType({ description: 'Lock-out rules to change; what is left out stays.' })
export class LockoutSettingsInput {
  @Field(() => Boolean, { nullable: true, description: 'Whether failures are counted at all.' })
  isEnabled?: boolean;
  @Field(() => Int, {
    nullable: true,
    description: 'Failures of an account inside the window before it is blocked: 1 ... 1000.',
  })
  accountLimit?: number;
  @Field(() => Int, { nullable: true, description: 'The window of the account rule, in seconds.' })
  accountWindowSeconds?: number;
  @Field(() => LockoutGrowth, { nullable: true, description: 'How the wait grows.' })
  growth?: LockoutGrowth;
  @Field(() => Int, { nullable: true, description: 'The first wait, in seconds.' })
  baseWaitSeconds?: number;
  @Field(() => Int, { nullable: true, description: 'The longest wait, in seconds.' })
  maxWaitSeconds?: number;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the account is disabled instead of blocked for a time.',
  })
  isPermanent?: boolean;
  @Field(() => Int, { nullable: true, description: 'Failures of one address before it is blocked; 0 = no such rule.' })
  ipLimit?: number;
  @Field(() => Int, { nullable: true, description: 'The window of the address rule, in seconds.' })
  ipWindowSeconds?: number;
  @Field(() => Int, {
    nullable: true,
    description: 'Attempts less than this many milliseconds apart are quick; 0 = no such rule.',
  })
  quickMilliseconds?: number;
  @Field(() => Int, { nullable: true, description: 'Quick attempts allowed in a row.' })
  quickTries?: number;
  @Field(() => Int, { nullable: true, description: 'The wait after quick attempts, in seconds.' })
  quickWaitSeconds?: number;
  @Field(() => Int, {
    nullable: true,
    description: 'Failures of the whole tenant before unknown devices wait; 0 = no such rule.',
  })
  tenantBudget?: number;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether a device the account is known on is exempt from the account rule.',
  })
  exemptsKnownDevices?: boolean;
}

@InputType({ description: 'Settings to change; what is left out stays. Null where a setting allows it.' })
export class TenantSettingsInput {
  @Field(() => Boolean, { nullable: true, description: 'Whether strangers may sign up.' })
  registration?: boolean;
  @Field(() => Boolean, { nullable: true, description: 'Whether the e-mail address is the username.' })
  emailIsUsername?: boolean;
  @Field(() => Boolean, { nullable: true, description: 'Whether no two users may share an e-mail address.' })
  uniqueEmail?: boolean;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether users may sign in with their e-mail address; needs `uniqueEmail`.',
  })
  signInByEmail?: boolean;
  @Field(() => Boolean, { nullable: true, description: 'Whether the e-mail address must be verified before sign-in.' })
  verifyEmail?: boolean;
  @Field(() => Int, {
    nullable: true,
    description: 'Least length of a password that is the only factor; 0 = no policy.',
  })
  passwordMinLength?: number;
  @Field(() => Int, { nullable: true, description: 'Least length of a password where a second factor is required.' })
  passwordMinLengthWithFactor?: number;
  @Field(() => [String], { nullable: true, description: 'Words a password may not contain; replaces the list.' })
  passwordForbiddenWords?: string[];
  @Field(() => Int, { nullable: true, description: 'A session unused for so many seconds ends.' })
  sessionIdleSeconds?: number;
  @Field(() => Int, { nullable: true, description: 'A session ends after so many seconds.' })
  sessionSeconds?: number;
  @Field(() => Int, {
    nullable: true,
    description: "Lifetime of access tokens in seconds; null = the issuer kind's own.",
  })
  accessTokenSeconds?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: "A refresh token unused for so many seconds ends; null = the issuer kind's own.",
  })
  refreshIdleSeconds?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: "A token family ends after so many seconds; null = the issuer kind's own.",
  })
  refreshSeconds?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'How old, in seconds, a sign-in may be when credentials are changed.',
  })
  reauthSeconds?: number;
  @Field(() => Boolean, { nullable: true, description: 'Whether the last administrator is protected from removal.' })
  protectLastAdmin?: boolean;
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether user-mode changes through the older APIs must name the end user's address.",
  })
  requireForwardedAddress?: boolean;
  @Field(() => Int, {
    nullable: true,
    description:
      'Days security events are kept. Where no tenant keeps them longer, 90 days or more are rounded up to whole months.',
  })
  eventRetentionDays?: number;
  @Field(() => [AttributeDefinitionType], {
    nullable: true,
    description:
      'What is demanded of attributes of users, at most 100; replaces the list. Stored values stay as they are.',
  })
  attributes?: AttributeDefinitionType[];
  @Field(() => LockoutSettingsInput, { nullable: true, description: 'Lock-out rules to change.' })
  lockout?: LockoutSettingsInput;
}

@InputType({ description: 'A tenant to make.' })
export class CreateTenantInput {
  @Field(() => String, {
    description:
      '2 to 63 letters, digits, "-" or "_", beginning with a letter or digit; unique ignoring case; never changes.',
  })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Name for people.' })
  displayName?: string | null;
  @Field(() => TenantTemplateName, { nullable: true, description: 'Whose defaults it starts with. Default NATIVE.' })
  template?: TenantTemplateName;
  @Field(() => TenantSettingsInput, { nullable: true, description: 'Settings that differ from the template.' })
  settings?: TenantSettingsInput;
}

@InputType({ description: 'What to change of a tenant; what is left out stays.' })
export class UpdateTenantInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => String, { nullable: true, description: 'Name for people; null removes it.' })
  displayName?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether it may be used.' })
  isEnabled?: boolean;
}

@InputType({ description: 'Settings of a tenant to change.' })
export class UpdateTenantSettingsInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
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

@ObjectType({ description: 'Result of a change to settings.' })
export class UpdateTenantSettingsPayload {
  @Field(() => TenantSettingsView, {
    nullable: true,
    description: 'All settings after the change; null when the caller may not read them.',
  })
  settings!: TenantSettingsView | null;
}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteTenantPayload {
  @Field(() => String, { description: 'Name of the tenant that is gone.' })
  name!: string;
}
