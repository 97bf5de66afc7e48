import { z } from 'zod';
import { invalidField } from '../../src/kernel/index.ts';
import { toObjectId } from '../realm-users/object-id.ts';
import { HIDDEN } from '../realms/realm.ts';
import type { DiscoverProviderData, Provider, ProviderAuthentication } from './operations.generated.ts';

const FLAG = z.boolean().nullable().optional();
const TEXT = z.string().nullable().optional();

/** Members that are kept with a provider, and shown as they were sent or with these values. */
const KEPT = {
  trustEmail: false,
  addReadTokenRoleOnCreate: false,
  authenticateByDefault: false,
  linkOnly: false,
  hideOnLogin: false,
} as const;
const KEPT_TEXTS = ['firstBrokerLoginFlowAlias', 'postBrokerLoginFlowAlias', 'updateProfileFirstLoginMode'] as const;

/** Kinds of providers that can be made. */
export const KINDS: Readonly<Record<string, string>> = {
  oidc: 'OpenID Connect v1.0',
  'keycloak-oidc': 'Keycloak OpenID Connect',
  oauth2: 'OAuth v2',
};

const CONFIG = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable())
  .nullable()
  .optional();

/** A provider as it is sent. */
export const SENT_PROVIDER = z.object({
  alias: TEXT.describe('Name of the provider, which never changes. Mandatory for a new one.'),
  providerId: TEXT.describe(
    'Its kind, which never changes: `oidc`, `keycloak-oidc` or `oauth2`. Mandatory for a new one.',
  ),
  displayName: TEXT,
  enabled: FLAG,
  storeToken: FLAG,
  trustEmail: FLAG,
  addReadTokenRoleOnCreate: FLAG,
  authenticateByDefault: FLAG,
  linkOnly: FLAG,
  hideOnLogin: FLAG,
  firstBrokerLoginFlowAlias: TEXT,
  postBrokerLoginFlowAlias: TEXT,
  updateProfileFirstLoginMode: TEXT,
  config: CONFIG.describe('Settings by name. A `clientSecret` of `**********` stays as it is.'),
});
type Sent = z.output<typeof SENT_PROVIDER>;

/** A provider as it is answered. */
export const PROVIDER_SHOWN = z.strictObject({
  alias: z.string(),
  displayName: z.string().optional(),
  internalId: z.string(),
  providerId: z.string(),
  enabled: z.boolean(),
  storeToken: z.boolean(),
  trustEmail: z.boolean(),
  addReadTokenRoleOnCreate: z.boolean(),
  authenticateByDefault: z.boolean(),
  linkOnly: z.boolean(),
  hideOnLogin: z.boolean(),
  firstBrokerLoginFlowAlias: z.string().optional(),
  postBrokerLoginFlowAlias: z.string().optional(),
  updateProfileFirstLoginMode: z.string().optional(),
  config: z.record(z.string(), z.string()),
});

/** Settings that are texts in the graph, by their names in Keycloak. */
const TEXTS = {
  clientId: 'clientId',
  issuer: 'issuer',
  authorizationUrl: 'authorizationEndpoint',
  tokenUrl: 'tokenEndpoint',
  userInfoUrl: 'userinfoEndpoint',
  jwksUrl: 'jwksUri',
} as const;
const OWN_SETTINGS: ReadonlySet<string> = new Set([
  ...Object.keys(TEXTS),
  'clientSecret',
  'clientAuthMethod',
  'defaultScope',
  'pkceEnabled',
]);
const AUTHENTICATION: Readonly<Record<string, ProviderAuthentication>> = {
  client_secret_basic: 'CLIENT_SECRET_BASIC',
  client_secret_post: 'CLIENT_SECRET_POST',
  none: 'NONE',
};
const DEFAULT_AUTHENTICATION = 'client_secret_post';
const OPENID = 'openid';

/** What was kept of `config`. The graph lets others keep any JSON there, of which only texts are shown. */
function keptConfig({ config }: Readonly<Record<string, unknown>>): Record<string, string> {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return {};
  return Object.fromEntries(Object.entries(config).filter(([, value]) => typeof value === 'string'));
}

/** Whether a kept member is shown: it is one of those above, and has its type. */
const isKept = ([name, value]: readonly [string, unknown]): boolean =>
  Object.hasOwn(KEPT, name) ? typeof value === 'boolean' : isKeptText(name) && typeof value === 'string';

/** The provider as it is answered; secrets are never shown. */
export function showProvider(provider: Provider): z.input<typeof PROVIDER_SHOWN> {
  const { displayName, extra, hasClientSecret, usesPkce } = provider;
  const texts = Object.entries(TEXTS).flatMap(([name, own]) => {
    const value = provider[own];
    return value === null ? [] : [[name, value] as const];
  });
  const authentication = Object.entries(AUTHENTICATION).find(([, own]) => own === provider.tokenEndpointAuth)!;
  return {
    alias: provider.name,
    ...(displayName === null ? {} : { displayName }),
    internalId: toObjectId(provider.id),
    providerId: provider.type,
    enabled: provider.isEnabled,
    storeToken: provider.storesTokens,
    ...KEPT,
    ...Object.fromEntries(Object.entries(extra).filter(isKept)),
    config: {
      ...keptConfig(extra),
      ...Object.fromEntries(texts),
      ...(hasClientSecret ? { clientSecret: HIDDEN } : {}),
      clientAuthMethod: authentication[0],
      defaultScope: provider.scope,
      ...(usesPkce === null ? {} : { pkceEnabled: String(usesPkce) }),
    },
  };
}

