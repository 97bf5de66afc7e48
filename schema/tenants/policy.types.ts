import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { type GroupedSetting, settingsGroup } from './settings-group.ts';

/** Part of the description of lifetimes. */
export const LIFETIMES_STORED =
  '`implicitAccessSeconds`, `actionSeconds`, the last three of links, and those of devices, backchannel authentication and pushed requests are stored, and do not act yet.';

/** Part of the description of security headers. */
export const HEADERS_STORED =
  '`contentSecurityPolicy`, which is added to that of the service, `contentSecurityPolicyReportOnly` and `robotsTag` act on pages of sign-in; the others are stored.';

const int = (description: string): GroupedSetting => ({ type: () => Int, description });
const intOrNull = (description: string): GroupedSetting => ({ type: () => Int, description, canBeNull: true });
const text = (description: string): GroupedSetting => ({ type: () => String, description });
const textOrNull = (description: string): GroupedSetting => ({ type: () => String, description, canBeNull: true });
const yesNo = (description: string): GroupedSetting => ({ type: () => Boolean, description });
const texts = (description: string): GroupedSetting => ({ type: () => [String], description });

const OF_USER_LINKS = 'null = as `userLinkSeconds`.';

export const TOKEN_SETTINGS = settingsGroup(
  'TokenSettings',
  `Lifetimes of tokens, codes, links and sessions of applications, in seconds. ${LIFETIMES_STORED}`,
  {
    implicitAccessSeconds: int('Access tokens that the authorization endpoint answers with.'),
    isRefreshSingleUse: yesNo('Whether a refresh token is replaced when it is used.'),
    refreshReuses: int('How often a replaced refresh token of the issuer REALM may be used once more.'),
    offlineIdleSeconds: int('Offline sessions that are not used.'),
    isOfflineLimited: yesNo('Whether `offlineSeconds` applies.'),
    offlineSeconds: int('Offline sessions, used or not.'),
    clientSessionIdleSeconds: int(
      'Sessions of an application that are not used; 0 = as long as the session of the user.',
    ),
    clientSessionSeconds: int('Sessions of an application, used or not; 0 = as long as the session of the user.'),
    clientOfflineIdleSeconds: int('Offline sessions of an application that are not used; 0 = as `offlineIdleSeconds`.'),
    clientOfflineSeconds: int('Offline sessions of an application, used or not; 0 = as `offlineSeconds`.'),
    codeSeconds: int('Authorization codes.'),
    actionSeconds: int('Pages on which users carry out a required action.'),
    signInSeconds: int('Sign-in pages.'),
    administratorLinkSeconds: int('Links in mails that an administrator sends.'),
    userLinkSeconds: int('Links in mails that users ask for.'),
    recoveryLinkSeconds: intOrNull('Codes and links for a new password, at most 600; null = 600.'),
    emailLinkSeconds: intOrNull(`Links that verify an e-mail address; ${OF_USER_LINKS}`),
    actionsLinkSeconds: intOrNull(`Links to required actions; ${OF_USER_LINKS}`),
    accountLinkSeconds: intOrNull(`Links that verify an account of a provider by mail; ${OF_USER_LINKS}`),
    deviceCodeSeconds: int('Device codes.'),
    devicePollSeconds: int('Pause between two requests for the tokens of a device.'),
    backchannelSeconds: int('Requests for backchannel authentication.'),
    backchannelPollSeconds: int('Pause between two requests for the tokens of a backchannel authentication.'),
    pushedRequestSeconds: int('Pushed authorization requests.'),
  },
);

/** What the group of rules of passwords is. */
export const PASSWORD_RULES =
  'What new passwords must be besides their least length. Rules for the kinds of characters make them no stronger (NIST SP 800-63B-4), so none applies unless it is set.';

