import { readPolicy, writePolicy } from './password-policy.ts';
import { fixed, kept, type Properties, type Property, setting } from './property.ts';
import {
  ATTACHMENT,
  ATTESTATION,
  FLAG,
  INTEGER,
  JOINED,
  LIST,
  NEGATED,
  OTP_ALGORITHM,
  OTP_TYPE,
  RESIDENT,
  TEXT,
  type ValueType,
  VERIFICATION,
} from './realm-values.ts';

const NAME_SHOWN = 'Keycloak';
const MAX_NAME = 255;

const DISPLAY_NAME: Property = {
  read: ({ displayName }) => displayName ?? NAME_SHOWN,
  write: (value, change) => {
    change.displayName = value === null ? null : String(value);
    return String(value).length <= MAX_NAME;
  },
};

const ENABLED: Property = {
  read: ({ isEnabled }) => isEnabled,
  write: (value, change) => {
    const flag = value === null ? true : FLAG.toGraph(value);
    if (flag === undefined) return false;
    change.isEnabled = flag as boolean;
    return true;
  },
};

const TOKEN_LIFE = 1800;
const seconds = (name: string, initial: number | null) => setting(`tokens.${name}`, INTEGER, initial);
const header = (name: string, shown: string | null) => setting(`browserHeaders.${name}`, TEXT, null, shown);

/** Policies for keys have two sets of names: those of properties, and those of settings. */
function webauthn(group: 'securityKeys' | 'passkeys', list: ValueType) {
  const of = (name: string, type: ValueType, initial: unknown, shown: unknown = null) =>
    setting(`${group}.${name}`, type, initial, shown);
  return {
    RpEntityName: of('rpName', TEXT, null, 'keycloak'),
    SignatureAlgorithms: of('algorithms', list, ['ES256']),
    RpId: of('rpId', TEXT, null),
    AttestationConveyancePreference: of('attestation', ATTESTATION, null),
    AuthenticatorAttachment: of('attachment', ATTACHMENT, null),
    RequireResidentKey: of('isResident', RESIDENT, null),
    UserVerificationRequirement: of('userVerification', VERIFICATION, null),
    CreateTimeout: of('timeoutSeconds', INTEGER, 0),
    AvoidSameAuthenticatorRegister: of('isUniquePerUser', FLAG, false),
    AcceptableAaguids: of('aaguids', list, []),
  };
}

const renamed = <V>(properties: Readonly<Record<string, V>>, rename: (name: string) => string): Record<string, V> =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [rename(name), value]));

const BRUTE_FORCE = {
  bruteForceProtected: setting('lockout.isEnabled', FLAG, false),
  permanentLockout: setting('lockout.isPermanent', FLAG, false),
  maxFailureWaitSeconds: setting('lockout.maxWaitSeconds', INTEGER, 900),
  minimumQuickLoginWaitSeconds: setting('lockout.quickWaitSeconds', INTEGER, 60),
  waitIncrementSeconds: setting('lockout.baseWaitSeconds', INTEGER, 60),
  quickLoginCheckMilliSeconds: setting('lockout.quickMilliseconds', INTEGER, 1000),
  maxDeltaTimeSeconds: setting('lockout.accountWindowSeconds', INTEGER, 43_200),
  failureFactor: setting('lockout.accountLimit', INTEGER, 30),
};

const CLIENT_SESSIONS = {
  clientSessionIdleTimeout: seconds('clientSessionIdleSeconds', 0),
  clientSessionMaxLifespan: seconds('clientSessionSeconds', 0),
  clientOfflineSessionIdleTimeout: seconds('clientOfflineIdleSeconds', 0),
  clientOfflineSessionMaxLifespan: seconds('clientOfflineSeconds', 0),
};

const OFFLINE = {
  offlineSessionMaxLifespanEnabled: setting('tokens.isOfflineLimited', FLAG, false),
  offlineSessionMaxLifespan: seconds('offlineSeconds', 5_184_000),
};

const LINKS = {
  actionTokenGeneratedByAdminLifespan: seconds('administratorLinkSeconds', 43_200),
  actionTokenGeneratedByUserLifespan: seconds('userLinkSeconds', 300),
};

const DEVICES = {
  oauth2DeviceCodeLifespan: seconds('deviceCodeSeconds', 600),
  oauth2DevicePollingInterval: seconds('devicePollSeconds', 5),
};

const DEFAULT_ALGORITHM = { defaultSignatureAlgorithm: kept('defaultSignatureAlgorithm', TEXT, 'RS256') };

/** The security headers of pages, by the names that a realm has for them. */
export const HEADERS = {
  contentSecurityPolicyReportOnly: header('contentSecurityPolicyReportOnly', null),
  xContentTypeOptions: header('contentTypeOptions', 'nosniff'),
  referrerPolicy: header('referrerPolicy', 'no-referrer'),
  xRobotsTag: header('robotsTag', 'none'),
  xFrameOptions: header('frameOptions', 'SAMEORIGIN'),
  contentSecurityPolicy: header(
    'contentSecurityPolicy',
    "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
  ),
  xXSSProtection: header('xssProtection', '1; mode=block'),
  strictTransportSecurity: header('strictTransportSecurity', 'max-age=31536000; includeSubDomains'),
};