const isKeptText = (name: string): boolean => (KEPT_TEXTS as readonly string[]).includes(name);

/** What is kept of a provider beside what the graph has: what was kept before stays where it is not sent. */
function toExtra(sent: Sent, before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = [...Object.keys(KEPT), ...KEPT_TEXTS] as (keyof typeof KEPT | (typeof KEPT_TEXTS)[number])[];
  const members = names.flatMap((name) => (sent[name] == null ? [] : [[name, sent[name]] as const]));
  const config = Object.entries(sent.config ?? {}).filter(([name, value]) => value !== null && !OWN_SETTINGS.has(name));
  return {
    ...before,
    ...Object.fromEntries(members),
    ...(sent.config == null
      ? {}
      : { config: Object.fromEntries(config.map(([name, value]) => [name, String(value)])) }),
  };
}

/** The scopes that are asked for: `openid` where there is an issuer, which it needs, and not where there is none. */
function toScope(sent: string | undefined, hasIssuer: boolean): { readonly scope?: string } {
  const others = (sent ?? '').split(/\s+/).filter((scope) => scope !== '' && scope !== OPENID);
  const scopes = [...(hasIssuer ? [OPENID] : []), ...others];
  return scopes.length === 0 ? {} : { scope: scopes.join(' ') };
}

/** @throws INVALID_INPUT A way of authentication that the service does not have. */
function toAuthentication(sent: string): ProviderAuthentication {
  if (!Object.hasOwn(AUTHENTICATION, sent))
    throw invalidField('clientAuthMethod', 'AUTHENTICATION_UNKNOWN', 'The service cannot authenticate in this way.');
  return AUTHENTICATION[sent]!;
}

/** The settings that are sent; an empty text removes one. */
function toSettings(sent: Sent, before: Provider | null) {
  const config = Object.fromEntries(
    Object.entries(sent.config ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
  const { clientId, ...texts } = Object.fromEntries(
    Object.entries(TEXTS).flatMap(([name, own]) =>
      Object.hasOwn(config, name) ? [[own, config[name] === '' ? null : config[name]!] as const] : [],
    ),
  ) as { [own in (typeof TEXTS)[keyof typeof TEXTS]]?: string | null };
  const issuer = texts.issuer === undefined ? (before?.issuer ?? null) : texts.issuer;
  const { clientSecret, clientAuthMethod, defaultScope, pkceEnabled } = config;
  const isChanged = before === null || texts.issuer !== undefined || defaultScope !== undefined;
  return {
    ...texts,
    ...(clientId == null ? {} : { clientId }),
    ...(clientSecret === undefined || clientSecret === HIDDEN ? {} : { clientSecret: clientSecret || null }),
    ...(clientAuthMethod === undefined ? {} : { tokenEndpointAuth: toAuthentication(clientAuthMethod) }),
    ...(isChanged ? toScope(defaultScope ?? before?.scope, issuer !== null) : {}),
    ...(pkceEnabled === undefined ? {} : { usesPkce: pkceEnabled === 'true' }),
  };
}

const toMembers = (sent: Sent) => ({
  ...(sent.displayName == null ? {} : { displayName: sent.displayName === '' ? null : sent.displayName }),
  ...(sent.enabled == null ? {} : { isEnabled: sent.enabled }),
  ...(sent.storeToken == null ? {} : { storesTokens: sent.storeToken }),
});

/** The variables of a new provider. @throws INVALID_INPUT It has no name, no id of this service, or a kind that cannot be made. */
export function toNewProvider(sent: Sent) {
  const { alias, providerId } = sent;
  if (alias == null || alias === '') throw invalidField('alias', 'NAME_MISSING', 'A provider has a name.');
  if (providerId == null || !Object.hasOwn(KINDS, providerId))
    throw invalidField(
      'providerId',
      'KIND_UNKNOWN',
      `Invalid identity provider id [${(providerId ?? '').slice(0, 64)}]`,
    );
  const config = { clientAuthMethod: DEFAULT_AUTHENTICATION, ...sent.config };
  const { clientId, ...settings } = toSettings({ ...sent, config }, null);
  if (clientId === undefined)
    throw invalidField('clientId', 'CLIENT_ID_MISSING', 'This service has an id at the provider.');
  return { ...toMembers(sent), ...settings, clientId, type: providerId, name: alias, extra: toExtra(sent, {}) };
}

/** The variables of a change. */
export const toProviderChange = (sent: Sent, before: Provider) => ({
  ...toMembers(sent),
  ...toSettings(sent, before),
  extra: toExtra(sent, before.extra),
});

/** What an issuer says about itself, as settings. */
export function showDiscovered({ discoverFederationProvider: found }: DiscoverProviderData): Record<string, string> {
  const settings = {
    issuer: found.issuer,
    authorizationUrl: found.authorizationEndpoint,
    tokenUrl: found.tokenEndpoint,
    userInfoUrl: found.userinfoEndpoint,
    jwksUrl: found.jwksUri,
    logoutUrl: found.endSessionEndpoint,
  };
  const known = Object.entries(settings).filter((one): one is [string, string] => one[1] !== null);
  return {
    ...Object.fromEntries(known),
    ...(found.jwksUri === null ? {} : { useJwksUrl: 'true', validateSignature: 'true' }),
  };
}
