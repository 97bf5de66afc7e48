/** Clients as Keycloak and the service built on it send and show them; they differ in a few names. */
import { z } from 'zod';

const TEXT = z.string().nullable().optional();
const FLAG = z.boolean().nullable().optional();
/** A text is a list of one. */
const TEXTS = z
  .union([z.string(), z.array(z.string())])
  .nullable()
  .optional();

/** Shown in place of a secret of which no readable copy is kept. */
export const HIDDEN_SECRET = '**********';

/** Switches of a client, and the grant types that they allow. */
const SWITCHES = {
  standardFlowEnabled: 'AUTHORIZATION_CODE',
  directAccessGrantsEnabled: 'PASSWORD',
  serviceAccountsEnabled: 'CLIENT_CREDENTIALS',
} as const;
const SWITCH_NAMES = Object.keys(SWITCHES) as (keyof typeof SWITCHES)[];
/** Every way of signing in gives refresh tokens. */
const REFRESH = 'REFRESH_TOKEN' as const;

/** Flags that are kept and have no effect (docs/dialects/kobil.md, section 3.6). */
const KEPT_FLAGS = ['bearerOnly', 'frontchannelLogout', 'implicitFlowEnabled', 'surrogateAuthRequired'] as const;

/** Objects whose members are kept one by one, so that a change of one leaves the others: `attributes.pkce`. */
const KEPT_MAPS = ['attributes', 'authenticationFlowBindingOverrides'] as const;

/** Members of a shape that are all alike. */
const alike = <N extends string, S>(names: readonly N[], schema: S): Record<N, S> =>
  Object.fromEntries(names.map((name) => [name, schema])) as Record<N, S>;

/** What a client may be sent with, new or changed; null counts as absent. */
export const CLIENT_MEMBERS = {
  name: TEXT,
  description: TEXT,
  enabled: FLAG,
  consentRequired: FLAG,
  fullScopeAllowed: FLAG,
  ...alike(SWITCH_NAMES, FLAG),
  ...alike(KEPT_FLAGS, FLAG),
  rootUrl: TEXT.describe("Address that paths of the client continue: `https`, or `http` of the user's device."),
  baseUrl: TEXT,
  adminUrl: TEXT,
  redirectUris: TEXTS.describe('Addresses or paths at `rootUrl`; one `*` may end each.'),
  webOrigins: TEXTS,
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
};
const SHAPE = z.object(CLIENT_MEMBERS);

/** A client as it was sent, with what the two dialects have other names for. */
export interface SentClient extends z.output<typeof SHAPE> {
  readonly isPublic?: boolean | null | undefined;
  /** Other members that are kept without effect. */
  readonly kept?: Readonly<Record<string, unknown>>;
}

/** Addresses of applications on devices have a scheme that is not one of the web. */
const APPLICATION_SCHEME = /^(?!https?:)[a-z][a-z\d+.-]*:/i;

const listOf = (texts: string | readonly string[]): readonly string[] => (typeof texts === 'string' ? [texts] : texts);

function toRedirects(texts: SentClient['redirectUris']) {
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
export function withoutAbsent<T extends object>(members: T): { readonly [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value != null)) as never;
}

/** Texts of which an empty one removes the value. */
function toTexts({ name, description, rootUrl, baseUrl, adminUrl }: SentClient) {
  const texts = Object.entries(withoutAbsent({ name, description, rootUrl, baseUrl, adminUrl }));
  return Object.fromEntries(texts.map(([member, text]) => [member, text === '' ? null : text])) as {
    readonly [M in 'name' | 'description' | 'rootUrl' | 'baseUrl' | 'adminUrl']?: string | null;
  };
}

