import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** The scopes a user allowed a client. Tokens do not depend on it; the flow that asks for consent reads it. */
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