const flow = (name: string, initial: string) => ({ [name]: kept(name, TEXT, initial) });
const flag = (name: string) => ({ [name]: kept(name, FLAG, false) });

/** The properties of a realm that are made from its settings, by name. */
export const REALM_PROPERTIES: Properties = {
  ...DEFAULT_ALGORITHM,
  revokeRefreshToken: setting('tokens.isRefreshSingleUse', FLAG, false),
  refreshTokenMaxReuse: seconds('refreshReuses', 0),
  accessTokenLifespan: setting('accessTokenSeconds', INTEGER, null, TOKEN_LIFE),
  accessTokenLifespanForImplicitFlow: seconds('implicitAccessSeconds', 900),
  ssoSessionIdleTimeout: setting('sessionIdleSeconds', INTEGER, 1800),
  ssoSessionMaxLifespan: setting('sessionSeconds', INTEGER, 36_000),
  ssoSessionIdleTimeoutRememberMe: setting('rememberIdleSeconds', INTEGER, 0),
  ssoSessionMaxLifespanRememberMe: setting('rememberSeconds', INTEGER, 0),
  offlineSessionIdleTimeout: seconds('offlineIdleSeconds', 2_592_000),
  ...OFFLINE,
  ...CLIENT_SESSIONS,
  accessCodeLifespan: seconds('codeSeconds', 60),
  accessCodeLifespanUserAction: seconds('actionSeconds', 300),
  accessCodeLifespanLogin: seconds('signInSeconds', 1800),
  ...LINKS,
  ...DEVICES,
  enabled: ENABLED,
  sslRequired: kept('sslRequired', TEXT, 'external'),
  registrationAllowed: setting('registration', FLAG, false),
  registrationEmailAsUsername: setting('emailIsUsername', FLAG, false),
  rememberMe: setting('rememberMe', FLAG, false),
  verifyEmail: setting('verifyEmail', FLAG, false),
  loginWithEmailAllowed: setting('signInByEmail', FLAG, true),
  duplicateEmailsAllowed: setting('uniqueEmail', NEGATED, true),
  resetPasswordAllowed: setting('resetPassword', FLAG, false),
  editUsernameAllowed: setting('changeUsername', FLAG, false),
  ...BRUTE_FORCE,
  requiredCredentials: fixed(() => ['password']),
  otpPolicyType: setting('otp.type', OTP_TYPE, 'totp'),
  otpPolicyAlgorithm: setting('otp.algorithm', OTP_ALGORITHM, 'SHA1'),
  otpPolicyInitialCounter: setting('otp.initialCounter', INTEGER, 0),
  otpPolicyDigits: setting('otp.digits', INTEGER, 6),
  otpPolicyLookAheadWindow: setting('otp.lookAhead', INTEGER, 1),
  otpPolicyPeriod: setting('otp.periodSeconds', INTEGER, 30),
  ...renamed(webauthn('securityKeys', LIST), (name) => `webAuthnPolicy${name}`),
  ...renamed(webauthn('passkeys', LIST), (name) => `webAuthnPolicyPasswordless${name}`),
  ...flag('eventsEnabled'),
  eventsListeners: kept('eventsListeners', LIST, ['jboss-logging']),
  ...flag('adminEventsEnabled'),
  ...flag('adminEventsDetailsEnabled'),
  ...flag('internationalizationEnabled'),
  supportedLocales: setting('locales', LIST, []),
  ...flow('browserFlow', 'browser'),
  ...flow('registrationFlow', 'registration'),
  ...flow('directGrantFlow', 'direct grant'),
  ...flow('resetCredentialsFlow', 'reset credentials'),
  ...flow('clientAuthenticationFlow', 'clients'),
  ...flow('dockerAuthenticationFlow', 'docker auth'),
  ...flag('userManagedAccessAllowed'),
};

/** The properties that only some APIs show with a realm. */
export const MORE_PROPERTIES: Properties = {
  ...flag('enableMtan'),
  disabledComponents: kept('disabledComponents', TEXT, null),
};

const text = (name: string, initial: string | null) => ({ [name]: kept(name, TEXT, initial) });

/** Rules of passwords as `length(12) and notUsername`. */
const KEPT_POLICY = kept('passwordPolicy', TEXT, null);
const PASSWORD_POLICY: Property = {
  read: (source) => writePolicy(source.settings, String(KEPT_POLICY.read(source) ?? '')),
  write: (value, change) => {
    const { settings, others } = readPolicy(String(value ?? ''));
    Object.assign(change.settings, settings);
    return KEPT_POLICY.write(others, change);
  },
};