function toProperties(client: SentClient) {
  const { enabled, fullScopeAllowed, consentRequired, webOrigins, notBefore, serviceAccountsEnabled } = client;
  return {
    ...toTexts(client),
    ...toRedirects(client.redirectUris),
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

/** What is kept with the client; null removes a member. */
function toExtra(client: SentClient): Record<string, unknown> {
  const { defaultRoles, nodeReRegistrationTimeout, webOrigins, kept = {} } = client;
  const inert = webOrigins == null ? null : listOf(webOrigins).filter((text) => !isOrigin(text));
  return {
    ...Object.fromEntries(KEPT_FLAGS.flatMap((name) => (client[name] == null ? [] : [[name, client[name]]]))),
    ...withoutAbsent({ ...kept, nodeReRegistrationTimeout }),
    ...(defaultRoles == null ? {} : { defaultRoles: listOf(defaultRoles) }),
    ...(inert === null ? {} : { inertWebOrigins: inert.length === 0 ? null : inert }),
    ...Object.fromEntries(
      KEPT_MAPS.flatMap((map) =>
        Object.entries(client[map] ?? {}).map(([name, value]) => [map, name, value] as const),
      ).map(([map, name, value]) => [`${map}.${name}`, map !== 'attributes' && value === '' ? null : value]),
    ),
  };
}

const typeOf = (isPublic: boolean) => (isPublic ? ('PUBLIC' as const) : ('CONFIDENTIAL' as const));
const grantsOf = (client: SentClient, isOn: boolean) =>
  SWITCH_NAMES.filter((name) => client[name] === isOn).map((name) => SWITCHES[name]);

/** The variables of a new client, except for its `client_id` and its scopes. @param secret Absent or empty: a UUID. */
export function toNewClient(client: SentClient, secret: string | null | undefined) {
  const isPublic = client.isPublic === true;
  const extra = Object.entries(toExtra(client)).filter(([, value]) => value !== null);
  const chosen = secret ?? '';
  return {
    consent: 'TRUSTED' as const,
    hasFullRoleScope: true,
    ...toProperties(client),
    type: typeOf(isPublic),
    grantTypes: [...grantsOf({ ...client, standardFlowEnabled: client.standardFlowEnabled ?? true }, true), REFRESH],
    extra: Object.fromEntries(extra),
    keepSecretReadable: !isPublic,
    ...(isPublic ? {} : chosen === '' ? { secretForm: 'UUID' as const } : { secret: chosen }),
  };
}

/** The variables of changes of a client, except for the client. */
export function toClientChanges(client: SentClient) {
  const added = grantsOf(client, true);
  return {
    ...toProperties(client),
    ...(client.isPublic == null ? {} : { type: typeOf(client.isPublic) }),
    addedGrantTypes: added.length === 0 ? added : [...added, REFRESH],
    removedGrantTypes: grantsOf(client, false),
    extraChanges: toExtra(client),
  };
}

type Extra = Readonly<Record<string, unknown>>;

/** A client of the graph, as far as both dialects show it. */
export interface ShownClient {
  readonly clientUuid: string;
  readonly type: 'CONFIDENTIAL' | 'PUBLIC';
  readonly isEnabled: boolean;
  readonly grantTypes: readonly string[];
  readonly redirects: readonly { readonly uri: string }[];
  readonly hasFullRoleScope: boolean;
  readonly consent: 'REQUIRED' | 'TRUSTED';
  readonly webOrigins: readonly string[];
  readonly notBefore: string | null;
  readonly extra: Extra;
}

/** Members of a map that are kept one by one. */
export const mapOf = (extra: Extra, map: (typeof KEPT_MAPS)[number]): [string, unknown][] =>
  Object.entries(extra).flatMap(([key, value]) =>
    key.startsWith(`${map}.`) ? [[key.slice(map.length + 1), value]] : [],
  );

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** What both dialects show of a client under the same names. */
export const CLIENT_SHOWN = {
  id: z.string(),
  enabled: z.boolean(),
  consentRequired: z.boolean(),
  fullScopeAllowed: z.boolean(),
  ...alike(SWITCH_NAMES, z.boolean()),
  ...alike(KEPT_FLAGS, z.boolean()),
  redirectUris: z.array(z.string()),
  webOrigins: z.array(z.string()),
  defaultRoles: z.array(z.string()),
  authenticationFlowBindingOverrides: z.record(z.string(), z.string()),
  registeredNodes: z.strictObject({}),
  nodeReRegistrationTimeout: z.number().int(),
  notBefore: z.number().int(),
  protocol: z.string(),
};
const SHOWN = z.strictObject(CLIENT_SHOWN);

/** The client as both dialects show it. */
export function showClient(client: ShownClient): z.input<typeof SHOWN> {
  const { extra } = client;
  const isKept = (name: string): boolean => extra[name] === true;
  const allows = (name: keyof typeof SWITCHES): boolean => client.grantTypes.includes(SWITCHES[name]);
  const { nodeReRegistrationTimeout: timeout } = extra;
  return {
    id: client.clientUuid,
    enabled: client.isEnabled,
    consentRequired: client.consent === 'REQUIRED',
    fullScopeAllowed: client.hasFullRoleScope,
    standardFlowEnabled: allows('standardFlowEnabled'),
    directAccessGrantsEnabled: allows('directAccessGrantsEnabled'),
    serviceAccountsEnabled: allows('serviceAccountsEnabled'),
    bearerOnly: isKept('bearerOnly'),
    frontchannelLogout: isKept('frontchannelLogout'),
    implicitFlowEnabled: isKept('implicitFlowEnabled'),
    surrogateAuthRequired: isKept('surrogateAuthRequired'),
    redirectUris: client.redirects.map(({ uri }) => uri),
    webOrigins: [...client.webOrigins, ...textsOf(extra['inertWebOrigins'])],
    defaultRoles: textsOf(extra['defaultRoles']),
    authenticationFlowBindingOverrides: Object.fromEntries(
      mapOf(extra, 'authenticationFlowBindingOverrides').map(([name, value]) => [name, String(value)]),
    ),
    registeredNodes: {},
    nodeReRegistrationTimeout: Number.isSafeInteger(timeout) ? (timeout as number) : -1,
    notBefore: client.notBefore === null ? 0 : Math.floor(Date.parse(client.notBefore) / 1000),
    protocol: 'openid-connect',
  };
}
