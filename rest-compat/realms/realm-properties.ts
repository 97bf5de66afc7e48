import { present } from '../engine/index.ts';
import type { ExtraSettingsInput, TenantSettingsData, TenantSettingsInput } from './operations.generated.ts';
import { readPolicy, writePolicy } from './password-policy.ts';
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
  type Scalar,
  TEXT,
  type ValueType,
  VERIFICATION,
} from './realm-values.ts';

type Tenant = NonNullable<TenantSettingsData['tenant']>;

/** What the graph has of a tenant. */
export interface RealmSource {
  readonly displayName: string | null;
  readonly isEnabled: boolean;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly settings: NonNullable<Tenant['settings']>;
}

/** What a document read of a tenant. @throws NOT_FOUND The tenant was deleted meanwhile. */
export const toRealmSource = ({ displayName, isEnabled, extraSettings, settings }: Tenant): RealmSource => ({
  displayName,
  isEnabled,
  extra: present(extraSettings),
  settings: present(settings),
});

/** A change of a tenant, while it is put together. */
export interface RealmChange {
  readonly settings: Record<string, unknown>;
  readonly set: Record<string, unknown>;
  readonly remove: string[];
  displayName?: string | null;
  isEnabled?: boolean;
}

/** A property of a realm, or an attribute of one. */
interface Property {
  readonly read: (source: RealmSource) => unknown;
  /** Adds the value to a change; null returns the property to its default. @returns False: it cannot have the value. */
  readonly write: (value: Scalar | null, change: RealmChange) => boolean;
}

/**
 * A setting of the graph.
 * @param path Its name, after that of its group and a dot.
 * @param initial Its default, as the graph has it.
 * @param shown What is shown for null.
 */
function setting(path: string, type: ValueType, initial: unknown, shown: unknown = null): Property {
  const [group = '', name] = path.split('.');
  return {
    read: ({ settings }) => {
      const above = (settings as Record<string, unknown>)[group];
      const value = name === undefined ? above : (above as Record<string, unknown>)[name];
      return (type.toShown(value) as unknown) ?? shown;
    },
    write: (value, { settings }) => {
      const stored = value === null ? initial : type.toGraph(value);
      if (stored === undefined) return false;
      if (name === undefined) settings[group] = stored;
      else settings[group] = { ...(settings[group] as object | undefined), [name]: stored };
      return true;
    },
  };
}

/** A property that nothing here uses; it is kept by its name among the settings of other programs. */
const kept = (name: string, type: ValueType, initial: unknown): Property => ({
  read: ({ extra }) => (Object.hasOwn(extra, name) ? extra[name] : initial),
  write: (value, { set, remove }) => {
    const stored = value === null ? initial : type.toGraph(value);
    if (stored === undefined) return false;
    if (JSON.stringify(stored) === JSON.stringify(initial)) remove.push(name);
    else set[name] = stored;
    return true;
  },
});

