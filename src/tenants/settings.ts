import { z } from 'zod';
import { isStorableText } from '../kernel/index.ts';
import { attributeDefinitions } from './attribute-definitions.ts';
import { KEPT, POLICIES, POLICY_DEFAULTS } from './policies.ts';

const seconds = (max: number) => z.number().int().min(1).max(max);
const YEAR = 31_536_000;

/** How failed attempts lead to blocks (docs/lock-out.md). Growth and window kind come from the template. */
const lockoutSettings = z.strictObject({
  enabled: z.boolean(),
  /**
   * Failures of an account inside the window before it is blocked. At most 1000, because the sliding window stores the time
   * of each.
   */
  accountLimit: z.number().int().min(1).max(1000),
  accountWindowSeconds: seconds(YEAR),
  /** `linear`: base x floor(failures / limit), window counted from the last failure. `doubling`: base x 2^(k-1), sliding window. */
  growth: z.enum(['linear', 'doubling']),
  baseWaitSeconds: seconds(YEAR),
  maxWaitSeconds: seconds(YEAR),
  /** Whether to disable the account instead of blocking it for a time. */
  permanent: z.boolean(),
  /** Failures of one address inside its window before it is blocked; 0 = no such rule. */
  ipLimit: z.number().int().min(0).max(1_000_000),
  ipWindowSeconds: seconds(YEAR),
  /** Milliseconds within which `quickTries` failures are allowed; 0 = no such rule. */
  quickMilliseconds: z.number().int().min(0).max(600_000),
  /** Quick attempts allowed in a row. */
  quickTries: z.number().int().min(1).max(1000),
  quickWaitSeconds: z.number().int().min(0).max(YEAR),
  /** Failures of the whole tenant inside the address window before every unknown device waits; 0 = no such rule. */
  tenantBudget: z.number().int().min(0).max(10_000_000),
  /**
   * Devices on which the user signed in before are exempt from the account rule, so that an attacker cannot lock the user
   * out.
   */
  exemptKnownDevices: z.boolean(),
});

/** All tenant settings under their native names. Dialects read and write these under other names. */
export const tenantSettings = z.strictObject({
  /** Whether anyone may sign up. */
  registration: z.boolean(),
  /** Whether the e-mail address is the username. */
  emailIsUsername: z.boolean(),
  /** Whether e-mail addresses are unique in the tenant. */
  uniqueEmail: z.boolean(),
  /** May users sign in with their e-mail address? Needs `uniqueEmail`. */
  signInByEmail: z.boolean(),
  /** Must the e-mail address be verified before sign-in? */
  verifyEmail: z.boolean(),
  /** Least length of a password that is the only factor; 0 = no policy (NIST 800-63B-4). */
  passwordMinLength: z.number().int().min(0).max(256),
  /** Least length of a password where a second factor is required. */
  passwordMinLengthWithFactor: z.number().int().min(0).max(256),
  /** Words a password may not contain, such as the company's name. */
  passwordForbiddenWords: z.array(z.string().min(3).max(64).refine(isStorableText, 'No control characters.')).max(200),
  /** A session that is unused for this long ends. */
  sessionIdleSeconds: seconds(YEAR),
  /** A session ends after this long, used or not. */
  sessionSeconds: seconds(YEAR),
  /** Whether users may choose to stay signed in after the browser is closed. */
  rememberMe: z.boolean(),
  /** As `sessionSeconds`, for sessions whose user chose to stay signed in; 0 = the same. */
  rememberSeconds: z.number().int().min(0).max(YEAR),
  /** As `sessionIdleSeconds`, for sessions whose user chose to stay signed in; 0 = the same. */
  rememberIdleSeconds: z.number().int().min(0).max(YEAR),
  /** Lifetime of access tokens of clients without a setting; null = the default of the issuer kind. */
  accessTokenSeconds: seconds(86_400 * 30).nullable(),
  /** A refresh token that is unused for this long expires; null = the default of the issuer kind. */
  refreshIdleSeconds: seconds(YEAR).nullable(),
  /** A token family expires after this long; null = the default of the issuer kind. */
  refreshSeconds: seconds(YEAR).nullable(),
  /** Longest age of a sign-in with which users may change their credentials. */
  reauthSeconds: seconds(86_400),
  /** The last administrator of the tenant cannot be removed or disabled. */
  protectLastAdmin: z.boolean(),
  /**
   * Whether requests to the older APIs that change a user's data with a user's token must forward the end user's address.
   */
  requireForwardedAddress: z.boolean(),
  /**
   * Whether each authorization code that an application gets has the event `authorization.granted`. Off, because the tokens that a code
   * is redeemed for have one.
   */
  recordAuthorizations: z.boolean(),
  /** Number of days that security events are kept. */
  eventRetentionDays: z.number().int().min(1).max(3650),
  /** Requirements for attributes of users; replaced as a whole. */
  attributes: attributeDefinitions,
  lockout: lockoutSettings,
  ...KEPT,
  ...POLICIES,
});
export type TenantSettings = z.infer<typeof tenantSettings>;