export const PASSWORD_RULE_SETTINGS = settingsGroup('PasswordRuleSettings', PASSWORD_RULES, {
  maxLength: int('Most characters, at most 256; 0 = as many as the service takes.'),
  digits: int('Least digits.'),
  lowerCaseLetters: int('Least lower-case letters.'),
  upperCaseLetters: int('Least capital letters.'),
  specialCharacters: int('Least characters that are neither letters nor digits.'),
  isNotUsername: yesNo('Whether a password may not be the username, ignoring case.'),
  isWithoutUsername: yesNo('Whether a password may not contain the username, ignoring case.'),
  isNotEmail: yesNo('Whether a password may not be the e-mail address, ignoring case.'),
  isNotCommon: yesNo(
    'Whether a password may not be one of those that are guessed first. Where there is a least length, it may not be in any case.',
  ),
  history: int(
    'How many of the last passwords of an account a new one may not be, the present one included, at most 24; 0 = it may be any.',
  ),
  maxAgeDays: int(
    'Days after which a user has to choose another password at the next sign-in, at most 36,500; 0 = never. Such changes make passwords no stronger either (NIST SP 800-63B-4).',
  ),
  patterns: texts(
    'Regular expressions all of which a whole password has to match, at most 10. They have characters, classes, groups, alternatives and quantifiers; references back, look-around and flags are refused.',
  ),
});

export const OTP_SETTINGS = settingsGroup('OtpSettings', 'Policy for new apps of one-time passwords.', {
  type: text('`totp` (RFC 6238) or `hotp` (RFC 4226).'),
  algorithm: text('`SHA1`, `SHA256` or `SHA512`.'),
  initialCounter: int('First counter of `hotp`.'),
  digits: int('Digits of a code: 6 or 8.'),
  lookAhead: int('Periods or counters beside the present one in which a code is accepted.'),
  periodSeconds: int('Period of `totp`.'),
  canBeReused: yesNo('Whether a code may be used twice.'),
});

export const OTP_RESEND_SETTINGS = settingsGroup('OtpResendSettings', 'When asking again for a code ends in a block.', {
  isEnabled: yesNo('Whether requests for another code are counted.'),
  limit: int('Requests inside the window before a block.'),
  waitSeconds: int('How long a block lasts.'),
  windowSeconds: int('Seconds after which the count begins again.'),
});

export const WEBAUTHN_SETTINGS = settingsGroup(
  'WebAuthnSettings',
  'Policy for new keys of WebAuthn. Null leaves a choice open.',
  {
    rpName: textOrNull('Name of the service that authenticators show; null = its default.'),
    rpId: textOrNull('Domain of the keys; null = the host of the request.'),
    algorithms: texts('Accepted algorithms: `ES256`, `ES384`, `ES512`, `RS256`, `RS384`, `RS512`, `EdDSA`.'),
    attestation: textOrNull('`none`, `indirect`, `direct` or `enterprise`.'),
    attachment: textOrNull('`platform` or `cross-platform`.'),
    isResident: {
      type: () => Boolean,
      description:
        'Whether the key must be discoverable; null = preferred for passkeys, discouraged for security keys.',
      canBeNull: true,
    },
    userVerification: textOrNull(
      '`required`, `preferred` or `discouraged`, which also holds for uses of security keys; null = required for passkeys, preferred for security keys. A use of a passkey always requires it.',
    ),
    timeoutSeconds: int('How long a browser waits for a new key, at most 300 s; 0 = its default.'),
    isUniquePerUser: yesNo('Whether an authenticator that has a key of the user is refused.'),
    aaguids: texts('Accepted models of authenticators, at most 200; none = all.'),
  },
);

export const BROWSER_HEADER_SETTINGS = settingsGroup(
  'BrowserHeaderSettings',
  `Security headers of pages; null = that of the service, an empty text = none. ${HEADERS_STORED}`,
  {
    contentSecurityPolicy: textOrNull('`Content-Security-Policy`.'),
    contentSecurityPolicyReportOnly: textOrNull('`Content-Security-Policy-Report-Only`.'),
    frameOptions: textOrNull('`X-Frame-Options`.'),
    contentTypeOptions: textOrNull('`X-Content-Type-Options`.'),
    robotsTag: textOrNull('`X-Robots-Tag`.'),
    xssProtection: textOrNull('`X-XSS-Protection`.'),
    strictTransportSecurity: textOrNull('`Strict-Transport-Security`.'),
    referrerPolicy: textOrNull('`Referrer-Policy`.'),
  },
);

const REQUIRED_ACTION = 'An action that can be required of users before they are signed in.';

