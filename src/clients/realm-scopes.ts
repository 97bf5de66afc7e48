import type { Clock } from '../kernel/index.ts';
import type { TenantSeed } from '../tenants/index.ts';
import type { ProtocolMapper } from './client.entity.ts';
import type { BuiltinScope, ClientScopeStore } from './client-scope.store.ts';
import type { Texts } from './mappers/index.ts';
import type { ScopeRoleStore } from './scope-role.store.ts';

type NewMapper = Omit<ProtocolMapper, 'id'>;

const IN_ACCESS_TOKENS: Texts = { 'access.token.claim': 'true', 'introspection.token.claim': 'true' };
const EVERYWHERE: Texts = { ...IN_ACCESS_TOKENS, 'id.token.claim': 'true', 'userinfo.token.claim': 'true' };

const mapper = (name: string, type: string, config: Texts): NewMapper => ({ name, type, config });

const claim = (name: string, type: string): Texts => ({ 'claim.name': name, 'jsonType.label': type });

const attribute = (name: string, from: string, to: string, type = 'String'): NewMapper =>
  mapper(name, 'oidc-usermodel-attribute-mapper', { ...EVERYWHERE, 'user.attribute': from, ...claim(to, type) });

/** The claims of the scope `profile` that have the name of their attribute (OpenID Connect Core section 5.4). */
const SAME_NAMED = ['nickname', 'profile', 'picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale'];

const PROFILE: readonly NewMapper[] = [
  mapper('full name', 'oidc-full-name-mapper', EVERYWHERE),
  attribute('family name', 'lastName', 'family_name'),
  attribute('given name', 'firstName', 'given_name'),
  attribute('middle name', 'middleName', 'middle_name'),
  ...SAME_NAMED.map((name) => attribute(name, name, name)),
  attribute('updated at', 'updatedAt', 'updated_at', 'long'),
  attribute('username', 'username', 'preferred_username'),
];

const EMAIL: readonly NewMapper[] = [
  attribute('email', 'email', 'email'),
  mapper('email verified', 'oidc-usermodel-property-mapper', {
    ...EVERYWHERE,
    'user.attribute': 'emailVerified',
    ...claim('email_verified', 'boolean'),
  }),
];

const ADDRESS: readonly NewMapper[] = [
  mapper('address', 'oidc-address-mapper', {
    ...EVERYWHERE,
    'user.attribute.formatted': 'formatted',
    'user.attribute.street': 'street',
    'user.attribute.locality': 'locality',
    'user.attribute.region': 'region',
    'user.attribute.postal_code': 'postal_code',
    'user.attribute.country': 'country',
  }),
];

const PHONE: readonly NewMapper[] = [
  attribute('phone number', 'phoneNumber', 'phone_number'),
  attribute('phone number verified', 'phoneNumberVerified', 'phone_number_verified', 'boolean'),
];

const ROLES: readonly NewMapper[] = [
  mapper('realm roles', 'oidc-usermodel-realm-role-mapper', {
    ...IN_ACCESS_TOKENS,
    multivalued: 'true',
    ...claim('realm_access.roles', 'String'),
  }),
  mapper('client roles', 'oidc-usermodel-client-role-mapper', {
    ...IN_ACCESS_TOKENS,
    multivalued: 'true',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the mapper replaces it by the `client_id`.
    ...claim('resource_access.${client_id}.roles', 'String'),
  }),
  mapper('audience resolve', 'oidc-audience-resolve-mapper', IN_ACCESS_TOKENS),
];

const MICROPROFILE: readonly NewMapper[] = [
  attribute('upn', 'username', 'upn'),
  mapper('groups', 'oidc-usermodel-realm-role-mapper', {
    ...EVERYWHERE,
    multivalued: 'true',
    ...claim('groups', 'String'),
  }),
];

