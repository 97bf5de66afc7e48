import { z } from 'zod';
import { hostNameOf, isStorableText, jsonBytes, patternFault } from '../kernel/index.ts';
import { IMAGE_PROOF_DEFAULTS, imageProofSettings } from './image-proof.ts';
import { ownTexts } from './own-texts.ts';
import { userProfile } from './user-profile.ts';

const YEAR = 31_536_000;
const TEN_YEARS = 10 * YEAR;
const seconds = (min: number, max = YEAR) => z.number().int().min(min).max(max);
/** Lifetimes for which 0 means that of something else. */
const secondsOrNone = seconds(0, TEN_YEARS);
const text = (max: number) => z.string().max(max).refine(isStorableText, 'No control characters.');
const LINK = seconds(1);

/** Lifetimes of tokens, codes, links and sessions of clients. */
const tokenSettings = z.strictObject({
  /** Access tokens that the authorization endpoint answers with. */
  implicitAccessSeconds: seconds(1),
  /** Whether a refresh token is replaced when it is used. */
  isRefreshSingleUse: z.boolean(),
  /** How often a replaced refresh token may be used once more. */
  refreshReuses: z.number().int().min(0).max(1000),
  offlineIdleSeconds: seconds(1, TEN_YEARS),
  /** Whether `offlineSeconds` applies. */
  isOfflineLimited: z.boolean(),
  offlineSeconds: seconds(1, TEN_YEARS),
  /** 0 = as long as the session. */
  clientSessionIdleSeconds: secondsOrNone,
  clientSessionSeconds: secondsOrNone,
  clientOfflineIdleSeconds: secondsOrNone,
  clientOfflineSeconds: secondsOrNone,
  codeSeconds: seconds(1),
  /** Pages on which a user carries out a required action. */
  actionSeconds: seconds(1),
  /** Sign-in pages. */
  signInSeconds: seconds(1),
  /** Links in mails that an administrator sends. */
  administratorLinkSeconds: LINK,
  /** Links in mails that users ask for. */
  userLinkSeconds: LINK,
  /** Codes and links for a new password: 600 at most, and where it is null. */
  recoveryLinkSeconds: LINK.nullable(),
  /** Null = as `userLinkSeconds`, as in the next two. */
  emailLinkSeconds: LINK.nullable(),
  actionsLinkSeconds: LINK.nullable(),
  accountLinkSeconds: LINK.nullable(),
  deviceCodeSeconds: seconds(1),
  devicePollSeconds: seconds(1, 600),
  backchannelSeconds: seconds(1),
  backchannelPollSeconds: seconds(0, 600),
  pushedRequestSeconds: seconds(1),
});

const characters = z.number().int().min(0).max(256);

