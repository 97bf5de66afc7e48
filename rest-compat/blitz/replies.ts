import { z } from 'zod';
import { type ItemOf, presentItems } from '../engine/index.ts';
import { UNMODIFIABLE } from './attributes.ts';
import { instanceIdOf } from './identifiers.ts';
import type {
  AuthModesData,
  DevicesData,
  ExternalAccountsData,
  LinkedAppsData,
  ReplacePasswordData,
  SignUpData,
  UserData,
} from './operations.generated.ts';
import { DESKTOP, INSTRUCTION_NAMES, INSTRUCTIONS } from './quirks.ts';
import { withMajor, withVersion } from './user-agent.ts';

/** The body of docs/dialects/blitz.md, section 2.15; `userName` only if it is known. */
export const EXTERNAL_ACCOUNTS = z.array(
  z.object({ sid: z.string(), fpType: z.string(), fpName: z.string(), userName: z.string().optional() }),
);

export function externalAccounts({ federationLinks }: ExternalAccountsData): z.input<typeof EXTERNAL_ACCOUNTS> {
  return presentItems(federationLinks).map(({ externalId, externalName, providerType, providerName }) => ({
    sid: externalId,
    fpType: providerType,
    fpName: providerName,
    ...(externalName === null ? {} : { userName: externalName }),
  }));
}

export const REDIRECT_TO = z.object({ redirectTo: z.string() });

/** The body of docs/dialects/blitz.md, section 2.6; `requiredFactor` is absent when two-factor sign-in is off. */
export const AUTH_MODES = z.object({
  requiredFactor: z.literal(2).optional(),
  needPasswordChange: z.boolean(),
  methodsLocked: z.array(z.string()),
});

export function authModes({
  requiredFactor,
  needPasswordChange,
  methodsLocked,
}: AuthModesData['authModes']): z.input<typeof AUTH_MODES> {
  return {
    ...(requiredFactor === 2 ? { requiredFactor } : {}),
    needPasswordChange,
    methodsLocked: [...methodsLocked],
  };
}

const CONTACT = z.object({ value: z.string(), verified: z.boolean() });

/**
 * The body of docs/dialects/blitz.md, section 2.1. Deployments define attributes, so it may have members that are not declared.
 */
export const ACCOUNT = z.looseObject({
  sub: z.string(),
  locked: z.boolean(),
  email: CONTACT.optional(),
  phone_number: CONTACT.optional(),
  login: z.string().optional(),
  meta: z.object({ instanceId: z.string(), unmodifiable: z.array(z.string()) }),
});

type Account = UserData['user'];

const withoutNulls = (members: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));

const contact = (value: string | null, verified: boolean) => (value === null ? null : { value, verified });

/**
 * The `login`, which is absent if the account was registered without one: then the username is its e-mail address, phone number
 * or id (docs/dialects/blitz.md, section 2.2).
 */
const loginOf = ({ username, email, phone, subject }: Account) =>
  [email, phone, subject].includes(username) ? undefined : username;

/**
 * Converts an account. Attributes without a value are left out; attributes with the name of a declared member do not replace
 * it.
 */
export function account(user: Account): z.input<typeof ACCOUNT> {
  return {
    ...user.attributes,
    ...withoutNulls({
      family_name: user.familyName,
      given_name: user.givenName,
      middle_name: user.middleName,
      locale: user.locale,
      email: contact(user.email, user.emailVerified),
      phone_number: contact(user.phone, user.phoneVerified),
    }),
    login: loginOf(user),
    sub: user.subject,
    locked: !user.isEnabled,
    meta: { instanceId: instanceIdOf(user.subject), unmodifiable: [...UNMODIFIABLE, ...user.unmodifiableAttributes] },
  };
}

/** The body of docs/dialects/blitz.md, section 2.5, a flat object. */
export const PROPERTIES = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/**
 * The body of docs/dialects/blitz.md, section 2.2: `cookies` are for the user's browser, `instructions` are the steps that
 * remain.
 */
export const REGISTRATION = z.object({
  instanceId: z.string(),
  subject: z.string(),
  context: z.string(),
  cookies: z.array(z.object({ name: z.string(), value: z.string() })),
  instructions: z.array(z.string()),
});

/** The dialect's name of the session cookie. */
export const SESSION_COOKIE = 'css';

export function registration({
  subject,
  context,
  steps,
  sessionCookie,
}: SignUpData['signUp']): z.input<typeof REGISTRATION> {
  return {
    instanceId: instanceIdOf(subject),
    subject,
    context,
    cookies: sessionCookie === null ? [] : [{ name: SESSION_COOKIE, value: sessionCookie }],
    instructions: INSTRUCTION_NAMES.filter((name) => steps.includes(INSTRUCTIONS[name])),
  };
}

/** The body of docs/dialects/blitz.md, section 2.11: a generated password that was not sent to the user is answered. */
export const GENERATED_PASSWORD = z.object({ password: z.string() });

export function generatedPassword({ generatedPassword: password }: ReplacePasswordData['replacePassword']) {
  return password === null ? null : { password };
}

/** The body of docs/dialects/blitz.md, section 2.13; names by language, `_default_` for all other languages. */
export const LINKED_APPS = z.array(
  z.object({
    id: z.string(),
    name: z.record(z.string(), z.string()),
    availableScopes: z.array(z.string()),
    softwareId: z.string(),
  }),
);

export function linkedApps({ linkedApps: apps }: LinkedAppsData): z.input<typeof LINKED_APPS> {
  return presentItems(apps).map(({ clientId, name, softwareId, availableScopes }) => ({
    id: clientId,
    name: { _default_: name ?? clientId },
    availableScopes: [...availableScopes],
    softwareId: softwareId ?? '',
  }));
}

/** The body of docs/dialects/blitz.md, section 2.13. */
export const DEVICES = z.array(
  z.object({
    id: z.string(),
    subjectId: z.string(),
    name: z.string(),
    os: z.string(),
    tp: z.string(),
    deviceType: z.string(),
    device: z.string(),
    deviceId: z.string(),
    latestIp: z.string(),
    lastUsed: z.int().describe('Seconds since 1970.'),
    newlyCreated: z.boolean(),
    trusted: z.boolean(),
    cls: z.boolean(),
  }),
);

export function device({
  parsedUserAgent: { browser, os, device: model, deviceType },
  ...row
}: ItemOf<DevicesData['devices']>): z.input<typeof DEVICES>[number] {
  const [createdAt, lastUsedAt] = [Date.parse(row.createdAt), Date.parse(row.lastUsedAt)];
  return {
    id: row.deviceId,
    subjectId: row.userId,
    name: withMajor(browser) ?? '',
    os: withVersion(os) ?? '',
    ...DESKTOP,
    ...(deviceType === null ? {} : { deviceType }),
    ...(model === null ? {} : { device: model }),
    deviceId: row.fingerprint ?? '',
    latestIp: row.latestIp ?? '',
    lastUsed: Math.floor(lastUsedAt / 1000),
    newlyCreated: createdAt === lastUsedAt,
    trusted: row.isTrusted,
  };
}
