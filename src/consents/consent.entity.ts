import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** What a user allowed a client to have. Tokens live without it; whoever asks for consent reads it. */
export const ConsentEntity = defineEntity({
  name: 'Consent',
  tableName: 'consents',
  properties: {
    tenantId: p.uuid().primary(),
    userId: p.text().primary(),
    clientUuid: p.uuid().primary(),
    /** Sorted. */
    scopes: p.array().columnType('text[]').defaultRaw(`'{}'`),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  indexes: [{ name: 'consents__client_uuid', properties: ['tenantId', 'clientUuid'] }],
});
export type Consent = InferEntity<typeof ConsentEntity>;