/** An expression that every whole password has to match. */
const passwordPattern = z.string().superRefine((source, context) => {
  const isText = isStorableText(source) && source.trim() !== '';
  const fault = isText ? patternFault(source) : 'An expression is not blank and has no control characters.';
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

/**
 * What a new password must be besides its least length, and how long it stays. Rules for the kinds of characters make passwords no stronger (NIST SP
 * 800-63B-4 section 3.1.1.2), so none applies unless a tenant asks for it.
 */
const passwordRules = z.strictObject({
  /** Most characters; 0 = as many as the service takes. */
  maxLength: characters,
  /** Least digits. */
  digits: characters,
  lowerCaseLetters: characters,
  upperCaseLetters: characters,
  /** Least characters that are neither letters nor digits. */
  specialCharacters: characters,
  /** Whether it may not be the username, ignoring case. */
  isNotUsername: z.boolean(),
  /** Whether it may not contain the username, ignoring case. */
  isWithoutUsername: z.boolean(),
  /** Whether it may not be the e-mail address, ignoring case. */
  isNotEmail: z.boolean(),
  /** Whether it may not be one of those that are guessed first; with a least length it may not be in any case. */
  isNotCommon: z.boolean(),
  /** How many of the last passwords of an account it may not be, the present one included; 0 = it may be any. Each costs a hash. */
  history: z.number().int().min(0).max(24),
  /** Days after which another one has to be chosen at the next sign-in; 0 = never. */
  maxAgeDays: z.number().int().min(0).max(36_500),
  /** Expressions all of which it has to match as a whole (`kernel/linear-pattern.ts`). */
  patterns: z.array(passwordPattern).max(10),
});

/** Policy for one-time passwords. */
const otpSettings = z.strictObject({
  type: z.enum(['totp', 'hotp']),
  algorithm: z.enum(['SHA1', 'SHA256', 'SHA512']),
  /** First counter of `hotp`. */
  initialCounter: z.number().int().min(0).max(1_000_000_000),
  digits: z.union([z.literal(6), z.literal(8)]),
  /** Periods or counters beside the present one in which a code is accepted. */
  lookAhead: z.number().int().min(0).max(20),
  periodSeconds: seconds(1, 300),
  /** Whether a code may be used twice. */
  canBeReused: z.boolean(),
});

/** When asking again for a code ends in a block. */
const otpResendSettings = z.strictObject({
  isEnabled: z.boolean(),
  limit: z.number().int().min(1).max(1000),
  waitSeconds: seconds(0),
  windowSeconds: seconds(0),
});

const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'EdDSA'] as const;

/** Policy for keys of WebAuthn. Null leaves a choice to the authenticator. */
const webauthnSettings = z.strictObject({
  /** Null = the name of the service. */
  rpName: text(255).min(1).nullable(),
  /** Null = the host of the request. */
  rpId: z
    .string()
    .refine((id) => hostNameOf(id) === id, 'A domain in lower case.')
    .nullable(),
  algorithms: z.array(z.enum(ALGORITHMS)).min(1).max(ALGORITHMS.length),
  attestation: z.enum(['none', 'indirect', 'direct', 'enterprise']).nullable(),
  attachment: z.enum(['platform', 'cross-platform']).nullable(),
  /** Whether the key must be discoverable. */
  isResident: z.boolean().nullable(),
  userVerification: z.enum(['required', 'preferred', 'discouraged']).nullable(),
  /** 0 = the default of the browser. */
  timeoutSeconds: seconds(0, 31_536),
  /** Whether an authenticator that has a key of the user is refused. */
  isUniquePerUser: z.boolean(),
  /** Models of authenticators; none = all. 200 of 36 characters are 8 KB. */
  aaguids: z.array(z.guid()).max(200),
});

const header = text(2000).nullable();

/** Security headers of pages; null = that of the service, an empty text = none. */
const browserHeaderSettings = z.strictObject({
  contentSecurityPolicy: header,
  contentSecurityPolicyReportOnly: header,
  frameOptions: header,
  contentTypeOptions: header,
  robotsTag: header,
  xssProtection: header,
  strictTransportSecurity: header,
  referrerPolicy: header,
});

const ALIAS = text(255).min(1);

/** Most bytes of one setting that is a list of objects, because the settings of active tenants are cached in memory. */
const MAX_LIST_BYTES = 32 * 1024;

/** Actions that can be required of users, by alias. The usual ten are 2 KB. */
const requiredActions = z
  .array(
    z.strictObject({
      alias: ALIAS,
      name: ALIAS,
      providerId: ALIAS,
      isEnabled: z.boolean(),
      /** Whether it is required of new users. */
      isDefault: z.boolean(),
      priority: z.number().int().min(0).max(1_000_000),
      config: z.record(ALIAS, text(255)).refine((config) => Object.keys(config).length <= 20, 'At most 20 members.'),
    }),
  )
  .max(100)
  .refine((actions) => new Set(actions.map(({ alias }) => alias)).size === actions.length, 'An alias stands once.')
  .refine((actions) => jsonBytes(actions) <= MAX_LIST_BYTES, `All actions have at most ${MAX_LIST_BYTES} bytes.`)
  .nullable();

/** A server for the mails of the tenant. */
const mailServer = z
  .strictObject({
    host: text(253).regex(/^[A-Za-z0-9.:[\]-]+$/, 'A host name or an address.'),
    port: z.number().int().min(1).max(65_535).nullable(),
    /** Whether the connection begins with TLS. */
    isTls: z.boolean(),
    /** Whether the connection changes to TLS. */
    isStartTls: z.boolean(),
    user: text(255).min(1).nullable(),
    passwordSealed: z.string().max(2000).nullable(),
    from: text(255).min(1),
    fromName: text(255).nullable(),
    replyTo: text(255).nullable(),
    replyToName: text(255).nullable(),
    envelopeFrom: text(255).nullable(),
  })
  .nullable();

const moment = z.iso.datetime().nullable();

/** Whether a text is the origin of a page that browsers let use keys: `https`, or of the user's device. */
function isOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  const isTrusted = url.protocol === 'https:' || (url.protocol === 'http:' && url.hostname === 'localhost');
  return isTrusted && url.origin === origin;
}

/** For each list of events the moment before which it shows none; null: it shows all. */
const hiddenEvents = z.strictObject({
  /** What users did. */
  activity: moment,
  /** What was changed by others. */
  changes: moment,
});

/** Settings in groups, each replaced member by member. */
export const POLICIES = {
  tokens: tokenSettings,
  passwordRules,
  otp: otpSettings,
  otpResend: otpResendSettings,
  securityKeys: webauthnSettings,
  passkeys: webauthnSettings,
  browserHeaders: browserHeaderSettings,
  imageProof: imageProofSettings,
} as const;

