import { z } from 'zod';
import type { AppData } from './operations.generated.ts';

const TEXT = z.string().nullable().optional();
const FLAG = z.boolean().nullable().optional();
/** A text is a list of one. */
const TEXTS = z
  .union([z.string(), z.array(z.string())])
  .nullable()
  .optional();

/** Switches of an app, and the grant types that they allow. */
const SWITCHES = {
  standardFlowEnabled: 'AUTHORIZATION_CODE',
  directAccessGrantsEnabled: 'PASSWORD',
  serviceAccountsEnabled: 'CLIENT_CREDENTIALS',
} as const;
const SWITCH_NAMES = Object.keys(SWITCHES) as (keyof typeof SWITCHES)[];

/** Flags that are kept and have no effect (docs/dialects/kobil.md, section 3.6). */
const KEPT_FLAGS = ['bearerOnly', 'frontchannelLogout', 'implicitFlowEnabled', 'surrogateAuthRequired'] as const;

/** Objects whose members are kept one by one, so that a change of one leaves the others: `attributes.pkce`. */
const KEPT_MAPS = ['attributes', 'authenticationFlowBindingOverrides'] as const;

/** What a new app has among its attributes. */
const DEFAULT_ATTRIBUTES = {
  'backchannel.logout.session.required': true,
  'backchannel.logout.revoke.offline.tokens': false,
};

/** The scopes that a new app may ask for, as the older service has them. */
const SCOPES = [
  ...['email', 'profile'].map((name) => ({ name, isDefault: true })),
  ...['address', 'offline_access', 'openid', 'phone'].map((name) => ({ name, isDefault: false })),
];

const flagsOf = <N extends string>(names: readonly N[]): Record<N, typeof FLAG> =>
  Object.fromEntries(names.map((name) => [name, FLAG])) as Record<N, typeof FLAG>;

/** What a change of an app may name; null counts as absent. */
const PROPERTIES = {
  name: TEXT,
  description: TEXT,
  enabled: FLAG,
  publicApp: FLAG.describe('Whether the app has no secret; cannot be changed.'),
  consentRequired: FLAG,
  fullScopeAllowed: FLAG,
  ...flagsOf(SWITCH_NAMES),
  ...flagsOf(KEPT_FLAGS),
  rootUrl: TEXT.describe("Address that paths of the app continue: `https`, or `http` of the user's device."),
  baseUrl: TEXT,
  adminUrl: TEXT,
  redirectUris: TEXTS.describe('Addresses or paths at `rootUrl`; one `*` may end each.'),
  webOrigins: TEXTS,
  appAuthenticatorType: TEXT,
  defaultRoles: TEXTS,
  notBefore: z.int().min(0).max(8_640_000_000_000).nullable().optional().describe('Seconds since 1970.'),
  nodeReRegistrationTimeout: z.int().nullable().optional(),
  attributes: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable())
    .nullable()
    .optional()
    .describe('Those that are not sent stay; null removes one.'),
  authenticationFlowBindingOverrides: z
    .record(z.string(), z.string().nullable())
    .nullable()
    .optional()
    .describe('Those that are not sent stay; an empty text removes one.'),
  protocolMappers: z.array(z.record(z.string(), z.unknown())).nullable().optional(),
};

/** Name of an app. What has the form of a global id of the graph is none. */
export const APP_NAME = z
  .string()
  .min(1)
  .max(255)
  .regex(/^(?![a-z]{3}~[a-z2-7]{8}~)/);

/** Changes of an app. */
export const SENT_APP = z.object({ appName: APP_NAME.describe('Mandatory.'), ...PROPERTIES });

/** A new app. */
export const NEW_APP = z.object({
  ...SENT_APP.shape,
  adminUrl: TEXT.describe('Default: `rootUrl`.'),
  secret: TEXT.describe('Default: a UUID.'),
});

type SentApp = z.output<typeof SENT_APP>;