const BASIC: readonly NewMapper[] = [
  mapper('sub', 'oidc-sub-mapper', IN_ACCESS_TOKENS),
  mapper('auth_time', 'oidc-usersessionmodel-note-mapper', {
    ...IN_ACCESS_TOKENS,
    'id.token.claim': 'true',
    'user.session.note': 'AUTH_TIME',
    ...claim('auth_time', 'long'),
  }),
];

/** Shown where users are asked for consent, by the text of this name. */
const askedAs = (text: string): Texts => ({ 'display.on.consent.screen': 'true', 'consent.screen.text': text });
const NOT_ASKED: Texts = { 'display.on.consent.screen': 'false' };

/**
 * The scopes of a tenant of the template `realm`. Those that tokens do not name only have mappers, for which every client has
 * them.
 */
export const REALM_SCOPES: readonly BuiltinScope[] = [
  {
    name: 'profile',
    description: 'OpenID Connect built-in scope: profile',
    named: true,
    tenantDefault: 'default',
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: names of texts that programs replace.
    attributes: askedAs('${profileScopeConsentText}'),
    mappers: PROFILE,
  },
  {
    name: 'email',
    description: 'OpenID Connect built-in scope: email',
    named: true,
    tenantDefault: 'default',
    attributes: askedAs('${emailScopeConsentText}'),
    mappers: EMAIL,
  },
  {
    name: 'roles',
    description: 'OpenID Connect scope for add user roles to the access token',
    named: false,
    tenantDefault: 'default',
    attributes: askedAs('${rolesScopeConsentText}'),
    mappers: ROLES,
  },
  {
    name: 'web-origins',
    description: 'OpenID Connect scope for add allowed web origins to the access token',
    named: false,
    tenantDefault: 'default',
    attributes: NOT_ASKED,
    mappers: [mapper('allowed web origins', 'oidc-allowed-origins-mapper', IN_ACCESS_TOKENS)],
  },
  {
    name: 'acr',
    description: 'OpenID Connect scope for add acr (authentication context class reference) to the token',
    named: false,
    tenantDefault: 'default',
    attributes: NOT_ASKED,
    mappers: [mapper('acr loa level', 'oidc-acr-mapper', { ...IN_ACCESS_TOKENS, 'id.token.claim': 'true' })],
  },
  {
    name: 'basic',
    description: 'OpenID Connect scope for add all basic claims to the token',
    named: false,
    tenantDefault: 'default',
    attributes: NOT_ASKED,
    mappers: BASIC,
  },
  {
    name: 'address',
    description: 'OpenID Connect built-in scope: address',
    named: true,
    tenantDefault: 'optional',
    attributes: askedAs('${addressScopeConsentText}'),
    mappers: ADDRESS,
  },
  {
    name: 'phone',
    description: 'OpenID Connect built-in scope: phone',
    named: true,
    tenantDefault: 'optional',
    attributes: askedAs('${phoneScopeConsentText}'),
    mappers: PHONE,
  },
  {
    name: 'microprofile-jwt',
    description: 'Microprofile - JWT built-in scope',
    named: true,
    tenantDefault: 'optional',
    attributes: NOT_ASKED,
    mappers: MICROPROFILE,
  },
  {
    name: 'offline_access',
    description: 'OpenID Connect built-in scope: offline_access',
    named: true,
    tenantDefault: 'optional',
    attributes: askedAs('${offlineAccessScopeConsentText}'),
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above.
    mappers: [],
  },
];

/**
 * Adds the scopes of a new tenant, with three statements, in the transaction that creates it, after its builtin clients and
 * roles.
 */
export function seedRealmScopes(store: ClientScopeStore, roles: ScopeRoleStore, clock: Clock): TenantSeed {
  return async (_authority, tenant) => {
    if (tenant.template !== 'realm') return;
    await store.addBuiltin(tenant.id, REALM_SCOPES, clock.now());
    await roles.addBuiltin(tenant.id);
  };
}
