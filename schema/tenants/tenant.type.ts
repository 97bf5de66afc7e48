import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';
import { AttributeDefinitionType } from './attribute-definition.type.ts';
import { IMAGE_PROOF_SETTINGS, IMAGE_PROOFS } from './image-proof.types.ts';
import {
  BROWSER_HEADER_SETTINGS,
  HEADERS_STORED,
  LIFETIMES_STORED,
  MailServerType,
  OTP_RESEND_SETTINGS,
  OTP_SETTINGS,
  PASSWORD_RULE_SETTINGS,
  PASSWORD_RULES,
  RequiredActionSettings,
  TOKEN_SETTINGS,
  WEBAUTHN_SETTINGS,
} from './policy.types.ts';

export enum LockoutGrowth {
  LINEAR = 'linear',
  DOUBLING = 'doubling',
}
registerEnumType(LockoutGrowth, {
  name: 'LockoutGrowth',
  description: 'How the wait grows with failures.',
  valuesConfig: {
    LINEAR: { description: 'The base wait times (failures / limit), counted from the last failure.' },
    DOUBLING: {
      description: 'The wait doubles with each consecutive block; failures are counted in a sliding window.',
    },
  },
});

export enum TenantTemplateName {
  NATIVE = 'native',
  REALM = 'realm',
  IMAGE = 'image',
}
registerEnumType(TenantTemplateName, {
  name: 'TenantTemplate',
  description: 'Template whose defaults a tenant starts with.',
  valuesConfig: {
    NATIVE: { description: 'The defaults of this service.' },
    REALM: { description: 'Defaults of a realm: no password policy, no lock-out until one is set.' },
    IMAGE: {
      description:
        'Defaults for image proofs: verification required, strict lock-out, and the last administrator is protected.',
    },
  },
});

@ObjectType({ description: 'When failed attempts lead to a block.' })
export class LockoutSettings {
  @Field(() => Boolean, { name: 'isEnabled', description: 'Whether failures are counted at all.' })
  enabled!: boolean;
  @Field(() => Int, { description: 'Failures of an account inside the window before it is blocked.' })
  accountLimit!: number;
  @Field(() => Int, { description: 'The window of the account rule, in seconds.' })
  accountWindowSeconds!: number;
  @Field(() => LockoutGrowth, { description: 'How the wait grows.' })
  growth!: LockoutGrowth;
  @Field(() => Int, { description: 'The first wait, in seconds.' })
  baseWaitSeconds!: number;
  @Field(() => Int, { description: 'The longest wait, in seconds.' })
  maxWaitSeconds!: number;
  @Field(() => Boolean, {
    name: 'isPermanent',
    description: 'Whether the account is disabled instead of blocked for a time.',
  })
  permanent!: boolean;
  @Field(() => Int, {
    description: 'Failures of one address inside its window before it is blocked; 0 = no such rule.',
  })
  ipLimit!: number;
  @Field(() => Int, { description: 'The window of the address rule, in seconds.' })
  ipWindowSeconds!: number;
  @Field(() => Int, { description: 'Milliseconds within which `quickTries` failures are allowed; 0 = no such rule.' })
  quickMilliseconds!: number;
  @Field(() => Int, { description: 'Quick attempts allowed in a row.' })
  quickTries!: number;
  @Field(() => Int, { description: 'The wait after quick attempts, in seconds.' })
  quickWaitSeconds!: number;
  @Field(() => Int, {
    description:
      'Failures of the whole tenant inside the address window before unknown devices wait; 0 = no such rule.',
  })
  tenantBudget!: number;
  @Field(() => Boolean, {
    name: 'exemptsKnownDevices',
    description: 'Whether devices on which the account is known are exempt from the account rule.',
  })
  exemptKnownDevices!: boolean;
}

