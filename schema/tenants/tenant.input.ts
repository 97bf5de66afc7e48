import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { AttributeDefinitionType } from './attribute-definition.type.ts';
import { IMAGE_PROOF_SETTINGS, IMAGE_PROOFS } from './image-proof.types.ts';
import {
  BROWSER_HEADER_SETTINGS,
  HEADERS_STORED,
  LIFETIMES_STORED,
  MailServerInput,
  OTP_RESEND_SETTINGS,
  OTP_SETTINGS,
  PASSWORD_RULE_SETTINGS,
  PASSWORD_RULES,
  RequiredActionChangesInput,
  RequiredActionSettings,
  STORED_ONLY,
  TOKEN_SETTINGS,
  WEBAUTHN_SETTINGS,
} from './policy.types.ts';
import { LockoutGrowth, TenantSettingsView, TenantTemplateName, TenantType } from './tenant.type.ts';

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

@InputType({ description: 'Lock-out rules to change; absent members stay.' })
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
    description: 'Milliseconds within which `quickTries` failures are allowed; 0 = no such rule.',
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
    description: 'Whether devices on which the account is known are exempt from the account rule.',
  })
  exemptsKnownDevices?: boolean;
}

@InputType({
  description: 'Settings to change; absent members stay. Null is accepted only where a description mentions it.',
})
export class TenantSettingsInput {
  @Field(() => Boolean, { nullable: true, description: 'Whether new users may sign up by themselves.' })
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
    description: 'Smallest length of a password that is the only factor; 0 = no policy.',
  })
  passwordMinLength?: number;
  @Field(() => Int, { nullable: true, description: 'Smallest length of a password when a second factor is required.' })
  passwordMinLengthWithFactor?: number;
  @Field(() => [String], { nullable: true, description: 'Words a password may not contain; replaces the list.' })
  passwordForbiddenWords?: string[];
  @Field(() => Int, { nullable: true, description: 'Seconds after which an unused session ends.' })
  sessionIdleSeconds?: number;
  @Field(() => Int, { nullable: true, description: 'Seconds after which a session ends, used or not.' })
  sessionSeconds?: number;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether users may choose to stay signed in after the browser is closed.',
  })
  rememberMe?: boolean;
  @Field(() => Int, {
    nullable: true,
    description: 'As `sessionSeconds`, for sessions whose user chose to stay signed in; 0 = the same.',
  })
  rememberSeconds?: number;
  @Field(() => Int, {
    nullable: true,
    description: 'As `sessionIdleSeconds`, for sessions whose user chose to stay signed in; 0 = the same.',
  })
  rememberIdleSeconds?: number;
  @Field(() => Int, {
    nullable: true,
    description: 'Lifetime of access tokens in seconds; null = the default of the issuer.',
  })
  accessTokenSeconds?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Seconds after which an unused refresh token expires; null = the default of the issuer.',
  })
  refreshIdleSeconds?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Seconds after which a token family expires; null = the default of the issuer.',
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
    description: "Whether changes that users make through the older APIs must name the end user's address.",
  })
  requireForwardedAddress?: boolean;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether each authorization code that an application gets has the event `authorization.granted`. Tokens have their event in any case.',
  })
  recordAuthorizations?: boolean;
  @Field(() => Int, {
    nullable: true,
    description:
      'Number of days that security events are kept. Where no tenant keeps them longer, 90 days or more are rounded up to whole months.',
  })
  eventRetentionDays?: number;
  @Field(() => [AttributeDefinitionType], {
    nullable: true,
    description: 'Definitions of attributes of users, at most 100; replaces the list. Stored values stay as they are.',
  })
  attributes?: AttributeDefinitionType[];
  @Field(() => LockoutSettingsInput, { nullable: true, description: 'Lock-out rules to change.' })
  lockout?: LockoutSettingsInput;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the sign-in page offers a new password by mail. It is stored, and does not act yet.',
  })
  resetPassword?: boolean;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether usernames can be changed by `configureUser`, which ignores them otherwise.',
  })
  changeUsername?: boolean;
  @Field(() => [String], {
    nullable: true,
    description:
      'Languages of pages and mails (RFC 5646), at most 50; replaces the list. The first is that of mails to users without a language; the others are stored, and do not act yet.',
  })
  locales?: string[];
  @Field(() => [RequiredActionSettings], {
    nullable: true,
    description: `Actions that can be required of users, at most 100 and 32 KiB; replaces the list. Null = those of the service.`,
  })
  requiredActions?: RequiredActionSettings[] | null;
  @Field(() => RequiredActionChangesInput, {
    nullable: true,
    description:
      'Changes to single actions of that list, after `requiredActions` where it is given. The others stay, also those that another caller adds at the same moment.',
  })
  requiredActionChanges?: RequiredActionChangesInput | null;
  @Field(() => MailServerInput, {
    nullable: true,
    description: 'The server for the mails of the tenant, replaced as a whole; null = that of the service.',
  })
  mailServer?: MailServerInput | null;
  @Field(() => TOKEN_SETTINGS.written, { nullable: true, description: `Lifetimes to change. ${LIFETIMES_STORED}` })
  tokens?: object;
  @Field(() => PASSWORD_RULE_SETTINGS.written, { nullable: true, description: `${PASSWORD_RULES} Absent ones stay.` })
  passwordRules?: object;
  @Field(() => OTP_SETTINGS.written, {
    nullable: true,
    description: 'Policy for new apps of one-time passwords to change.',
  })
  otp?: object;
  @Field(() => OTP_RESEND_SETTINGS.written, {
    nullable: true,
    description: 'Rules for asking again for a code to change.',
  })
  otpResend?: object;
  @Field(() => WEBAUTHN_SETTINGS.written, {
    nullable: true,
    description: `Policy for security keys to change. ${STORED_ONLY}`,
  })
  securityKeys?: object;
  @Field(() => WEBAUTHN_SETTINGS.written, {
    nullable: true,
    description: `Policy for passkeys to change. ${STORED_ONLY}`,
  })
  passkeys?: object;
  @Field(() => BROWSER_HEADER_SETTINGS.written, {
    nullable: true,
    description: `Security headers of pages to change. ${HEADERS_STORED}`,
  })
  browserHeaders?: object;
  @Field(() => IMAGE_PROOF_SETTINGS.written, { nullable: true, description: `${IMAGE_PROOFS} Absent ones stay.` })
  imageProof?: object;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether users sign in elsewhere and prove only a second factor here. It can be chosen for a new tenant and not be changed later.',
  })
  isSecondFactorOnly?: boolean;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether users may have passkeys. It is stored, and does not act yet.',
  })
  isPasskeyEnabled?: boolean;
  @Field(() => [String], {
    nullable: true,
    description:
      'Origins whose pages may use the passkeys of the tenant, such as `https://app.example.com`, at most 20; replaces the list.',
  })
  passkeyOrigins?: string[];
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
