import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** An external identity provider of a tenant. `type` and `name` together are what the older APIs call it (`vk:vk_1`). */
export const FederationProviderEntity = defineEntity({
  name: 'FederationProvider',
  tableName: 'federation_providers',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    type: p.string().length(64),
    displayName: p.text().nullable(),
    enabled: p.boolean().default(true),
    /** Keep the provider's tokens after sign-in or linking? */
    storeTokens: p.boolean().default(false),
    /** Endpoints, client id, scope, extra authorization parameters ... */
    config: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    clientSecretSealed: p.text().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  uniques: [{ name: 'federation_providers__name', properties: ['tenantId', 'name'] }],
});
export type FederationProvider = InferEntity<typeof FederationProviderEntity>;

/** An account at a provider that belongs to a user here; keyed by provider and external id, never by e-mail. */
export const FederationLinkEntity = defineEntity({
  name: 'FederationLink',
  tableName: 'federation_links',
  properties: {
    tenantId: p.uuid().primary(),
    providerId: p.uuid().primary(),
    externalId: p.text().primary(),
    userId: p.text(),
    externalName: p.text().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  indexes: [{ name: 'federation_links__user_id', properties: ['tenantId', 'userId'] }],
});
export type FederationLink = InferEntity<typeof FederationLinkEntity>;

/** Tokens a provider gave us for a link, sealed. */
export const FederationTokenEntity = defineEntity({
  name: 'FederationToken',
  tableName: 'federation_tokens',
  properties: {
    tenantId: p.uuid().primary(),
    providerId: p.uuid().primary(),
    externalId: p.text().primary(),
    sealed: p.text(),
    expiresAt: p.datetime().nullable(),
    updatedAt: p.datetime(),
  },
});
