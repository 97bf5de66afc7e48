import { Field, InputType, Int } from 'type-graphql';
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
  TOKEN_SETTINGS,
  WEBAUTHN_SETTINGS,
} from './policy.types.ts';
import { LockoutGrowth } from './tenant.type.ts';

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
    description: 'Whether the sign-in page gives a new password for a forgotten one, by a code in a mail.',
  })
  resetPassword?: boolean;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the sign-in page offers to prove an image in place of a password.',
  })
  offersImageSignIn?: boolean;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the sign-in page offers passkeys in place of a password, where `isPasskeyEnabled` is true.',
  })
  offersPasskeySignIn?: boolean;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether usernames can be changed by `configureUser`, which ignores them otherwise.',
  })
  changeUsername?: boolean;
  @Field(() => [String], {
    nullable: true,
    description:
      'Languages of pages and mails (RFC 5646), at most 50; replaces the list. The first is that of mails to users without a language.',
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
    description: 'Policy for security keys to change.',
  })
  securityKeys?: object;
  @Field(() => WEBAUTHN_SETTINGS.written, {
    nullable: true,
    description: 'Policy for passkeys to change.',
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
    description: 'Whether users may have passkeys and security keys.',
  })
  isPasskeyEnabled?: boolean;
  @Field(() => [String], {
    nullable: true,
    description:
      'Origins whose pages may use the passkeys of the tenant, such as `https://app.example.com`, at most 20; replaces the list.',
  })
  passkeyOrigins?: string[];
}