@ObjectType('RequiredActionSettings', { description: REQUIRED_ACTION })
@InputType('RequiredActionSettingsInput', { description: REQUIRED_ACTION })
export class RequiredActionSettings {
  @Field(() => String, { description: 'Name by which it is required.' })
  alias!: string;
  @Field(() => String, { description: 'Name for people.' })
  name!: string;
  @Field(() => String, { description: 'What carries it out.' })
  providerId!: string;
  @Field(() => Boolean, { description: 'Whether it can be required.' })
  isEnabled!: boolean;
  @Field(() => Boolean, { description: 'Whether it is required of new users.' })
  isDefault!: boolean;
  @Field(() => Int, { description: 'Its place among several; small numbers come first.' })
  priority!: number;
  @Field(() => GraphQLJSONObject, { description: 'Options of what carries it out: at most 20 texts by name.' })
  config!: Record<string, string>;
}

@InputType({ description: 'An action to add, or to change by its alias; absent members stay.' })
class RequiredActionChangeInput {
  @Field(() => String, { description: 'Name by which it is required.' })
  alias!: string;
  @Field(() => String, { nullable: true, description: 'Name for people. Default for a new action: its alias.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'What carries it out. Default for a new action: its alias.' })
  providerId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether it can be required. Default for a new action: true.' })
  isEnabled?: boolean | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is required of new users. Default for a new action: false.',
  })
  isDefault?: boolean | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Its place among several; small numbers come first. Default for a new action: 0.',
  })
  priority?: number | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Options of what carries it out: at most 20 texts by name, replaced as a whole. Default for a new action: none.',
  })
  config?: Record<string, string> | null;
}

@InputType({ description: 'Changes to single actions that can be required of users.' })
export class RequiredActionChangesInput {
  @Field(() => [RequiredActionChangeInput], { description: 'Actions to add, or to change by their alias.' })
  set!: RequiredActionChangeInput[];
  @Field(() => [RequiredActionSettings], {
    nullable: true,
    description: 'The actions to begin with where the list is null. Default: none.',
  })
  initial?: RequiredActionSettings[] | null;
}

const MAIL_SERVER = 'A server for the mails of the tenant, reached at port 25, 465, 587 or above 1023.';

@ObjectType('MailServer', { description: MAIL_SERVER })
export class MailServerType {
  @Field(() => String, { description: 'Host name or address.' })
  host!: string;
  @Field(() => Int, { nullable: true, description: 'Port; null = that of the protocol.' })
  port!: number | null;
  @Field(() => Boolean, { description: 'Whether the connection begins with TLS.' })
  isTls!: boolean;
  @Field(() => Boolean, { description: 'Whether the connection changes to TLS (STARTTLS).' })
  isStartTls!: boolean;
  @Field(() => String, { nullable: true, description: 'User name at the server; null = none is needed.' })
  user!: string | null;
  @Field(() => Boolean, { description: 'Whether there is a password, which is never shown.' })
  hasPassword!: boolean;
  @Field(() => String, { description: 'Address of the sender.' })
  from!: string;
  @Field(() => String, { nullable: true, description: 'Name of the sender.' })
  fromName!: string | null;
  @Field(() => String, { nullable: true, description: 'Address for answers.' })
  replyTo!: string | null;
  @Field(() => String, { nullable: true, description: 'Name at the address for answers.' })
  replyToName!: string | null;
  @Field(() => String, { nullable: true, description: 'Address for mails that cannot be delivered.' })
  envelopeFrom!: string | null;
}

@InputType('MailServerInput', { description: MAIL_SERVER })
export class MailServerInput {
  @Field(() => String, { description: 'Host name or address.' })
  host!: string;
  @Field(() => Int, { nullable: true, description: 'Port; null = that of the protocol.' })
  port?: number | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether the connection begins with TLS. Default false.' })
  isTls?: boolean | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the connection changes to TLS (STARTTLS). Default false.',
  })
  isStartTls?: boolean | null;
  @Field(() => String, { nullable: true, description: 'User name at the server; null = none is needed.' })
  user?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Password at the server; it is never shown. If it is absent or `**********`, the stored one stays, which needs the same server, encryption and user name. Null removes it.',
  })
  password?: string | null;
  @Field(() => String, { description: 'Address of the sender.' })
  from!: string;
  @Field(() => String, { nullable: true, description: 'Name of the sender.' })
  fromName?: string | null;
  @Field(() => String, { nullable: true, description: 'Address for answers.' })
  replyTo?: string | null;
  @Field(() => String, { nullable: true, description: 'Name at the address for answers.' })
  replyToName?: string | null;
  @Field(() => String, { nullable: true, description: 'Address for mails that cannot be delivered.' })
  envelopeFrom?: string | null;
}
