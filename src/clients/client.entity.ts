import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A registered redirect address and how it is compared: `exact`, `prefix` or `wildcard` (docs/data-model.md). */
export interface RedirectEntry {
  readonly uri: string;
  readonly match: 'exact' | 'prefix' | 'wildcard';
}

/**
 * Puts claims into the tokens of a client, or of the clients that have a scope. What it does is said by its type and its
 * configuration (docs/data-model.md).
 */
export interface ProtocolMapper {
  readonly id: string;
  /** Unique among the mappers of its client or scope. */
  readonly name: string;
  readonly type: string;
  readonly config: Readonly<Record<string, string>>;
}

/** A client (application). `id` is the internal UUID, `client_id` the name it authenticates with. */
export const ClientEntity = defineEntity({
  name: 'Client',
  tableName: 'clients',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** Printable ASCII, 1...255, exact case, unique per tenant. */
    clientId: p.text(),
    name: p.text().nullable(),
    description: p.text().nullable(),
    /** `regular`, `builtin` (made by the service) or `instance` (a linked app of one user). */
    kind: p.string().length(16).default('regular'),
    /** `confidential` or `public` (RFC 6749 section 2.1). */
    type: p.string().length(16).default('confidential'),
    enabled: p.boolean().default(true),
    /** Allowed grant types, by their OAuth names. */
    grantTypes: p.array().columnType('text[]').fieldName('grants').defaultRaw(`'{}'`),
    redirects: p.json<RedirectEntry[]>().defaultRaw(`'[]'`),
    postLogoutRedirects: p.json<RedirectEntry[]>().defaultRaw(`'[]'`),
    /** Whether this client's tokens contain the roles of their users. */
    fullRoleScope: p.boolean().default(false),
    /** Native permissions the client itself holds, in the form of scope strings. */
    permissions: p.array().columnType('text[]').defaultRaw(`'{}'`),
    /** `jwt` or `opaque`. */
    tokenFormat: p.string().length(8).default('jwt'),
    accessTokenAlg: p.string().length(8).nullable(),
    idTokenAlg: p.string().length(8).nullable(),
    accessTokenSeconds: p.integer().nullable(),
    refreshTokenSeconds: p.integer().nullable(),
    softwareId: p.text().nullable(),
    ownerUserId: p.text().nullable(),
    /** Keyed by the names of the standards (RFC 7591). `metadata/` has a row for each member, with its default. */
    metadata: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    attributes: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    mappers: p.json<ProtocolMapper[]>().defaultRaw(`'[]'`),
    lockedAt: p.datetime().nullable(),
    notBefore: p.datetime().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  uniques: [{ name: 'clients__client_id', properties: ['tenantId', 'clientId'] }],
  indexes: [{ name: 'clients__owner_user_id', properties: ['tenantId', 'ownerUserId'] }],
});
export type Client = InferEntity<typeof ClientEntity>;

/** A secret of a client: always the keyed hash, and the sealed text only if it must be shown again or used to sign. */
export const ClientSecretEntity = defineEntity({
  name: 'ClientSecret',
  tableName: 'client_secrets',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    clientUuid: p.uuid(),
    /** `oauth`, or `rest`: the password of routes that document HTTP Basic of an application. */
    kind: p.string().length(8),
    hash: p.blob(),
    sealed: p.text().nullable(),
    createdAt: p.datetime(),
    expiresAt: p.datetime().nullable(),
  },
  indexes: [{ name: 'client_secrets__client_uuid', properties: ['tenantId', 'clientUuid'] }],
});
export type ClientSecret = InferEntity<typeof ClientSecretEntity>;

/** How new clients get a scope of the tenant. */
export type TenantDefault = 'default' | 'optional';

/** A scope of the tenant, and the claims that tokens with it have. */
export const ClientScopeEntity = defineEntity({
  name: 'ClientScope',
  tableName: 'client_scopes',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    description: p.text().nullable(),
    /** Whether tokens name it among their scopes, and clients get it where they ask for none. */
    named: p.boolean().default(true),
    /** How new clients get it, a `TenantDefault`; null: they do not. */
    tenantDefault: p.string().length(8).nullable(),
    /** Texts by name that are kept and not used here. */
    attributes: p.json<Record<string, string>>().defaultRaw(`'{}'`),
    mappers: p.json<ProtocolMapper[]>().defaultRaw(`'[]'`),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  uniques: [{ name: 'client_scopes__name', properties: ['tenantId', 'name'] }],
});
export type ClientScope = InferEntity<typeof ClientScopeEntity>;

/** A scope a client may ask for; a default one is granted when the request names none. */
export const ClientScopeLinkEntity = defineEntity({
  name: 'ClientScopeLink',
  tableName: 'client_scope_links',
  properties: {
    tenantId: p.uuid().primary(),
    clientUuid: p.uuid().primary(),
    scopeId: p.uuid().primary(),
    isDefault: p.boolean().default(false),
  },
  indexes: [{ name: 'client_scope_links__scope_id', properties: ['tenantId', 'scopeId'] }],
});

/**
 * An origin whose pages may send requests with a client's tokens, computed from the metadata and the redirect addresses.
 * The store maintains the rows, so that an origin is found without reading every client.
 */
export const ClientWebOriginEntity = defineEntity({
  name: 'ClientWebOrigin',
  tableName: 'client_web_origins',
  properties: {
    tenantId: p.uuid().primary(),
    origin: p.text().primary(),
    clientUuid: p.uuid().primary(),
  },
  indexes: [
    { name: 'client_web_origins__client_uuid', properties: ['tenantId', 'clientUuid'] },
    { name: 'client_web_origins__origin', properties: ['origin'] },
  ],
});
