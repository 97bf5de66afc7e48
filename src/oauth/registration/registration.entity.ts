import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A token with which clients are registered (RFC 7591 section 3), stored by its hash. The last use deletes it. */
export const InitialAccessTokenEntity = defineEntity({
  name: 'InitialAccessToken',
  tableName: 'initial_access_tokens',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    hash: p.blob(),
    /** How many clients it registers in all. */
    uses: p.integer(),
    /** How many of them are left: at least one. */
    usesLeft: p.integer(),
    expiresAt: p.datetime().nullable(),
    createdAt: p.datetime(),
  },
  uniques: [{ name: 'initial_access_tokens__hash', properties: ['tenantId', 'hash'] }],
  indexes: [{ name: 'initial_access_tokens__expires_at', properties: ['tenantId', 'expiresAt'] }],
});
export type InitialAccessToken = InferEntity<typeof InitialAccessTokenEntity>;

/** The token that reads, changes and deletes one client (RFC 7592 section 1.2), stored by its hash. A client has one at most. */
export const RegistrationTokenEntity = defineEntity({
  name: 'RegistrationToken',
  tableName: 'registration_tokens',
  properties: {
    tenantId: p.uuid().primary(),
    clientUuid: p.uuid().primary(),
    hash: p.blob(),
    createdAt: p.datetime(),
  },
});
export type RegistrationToken = InferEntity<typeof RegistrationTokenEntity>;