/** An app as it is answered. */
export const APP = z.strictObject({
  id: z.string(),
  appName: z.string(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  enabled: z.boolean(),
  publicApp: z.boolean(),
  consentRequired: z.boolean(),
  fullScopeAllowed: z.boolean(),
  standardFlowEnabled: z.boolean(),
  directAccessGrantsEnabled: z.boolean(),
  serviceAccountsEnabled: z.boolean(),
  bearerOnly: z.boolean(),
  frontchannelLogout: z.boolean(),
  implicitFlowEnabled: z.boolean(),
  surrogateAuthRequired: z.boolean(),
  appAuthenticatorType: z.string().nullable(),
  rootUrl: z.string().nullable(),
  baseUrl: z.string().nullable(),
  redirectUris: z.array(z.string()),
  webOrigins: z.array(z.string()),
  defaultRoles: z.array(z.string()),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  authenticationFlowBindingOverrides: z.record(z.string(), z.string()),
  registeredNodes: z.strictObject({}),
  nodeReRegistrationTimeout: z.number().int(),
  notBefore: z.number().int(),
  protocol: z.string(),
  protocolMappers: z.array(z.record(z.string(), z.unknown())),
});

/** Addresses of applications on devices have a scheme that is not one of the web. */
const APPLICATION_SCHEME = /^(?!https?:)[a-z][a-z\d+.-]*:/i;

const listOf = (texts: string | readonly string[]): readonly string[] => (typeof texts === 'string' ? [texts] : texts);

function toRedirects(texts: SentApp['redirectUris']) {
  if (texts == null) return {};
  const uris = listOf(texts);
  return {
    redirects: uris.map((uri) => ({ uri, match: uri.endsWith('*') ? ('WILDCARD' as const) : ('EXACT' as const) })),
    ...(uris.some((uri) => APPLICATION_SCHEME.test(uri)) ? { applicationType: 'NATIVE' as const } : {}),
  };
}

/** Whether a text can be an origin that pages have. `*` and paths are kept and shown; they open nothing to any page. */
function isOrigin(text: string): boolean {
  if (text === '+' || !URL.canParse(text)) return text === '+';
  const { origin, href } = new URL(text);
  return origin === 'null' ? href === text : origin === text;
}

/** Members that have no value are left out, so that they change nothing. */
function withoutAbsent<T extends object>(members: T): { readonly [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value != null)) as never;
}

/** Texts of which an empty one removes the value. */
function toTexts({ name, description, rootUrl, baseUrl, adminUrl }: SentApp) {
  const texts = Object.entries(withoutAbsent({ name, description, rootUrl, baseUrl, adminUrl }));
  return Object.fromEntries(texts.map(([member, text]) => [member, text === '' ? null : text])) as {
    readonly [M in 'name' | 'description' | 'rootUrl' | 'baseUrl' | 'adminUrl']?: string | null;
  };
}

function toProperties(app: SentApp) {
  const { enabled, fullScopeAllowed, consentRequired, webOrigins, notBefore, serviceAccountsEnabled } = app;
  return {
    ...toTexts(app),
    ...toRedirects(app.redirectUris),
    ...withoutAbsent({
      isEnabled: enabled,
      hasFullRoleScope: fullScopeAllowed,
      hasServiceAccount: serviceAccountsEnabled,
    }),
    ...(consentRequired == null ? {} : { consent: consentRequired ? ('REQUIRED' as const) : ('TRUSTED' as const) }),
    ...(webOrigins == null ? {} : { webOrigins: listOf(webOrigins).filter(isOrigin) }),
    ...(notBefore == null ? {} : { notBefore: notBefore === 0 ? null : new Date(notBefore * 1000).toISOString() }),
  };
}

/** What is kept with the app; null removes a member. */
function toExtra(app: SentApp): Record<string, unknown> {
  const { appAuthenticatorType, defaultRoles, nodeReRegistrationTimeout, protocolMappers, webOrigins } = app;
  const inert = webOrigins == null ? null : listOf(webOrigins).filter((text) => !isOrigin(text));
  return {
    ...Object.fromEntries(KEPT_FLAGS.flatMap((name) => (app[name] == null ? [] : [[name, app[name]]]))),
    ...withoutAbsent({ clientAuthenticatorType: appAuthenticatorType, nodeReRegistrationTimeout, protocolMappers }),
    ...(defaultRoles == null ? {} : { defaultRoles: listOf(defaultRoles) }),
    ...(inert === null ? {} : { inertWebOrigins: inert.length === 0 ? null : inert }),
    ...Object.fromEntries(
      KEPT_MAPS.flatMap((map) =>
        Object.entries(app[map] ?? {}).map(([name, value]) => [map, name, value] as const),
      ).map(([map, name, value]) => [`${map}.${name}`, map !== 'attributes' && value === '' ? null : value]),
    ),
  };
}

const typeOf = (isPublic: boolean) => (isPublic ? ('PUBLIC' as const) : ('CONFIDENTIAL' as const));
const grantsOf = (app: SentApp, isOn: boolean) =>
  SWITCH_NAMES.filter((name) => app[name] === isOn).map((name) => SWITCHES[name]);