@ObjectType('TenantSettings', {
  description: 'The settings of a tenant. A setting that was not changed has the default of the template.',
})
@RequiresScopes(['setting:read'])
@Owned({ account: null })
export class TenantSettingsView {
  tenantId!: string;
  @Field(() => Boolean, { description: 'Whether new users may sign up by themselves.' })
  registration!: boolean;
  @Field(() => Boolean, { description: 'Whether the e-mail address is the username.' })
  emailIsUsername!: boolean;
  @Field(() => Boolean, { description: 'Whether no two users may share an e-mail address.' })
  uniqueEmail!: boolean;
  @Field(() => Boolean, { description: 'Whether users may sign in with their e-mail address.' })
  signInByEmail!: boolean;
  @Field(() => Boolean, { description: 'Whether the e-mail address must be verified before sign-in.' })
  verifyEmail!: boolean;
  @Field(() => Int, { description: 'Smallest length of a password that is the only factor; 0 = no policy.' })
  passwordMinLength!: number;
  @Field(() => Int, { description: 'Smallest length of a password when a second factor is required.' })
  passwordMinLengthWithFactor!: number;
  @Field(() => [String], { description: 'Words a password may not contain.' })
  passwordForbiddenWords!: string[];
  @Field(() => Int, { description: 'Seconds after which an unused session ends.' })
  sessionIdleSeconds!: number;
  @Field(() => Int, { description: 'Seconds after which a session ends, used or not.' })
  sessionSeconds!: number;
  @Field(() => Boolean, {
    description: 'Whether users may choose to stay signed in after the browser is closed.',
  })
  rememberMe!: boolean;
  @Field(() => Int, {
    description: 'As `sessionSeconds`, for sessions whose user chose to stay signed in; 0 = the same.',
  })
  rememberSeconds!: number;
  @Field(() => Int, {
    description: 'As `sessionIdleSeconds`, for sessions whose user chose to stay signed in; 0 = the same.',
  })
  rememberIdleSeconds!: number;
  @Field(() => Int, {
    nullable: true,
    description: 'Lifetime of access tokens in seconds; null = the default of the issuer.',
  })
  accessTokenSeconds!: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Seconds after which an unused refresh token expires; null = the default of the issuer.',
  })
  refreshIdleSeconds!: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Seconds after which a token family expires; null = the default of the issuer.',
  })
  refreshSeconds!: number | null;
  @Field(() => Int, { description: 'How old, in seconds, a sign-in may be when credentials are changed.' })
  reauthSeconds!: number;
  @Field(() => Boolean, { description: 'Whether the last administrator is protected from removal.' })
  protectLastAdmin!: boolean;
  @Field(() => Boolean, {
    description: "Whether changes that users make through the older APIs must name the end user's address.",
  })
  requireForwardedAddress!: boolean;
  @Field(() => Boolean, {
    description:
      'Whether each authorization code that an application gets has the event `authorization.granted`. Tokens have their event in any case.',
  })
  recordAuthorizations!: boolean;
  @Field(() => Int, {
    description:
      'Number of days that security events are kept. Where no tenant keeps them longer, 90 days or more are rounded up to whole months.',
  })
  eventRetentionDays!: number;
  @Field(() => [AttributeDefinitionType], { description: 'Definitions of attributes of users.' })
  attributes!: AttributeDefinitionType[];
  @Field(() => LockoutSettings, { description: 'When failed attempts lead to a block.' })
  lockout!: LockoutSettings;
  @Field(() => Boolean, {
    description: 'Whether the sign-in page gives a new password for a forgotten one, by a code in a mail.',
  })
  resetPassword!: boolean;
  @Field(() => Boolean, {
    description: 'Whether the sign-in page offers to prove an image in place of a password.',
  })
  offersImageSignIn!: boolean;
  @Field(() => Boolean, {
    description: 'Whether the sign-in page offers passkeys in place of a password, where `isPasskeyEnabled` is true.',
  })
  offersPasskeySignIn!: boolean;
  @Field(() => Boolean, {
    description: 'Whether usernames can be changed by `configureUser`, which ignores them otherwise.',
  })
  changeUsername!: boolean;
  @Field(() => [String], {
    description:
      'Languages of pages and mails; none = all of the service. The first is that of mails to users without a language.',
  })
  locales!: string[];
  @Field(() => [RequiredActionSettings], {
    nullable: true,
    description: `Actions that can be required of users; null = those of the service.`,
  })
  requiredActions!: RequiredActionSettings[] | null;
  @Field(() => MailServerType, {
    nullable: true,
    description: 'The server for the mails of the tenant; null = that of the service.',
  })
  mailServer!: MailServerType | null;
  @Field(() => TOKEN_SETTINGS.shown, { description: `Lifetimes. ${LIFETIMES_STORED}` })
  tokens!: object;
  @Field(() => PASSWORD_RULE_SETTINGS.shown, { description: PASSWORD_RULES })
  passwordRules!: object;
  @Field(() => OTP_SETTINGS.shown, { description: 'Policy for new apps of one-time passwords.' })
  otp!: object;
  @Field(() => OTP_RESEND_SETTINGS.shown, {
    description: 'When asking again for a code ends in a block.',
  })
  otpResend!: object;
  @Field(() => WEBAUTHN_SETTINGS.shown, { description: 'Policy for security keys, a second factor alone.' })
  securityKeys!: object;
  @Field(() => WEBAUTHN_SETTINGS.shown, { description: 'Policy for passkeys, which need no password.' })
  passkeys!: object;
  @Field(() => BROWSER_HEADER_SETTINGS.shown, { description: `Security headers of pages. ${HEADERS_STORED}` })
  browserHeaders!: object;
  @Field(() => IMAGE_PROOF_SETTINGS.shown, { description: IMAGE_PROOFS })
  imageProof!: object;
  @Field(() => Boolean, {
    description:
      'Whether users sign in elsewhere and prove only a second factor here, for which each request to the issuers API and ROOT has to ask; fixed when the tenant is made.',
  })
  isSecondFactorOnly!: boolean;
  @Field(() => Boolean, {
    description: 'Whether users may have passkeys and security keys.',
  })
  isPasskeyEnabled!: boolean;
  @Field(() => [String], {
    description:
      'Origins whose pages may use the passkeys of the tenant, beside those of its hosts (WebAuthn Level 3 section 5.11).',
  })
  passkeyOrigins!: string[];
  @Field(() => GraphQLJSONObject, {
    description:
      'Texts of the tenant in place of those of the service, by language and then by key (`setTenantText`): those of mails act, others are stored.',
  })
  texts!: object;
}

