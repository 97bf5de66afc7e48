import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A key with which a program acts for a user, stored by its hash. */
export const ApiKeyEntity = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  properties: {
    /** Where the key acts. */
    tenantId: p.uuid().primary(),
    /** UUID version 8 that names the tenant. */
    id: p.uuid().primary(),
    /** SHA-256 of the secret. */
    hash: p.blob(),
    /** Tenant of the user for whom it acts: the key's, or `master`. */
    ownerTenantId: p.uuid(),
    ownerUserId: p.text(),
    /** The owner, where it belongs to the key's tenant: a foreign key deletes the key together with it. */
    userId: p
      .text()
      .nullable()
      .generated('(case when owner_tenant_id = tenant_id then owner_user_id else null end) stored'),
    name: p.text(),
    /** Names of scopes, in the order in which they were given. */
    scopes: p.array().columnType('text[]'),
    /** Those among them that reach the owner's account alone. */
    ownScopes: p.array().columnType('text[]'),
    createdAt: p.datetime(),
    /** When it was last used, accurate to a minute; null since it was made or regenerated. */
    lastUsedAt: p.datetime().nullable(),
  },
  uniques: [{ name: 'api_keys__hash', properties: ['tenantId', 'hash'] }],
  indexes: [
    { name: 'api_keys__user_id', properties: ['tenantId', 'userId'] },
    { name: 'api_keys__owner', properties: ['tenantId', 'ownerUserId', 'ownerTenantId'] },
    { name: 'api_keys__created_at', properties: ['tenantId', 'createdAt', 'id'] },
  ],
});
export type ApiKeyRow = InferEntity<typeof ApiKeyEntity>;