/** The variables of a new app. */
export function toNewApp({ secret, ...app }: z.output<typeof NEW_APP>) {
  const isPublic = app.publicApp === true;
  const properties = toProperties(app);
  const extra = Object.entries(toExtra(app)).filter(([, value]) => value !== null);
  const chosen = secret ?? '';
  return {
    consent: 'TRUSTED' as const,
    hasFullRoleScope: true,
    ...(properties.rootUrl == null ? {} : { adminUrl: properties.rootUrl }),
    ...properties,
    clientId: app.appName,
    type: typeOf(isPublic),
    grantTypes: [...grantsOf({ ...app, standardFlowEnabled: app.standardFlowEnabled ?? true }, true), REFRESH],
    scopes: SCOPES,
    extra: Object.fromEntries(extra),
    keepSecretReadable: !isPublic,
    ...(isPublic ? {} : chosen === '' ? { secretForm: 'UUID' as const } : { secret: chosen }),
  };
}

/** Every way of signing in gives refresh tokens. */
const REFRESH = 'REFRESH_TOKEN' as const;

/** The variables of changes of an app, except for the app. */
export function toAppChanges(app: SentApp) {
  const added = grantsOf(app, true);
  return {
    ...toProperties(app),
    ...(app.publicApp == null ? {} : { type: typeOf(app.publicApp) }),
    addedGrantTypes: added.length === 0 ? added : [...added, REFRESH],
    removedGrantTypes: grantsOf(app, false),
    extraChanges: toExtra(app),
  };
}

type Extra = AppData['client']['extra'];

/** Members of a map that are kept one by one. */
const mapOf = (extra: Extra, map: (typeof KEPT_MAPS)[number]): [string, unknown][] =>
  Object.entries(extra).flatMap(([key, value]) =>
    key.startsWith(`${map}.`) ? [[key.slice(map.length + 1), value]] : [],
  );

/** Texts that other APIs keep for true and false. */
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

function showAttributes(extra: Extra): Record<string, string | number | boolean> {
  const kept = mapOf(extra, 'attributes').map(([name, value]) => [name, showAttribute(value)] as const);
  return { ...DEFAULT_ATTRIBUTES, ...Object.fromEntries(kept) };
}

function showAttribute(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text]! : text;
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** The app of the older service. */
export function showApp(client: AppData['client']): z.input<typeof APP> {
  const { extra } = client;
  const isKept = (name: string): boolean => extra[name] === true;
  const allows = (name: keyof typeof SWITCHES): boolean => client.grantTypes.includes(SWITCHES[name]);
  const { clientAuthenticatorType: authenticator, nodeReRegistrationTimeout: timeout, protocolMappers } = extra;
  return {
    id: client.clientUuid,
    appName: client.clientId,
    name: client.name,
    description: client.description,
    enabled: client.isEnabled,
    publicApp: client.type === 'PUBLIC',
    consentRequired: client.consent === 'REQUIRED',
    fullScopeAllowed: client.hasFullRoleScope,
    standardFlowEnabled: allows('standardFlowEnabled'),
    directAccessGrantsEnabled: allows('directAccessGrantsEnabled'),
    serviceAccountsEnabled: allows('serviceAccountsEnabled'),
    bearerOnly: isKept('bearerOnly'),
    frontchannelLogout: isKept('frontchannelLogout'),
    implicitFlowEnabled: isKept('implicitFlowEnabled'),
    surrogateAuthRequired: isKept('surrogateAuthRequired'),
    appAuthenticatorType: typeof authenticator === 'string' ? authenticator : null,
    rootUrl: client.rootUrl,
    baseUrl: client.baseUrl,
    redirectUris: client.redirects.map(({ uri }) => uri),
    webOrigins: [...client.webOrigins, ...textsOf(extra['inertWebOrigins'])],
    defaultRoles: textsOf(extra['defaultRoles']),
    attributes: showAttributes(extra),
    authenticationFlowBindingOverrides: Object.fromEntries(
      mapOf(extra, 'authenticationFlowBindingOverrides').map(([name, value]) => [name, String(value)]),
    ),
    registeredNodes: {},
    nodeReRegistrationTimeout: Number.isSafeInteger(timeout) ? (timeout as number) : -1,
    notBefore: client.notBefore === null ? 0 : Math.floor(Date.parse(client.notBefore) / 1000),
    protocol: 'openid-connect',
    protocolMappers: Array.isArray(protocolMappers) ? protocolMappers : [],
  };
}