@ObjectType('TenantAdministrator', { description: 'The user whom a tenant was made with.' })
export class TenantAdministratorType {
  @Field(() => String, { description: 'Username.' })
  username!: string;
  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  email!: string | null;
  @Field(() => Boolean, { description: 'Whether the e-mail address is verified.' })
  emailVerified!: boolean;
  @Field(() => Boolean, { name: 'isEnabled', description: 'Whether the account may be used.' })
  enabled!: boolean;
  @Field(() => Date, { description: 'When the account was made.' })
  createdAt!: Date;
}

@ObjectType('Tenant', {
  implements: Node,
  description: 'A tenant: an organisation with its own users, clients, keys and rules.',
})
@RequiresScopes(['tenant:read'])
@Owned({ tenant: 'id', account: null })
export class TenantType extends Node {
  @Field(() => String, { description: 'Name in paths and issuers; never changes.' })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Display name.' })
  displayName!: string | null;
  @Field(() => Boolean, {
    name: 'isEnabled',
    description: 'Whether callers other than those whose permission reaches all tenants may use the tenant.',
  })
  enabled!: boolean;
  @Field(() => TenantTemplateName, { description: 'Template whose defaults the tenant started with.' })
  template!: TenantTemplateName;
  @Field(() => Date, { nullable: true, description: 'Tokens issued before this moment are refused; null = none.' })
  notBefore!: Date | null;
  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const TenantConnection = connectionOf(TenantType, 'Tenant');