const GROUPS = ['lockout', ...(Object.keys(POLICIES) as (keyof typeof POLICIES)[])] as const;
type Group = (typeof GROUPS)[number];

/** The settings in which a tenant differs from its template; the members of groups are set one by one. */
export type TenantSettingsPatch = Partial<Omit<TenantSettings, Group>> & {
  readonly [G in Group]?: Partial<TenantSettings[G]>;
};

const TENANT_TEMPLATES = ['native', 'realm', 'image'] as const;
/** Name of the set of defaults that a tenant starts with. */
export type TenantTemplate = (typeof TENANT_TEMPLATES)[number];

/** What tenants other than realms ask of new keys of WebAuthn, of both kinds. */
const KEYS_OF_NATIVE: TenantSettings['passkeys'] = {
  ...POLICY_DEFAULTS.passkeys,
  algorithms: ['EdDSA', 'ES256', 'RS256'],
  isUniquePerUser: true,
};

const native: TenantSettings = {
  registration: false,
  emailIsUsername: false,
  uniqueEmail: true,
  signInByEmail: true,
  verifyEmail: false,
  passwordMinLength: 15,
  passwordMinLengthWithFactor: 8,
  passwordForbiddenWords: [],
  sessionIdleSeconds: 28_800,
  sessionSeconds: 86_400,
  rememberMe: false,
  rememberSeconds: 2_592_000,
  rememberIdleSeconds: 1_209_600,
  accessTokenSeconds: null,
  refreshIdleSeconds: null,
  refreshSeconds: null,
  reauthSeconds: 300,
  protectLastAdmin: false,
  requireForwardedAddress: true,
  recordAuthorizations: false,
  eventRetentionDays: 365,
  attributes: [],
  lockout: {
    enabled: true,
    accountLimit: 10,
    accountWindowSeconds: 900,
    growth: 'doubling',
    baseWaitSeconds: 30,
    maxWaitSeconds: 900,
    permanent: false,
    ipLimit: 100,
    ipWindowSeconds: 3600,
    quickMilliseconds: 600,
    quickTries: 3,
    quickWaitSeconds: 0,
    tenantBudget: 0,
    exemptKnownDevices: true,
  },
  ...POLICY_DEFAULTS,
  securityKeys: KEYS_OF_NATIVE,
  passkeys: KEYS_OF_NATIVE,
};

/** Default settings of each template (docs/tenancy.md, rule 9, and docs/lock-out.md). */
export const TEMPLATE_SETTINGS: Readonly<Record<TenantTemplate, TenantSettings>> = {
  native,
  realm: {
    ...native,
    securityKeys: POLICY_DEFAULTS.securityKeys,
    passkeys: POLICY_DEFAULTS.passkeys,
    signInByEmail: true,
    passwordMinLength: 0,
    passwordMinLengthWithFactor: 0,
    sessionIdleSeconds: 1800,
    sessionSeconds: 36_000,
    rememberSeconds: 0,
    rememberIdleSeconds: 0,
    lockout: {
      ...native.lockout,
      enabled: false,
      accountLimit: 30,
      accountWindowSeconds: 43_200,
      growth: 'linear',
      baseWaitSeconds: 60,
      ipLimit: 0,
      quickMilliseconds: 1000,
      quickTries: 1,
      quickWaitSeconds: 60,
      exemptKnownDevices: false,
    },
  },
  image: {
    ...native,
    uniqueEmail: false,
    signInByEmail: false,
    verifyEmail: true,
    protectLastAdmin: true,
    lockout: {
      ...native.lockout,
      accountLimit: 5,
      baseWaitSeconds: 60,
      maxWaitSeconds: 86_400,
      ipLimit: 20,
      exemptKnownDevices: false,
    },
  },
};

/** The settings in force: those of the template, replaced by those the tenant stored. */
export function effectiveSettings(template: string, stored: TenantSettingsPatch): TenantSettings {
  const base = TEMPLATE_SETTINGS[template as TenantTemplate] ?? native;
  return mergedPatch(base, stored) as TenantSettings;
}

/** A patch upon another one, or upon all settings: the members of its groups are added to theirs. */
export function mergedPatch(below: TenantSettingsPatch, above: TenantSettingsPatch): TenantSettingsPatch {
  const groups = GROUPS.filter((group) => above[group] !== undefined);
  const merged = groups.map((group) => [group, { ...below[group], ...above[group] }]);
  return { ...below, ...above, ...Object.fromEntries(merged) };
}