/** A property that is only shown, or is written elsewhere. */
const fixed = (read: (source: RealmSource) => unknown): Property => ({ read, write: () => false });

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
export const REALM_PROPERTIES: Readonly<Record<string, Property>> = {
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
export const MORE_PROPERTIES: Readonly<Record<string, Property>> = {
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
const SHARED_ATTRIBUTES: Readonly<Record<string, Property>> = {
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
export const REALM_ATTRIBUTES: Readonly<Record<string, Property>> = {
  ...SHARED_ATTRIBUTES,
  otpBruteForceProtected: setting('otpResend.isEnabled', FLAG, false),
  otpFailureFactor: setting('otpResend.limit', INTEGER, 1),
  otpWaitIncrementSeconds: setting('otpResend.waitSeconds', INTEGER, 0),
  otpMaxDeltaTimeSeconds: setting('otpResend.windowSeconds', INTEGER, 0),
  adminEventsExpiration: kept('adminEventsExpiration', INTEGER, null),
};

/** Keys of WebAuthn as settings, whose lists are texts. */
function webauthnSettings(group: 'securityKeys' | 'passkeys', suffix: string): Record<string, Property> {
  const { AcceptableAaguids: _, ...properties } = webauthn(group, JOINED);
  return renamed(properties, (name) => `webAuthnPolicy${name}${suffix}`);
}

const NAMES: Readonly<Record<string, Property>> = {
  displayName: DISPLAY_NAME,
  ...text('displayNameHtml', '<div class=kc-logo-text><span>Keycloak</span></div>'),
};

/** The settings that are properties of a realm under the same or another name; they are shown with a realm. */
const REALM_SETTINGS: Readonly<Record<string, Property>> = {
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
const BUILTIN_SETTINGS: Readonly<Record<string, Property>> = { ...NAMES, ...REALM_SETTINGS, ...SHARED_ATTRIBUTES };

/** Members of a realm that are shown where they are set. */
export const OPTIONAL_PROPERTIES: Readonly<Record<string, Property>> = {
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
const PROPERTIES: ReadonlyMap<string, Property> = new Map(
  Object.entries({
    ...Object.fromEntries(OTHER_MEMBERS.map((name) => [name, fixed(() => undefined)])),
    ...REALM_PROPERTIES,
    ...MORE_PROPERTIES,
    ...REALM_ATTRIBUTES,
    ...BUILTIN_SETTINGS,
  }),
);

type Properties = Readonly<Record<string, Property>>;
type Values = Record<string, unknown>;

/** A way to read all properties of a table. */
const READERS = new WeakMap<Properties, (source: RealmSource) => Values>();

/**
 * Values are written into a copy of one object that has all the names. V8 gives such copies a common shape, where an object
 * that gets a hundred names one by one becomes a hash table: lists of 10,000 realms take half the time to make and to write.
 */
function toReader(properties: Properties): (source: RealmSource) => Values {
  const entries = Object.entries(properties).map(([name, { read }]) => [name, read] as const);
  const shape = JSON.parse(JSON.stringify(Object.fromEntries(entries.map(([name]) => [name, null])))) as Values;
  return (source) => {
    const values = { ...shape };
    for (const [name, read] of entries) values[name] = read(source);
    return values;
  };
}

/** The values of properties, by name. */
export function readAll(properties: Properties, source: RealmSource): Values {
  const read = READERS.get(properties) ?? toReader(properties);
  READERS.set(properties, read);
  return read(source);
}

/** Settings that programs made up, and properties that were set under the names of settings, by name. */
function readOwn(source: RealmSource, left: Readonly<Record<string, Property>>): Record<string, unknown> {
  const names = Object.keys(source.extra).filter((name) => !Object.hasOwn(left, name));
  const read = (name: string) => {
    const value = PROPERTIES.get(name)?.read(source);
    return value === undefined ? source.extra[name] : value;
  };
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

/** All settings of a tenant. */
export const showSettings = (source: RealmSource): Record<string, unknown> => ({
  ...readAll(BUILTIN_SETTINGS, source),
  ...readOwn(source, BUILTIN_SETTINGS),
});

/** The settings that are shown with a realm: those that it does not have at another place. */
export const showRealmSettings = (source: RealmSource): Record<string, unknown> => ({
  ...readAll(REALM_SETTINGS, source),
  ...readOwn(source, { ...BUILTIN_SETTINGS, ...REALM_ATTRIBUTES, ...REALM_PROPERTIES, ...MORE_PROPERTIES }),
});

/** Settings as they are sent, by name; null removes one, and returns one that each tenant has to its default. */
export type SentSettings = Readonly<Record<string, Scalar | null>>;

/** The change that settings make; null when a property cannot have its value. */
function toRealmChange(sent: SentSettings): RealmChange | null {
  const change: RealmChange = { settings: {}, set: {}, remove: [] };
  for (const [name, value] of Object.entries(sent)) {
    if (PROPERTIES.get(name)?.write(value, change) === false) return null;
    if (Object.hasOwn(BUILTIN_SETTINGS, name)) continue;
    // A property that a setting changes is a setting as well from then on.
    if (value === null) change.remove.push(name);
    else if (!Object.hasOwn(change.set, name)) change.set[name] = value;
  }
  return change;
}

/** Members of a tenant that change its properties alone; those that are no property are kept by their name. */
function addMembers(members: SentSettings, change: RealmChange): boolean {
  for (const [name, value] of Object.entries(members)) {
    const property = PROPERTIES.get(name) ?? kept(name, TEXT, null);
    if (!property.write(value, change)) return false;
  }
  return true;
}

/** The change that members of a tenant and its settings make; null when a property cannot have its value. */
export function toTenantChange(members: SentSettings, settings: SentSettings): GraphChange | null {
  const change = toRealmChange(settings);
  if (change === null || !addMembers(members, change)) return null;
  return toVariables(change, true);
}

/** A realm as it is sent: values by name, of its members, its attributes and its security headers. */
export interface SentRealm {
  readonly members: SentSettings;
  readonly attributes: SentSettings;
  readonly headers: SentSettings;
}

const { requiredCredentials: _, ...CHANGEABLE } = { ...REALM_PROPERTIES, ...OPTIONAL_PROPERTIES };

/** The members of a realm that can be sent. */
export const REALM_MEMBERS: readonly string[] = Object.keys(CHANGEABLE);

/** The change that a realm as it is sent makes; null when a property cannot have its value. */
export function toRealmUpdate({ members, attributes, headers }: SentRealm): GraphChange | null {
  const change: RealmChange = { settings: {}, set: {}, remove: [] };
  const isFine = (sent: SentSettings, properties: Readonly<Record<string, Property>>): boolean =>
    Object.entries(sent).every(([name, value]) =>
      (Object.hasOwn(properties, name) ? properties[name]! : kept(name, TEXT, null)).write(value, change),
    );
  const areFine = isFine(members, CHANGEABLE) && isFine(attributes, REALM_ATTRIBUTES) && isFine(headers, HEADERS);
  return areFine ? toVariables(change, true) : null;
}

/** The attributes that programs made up: settings that are no properties, as texts by name. */
export function readOwnAttributes({ extra }: RealmSource): Record<string, string> {
  const own = Object.entries(extra).filter(
    ([name]) => !PROPERTIES.has(name) && !Object.hasOwn(OPTIONAL_PROPERTIES, name),
  );
  return Object.fromEntries(
    own.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** Whether each property can have the value that is sent. */
export const canChangeRealm = (sent: SentSettings): boolean => toRealmChange(sent) !== null;

/** What the graph takes. */
interface GraphChange {
  readonly settings: TenantSettingsInput;
  readonly extra: ExtraSettingsInput;
  readonly displayName?: string | null;
  readonly isEnabled?: boolean;
}

/** A change as the graph takes it. @param canBeMissing Whether names to remove may be missing. */
function toVariables({ settings, set, remove, ...own }: RealmChange, canBeMissing: boolean): GraphChange {
  return {
    ...own,
    settings: settings as TenantSettingsInput,
    extra: { set, remove: [...new Set(remove)], canBeMissing },
  };
}

/** The change that settings make, each of which can have its value. */
export const toSettingsChange = (sent: SentSettings): GraphChange => toVariables(toRealmChange(sent)!, true);

/** The removal of one setting; one that each tenant has returns to its default. Without a name, of one that does not exist. */
export function toSettingRemoval(name: string | undefined): GraphChange {
  const change = toRealmChange({ [name ?? '']: null }) ?? { settings: {}, set: {}, remove: [''] };
  return toVariables(change, name !== undefined && Object.hasOwn(BUILTIN_SETTINGS, name));
}