/** The attributes of a realm that are settings as well. */
const SHARED_ATTRIBUTES: Properties = {
  ...text('cibaBackchannelTokenDeliveryMode', 'poll'),
  ...text('cibaAuthRequestedUserHint', 'login_hint'),
  ...DEVICES,
  ...CLIENT_SESSIONS,
  'actionTokenGeneratedByUserLifespan-execute-actions': seconds('actionsLinkSeconds', null),
  'actionTokenGeneratedByUserLifespan-verify-email': seconds('emailLinkSeconds', null),
  'actionTokenGeneratedByUserLifespan-reset-credentials': seconds('recoveryLinkSeconds', null),
  'actionTokenGeneratedByUserLifespan-idp-verify-account-via-email': seconds('accountLinkSeconds', null),
  realmReusableOtpCode: setting('otp.canBeReused', FLAG, false),
  cibaInterval: seconds('backchannelPollSeconds', 5),
  cibaExpiresIn: seconds('backchannelSeconds', 120),
  parRequestUriLifespan: seconds('pushedRequestSeconds', 60),
  ...text('shortVerificationUri', null),
};

/** The attributes of a realm, by name. */
export const REALM_ATTRIBUTES: Properties = {
  ...SHARED_ATTRIBUTES,
  otpBruteForceProtected: setting('otpResend.isEnabled', FLAG, false),
  otpFailureFactor: setting('otpResend.limit', INTEGER, 1),
  otpWaitIncrementSeconds: setting('otpResend.waitSeconds', INTEGER, 0),
  otpMaxDeltaTimeSeconds: setting('otpResend.windowSeconds', INTEGER, 0),
  adminEventsExpiration: kept('adminEventsExpiration', INTEGER, null),
};

/**
 * Attributes that only this service knows: sign-ins without a password, and what its page offers. A realm shows them where they are on, so
 * that programs that know none see no others than they expect.
 */
export const OWN_ATTRIBUTES: Properties = {
  isPasskeyEnabled: setting('isPasskeyEnabled', FLAG, false),
  offersImageSignIn: setting('offersImageSignIn', FLAG, false),
  offersPasskeySignIn: setting('offersPasskeySignIn', FLAG, false),
};

/** Keys of WebAuthn as settings, whose lists are texts. */
function webauthnSettings(group: 'securityKeys' | 'passkeys', suffix: string): Record<string, Property> {
  const { AcceptableAaguids: _, ...properties } = webauthn(group, JOINED);
  return renamed(properties, (name) => `webAuthnPolicy${name}${suffix}`);
}

const NAMES: Properties = {
  displayName: DISPLAY_NAME,
  ...text('displayNameHtml', '<div class=kc-logo-text><span>Keycloak</span></div>'),
};

/** The settings that are properties of a realm under the same or another name; they are shown with a realm. */
export const REALM_SETTINGS: Properties = {
  ...DEFAULT_ALGORITHM,
  ...webauthnSettings('securityKeys', ''),
  ...webauthnSettings('passkeys', 'Passwordless'),
  ...OFFLINE,
  ...renamed(HEADERS, (name) => `_browser_header.${name}`),
  ...BRUTE_FORCE,
  ...LINKS,
  ...text('client-policies.profiles', 'profiles:[]'),
  ...text('client-policies.policies', 'policies:[]'),
};

/** The settings that each tenant has. */
export const BUILTIN_SETTINGS: Properties = { ...NAMES, ...REALM_SETTINGS, ...SHARED_ATTRIBUTES };

/** Members of a realm that are shown where they are set. */
export const OPTIONAL_PROPERTIES: Properties = {
  displayName: { ...DISPLAY_NAME, read: ({ displayName }) => displayName },
  ...text('displayNameHtml', null),
  passwordPolicy: PASSWORD_POLICY,
  ...text('defaultLocale', null),
  ...text('loginTheme', null),
  ...text('accountTheme', null),
  ...text('adminTheme', null),
  ...text('emailTheme', null),
};

/** What is shown of a realm and is neither of these; settings cannot have the names. */
const OTHER_MEMBERS = [
  'id',
  'realm',
  'notBefore',
  'defaultRole',
  'browserSecurityHeaders',
  'smtpServer',
  'identityProviders',
  'identityProviderMappers',
  'requiredActions',
  'attributes',
  'adminEmailVerified',
  'adminStatus',
  'settings',
  'userCount',
  'realmCreationStatus',
  'adminUserCreatedTimestamp',
  'adminUserEnabled',
  'clientProfiles',
  'clientPolicies',
];

/** Everything that a setting can be besides one that another program made up. */
export const PROPERTIES: ReadonlyMap<string, Property> = new Map(
  Object.entries({
    ...Object.fromEntries(OTHER_MEMBERS.map((name) => [name, fixed(() => undefined)])),
    ...REALM_PROPERTIES,
    ...MORE_PROPERTIES,
    ...REALM_ATTRIBUTES,
    ...OWN_ATTRIBUTES,
    ...BUILTIN_SETTINGS,
  }),
);