/** Settings that are replaced as a whole. */
export const KEPT = {
  /** Whether the sign-in page offers a new password by mail. */
  resetPassword: z.boolean(),
  /** Whether the sign-in page offers to prove an image in place of a password. */
  offersImageSignIn: z.boolean(),
  /** Whether the sign-in page offers passkeys in place of a password, where users may have them. */
  offersPasskeySignIn: z.boolean(),
  /** Whether usernames can be changed together with what else an account has (`flows/provision-user.ts`). */
  changeUsername: z.boolean(),
  /** Languages of pages and mails; none = all of the service. The first is that of mails to users without a language. */
  locales: z.array(text(35).regex(/^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$/, 'A language tag (RFC 5646).')).max(50),
  /** Null = those that the service has. */
  requiredActions,
  mailServer,
  hiddenEvents,
  /** Texts in place of those of the service, by language and key. */
  texts: ownTexts,
  /** Attributes of users and their rules; null: no rules but those of the service. */
  userProfile,
  /** Whether users sign in elsewhere and prove only a second factor here. Fixed when the tenant is made. */
  isSecondFactorOnly: z.boolean(),
  /** Whether users may have passkeys. */
  isPasskeyEnabled: z.boolean(),
  /** Origins whose pages may use the tenant's passkeys, beside those of its hosts (WebAuthn Level 3 section 5.11). */
  passkeyOrigins: z
    .array(text(255).refine(isOrigin, 'Not an origin, such as "https://app.example.com".'))
    .max(20)
    .refine((origins) => new Set(origins).size === origins.length, 'An origin stands once.'),
} as const;

const policySettings = z.strictObject({ ...KEPT, ...POLICIES });

const WEBAUTHN: z.output<typeof webauthnSettings> = {
  rpName: null,
  rpId: null,
  algorithms: ['ES256'],
  attestation: null,
  attachment: null,
  isResident: null,
  userVerification: null,
  timeoutSeconds: 0,
  isUniquePerUser: false,
  aaguids: [],
};

/** Defaults of the settings of this file, in all templates. */
export const POLICY_DEFAULTS: z.output<typeof policySettings> = {
  resetPassword: false,
  offersImageSignIn: false,
  offersPasskeySignIn: false,
  changeUsername: false,
  locales: [],
  requiredActions: null,
  mailServer: null,
  hiddenEvents: { activity: null, changes: null },
  texts: {},
  userProfile: null,
  isSecondFactorOnly: false,
  isPasskeyEnabled: false,
  passkeyOrigins: [],
  tokens: {
    implicitAccessSeconds: 900,
    isRefreshSingleUse: false,
    refreshReuses: 0,
    offlineIdleSeconds: 2_592_000,
    isOfflineLimited: false,
    offlineSeconds: 5_184_000,
    clientSessionIdleSeconds: 0,
    clientSessionSeconds: 0,
    clientOfflineIdleSeconds: 0,
    clientOfflineSeconds: 0,
    codeSeconds: 60,
    actionSeconds: 300,
    signInSeconds: 1800,
    administratorLinkSeconds: 43_200,
    userLinkSeconds: 300,
    recoveryLinkSeconds: null,
    emailLinkSeconds: null,
    actionsLinkSeconds: null,
    accountLinkSeconds: null,
    deviceCodeSeconds: 600,
    devicePollSeconds: 5,
    backchannelSeconds: 120,
    backchannelPollSeconds: 5,
    pushedRequestSeconds: 60,
  },
  passwordRules: {
    maxLength: 0,
    digits: 0,
    lowerCaseLetters: 0,
    upperCaseLetters: 0,
    specialCharacters: 0,
    isNotUsername: false,
    isWithoutUsername: false,
    isNotEmail: false,
    isNotCommon: false,
    history: 0,
    maxAgeDays: 0,
    patterns: [],
  },
  otp: {
    type: 'totp',
    algorithm: 'SHA1',
    initialCounter: 0,
    digits: 6,
    lookAhead: 1,
    periodSeconds: 30,
    canBeReused: false,
  },
  otpResend: { isEnabled: false, limit: 1, waitSeconds: 0, windowSeconds: 0 },
  securityKeys: WEBAUTHN,
  passkeys: WEBAUTHN,
  browserHeaders: {
    contentSecurityPolicy: null,
    contentSecurityPolicyReportOnly: null,
    frameOptions: null,
    contentTypeOptions: null,
    robotsTag: null,
    xssProtection: null,
    strictTransportSecurity: null,
    referrerPolicy: null,
  },
  imageProof: IMAGE_PROOF_DEFAULTS,
};

/** The server for the mails of a tenant, as it is stored. */
export type MailServer = NonNullable<z.output<typeof mailServer>>;
