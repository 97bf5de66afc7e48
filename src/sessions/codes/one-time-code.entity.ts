import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A secret that works once: codes, states, tickets, mail links. Using it is a `DELETE ... RETURNING`. */
export const OneTimeCodeEntity = defineEntity({
  name: 'OneTimeCode',
  tableName: 'one_time_codes',
  properties: {
    tenantId: p.uuid().primary(),
    hash: p.blob().primary(),
    /** What the code is for; a code of one kind is never accepted as another. */
    kind: p.string().length(32),
    userId: p.text().nullable(),
    /** Who shares a bound with it, such as an address of the network; null: no such bound. */
    bucket: p.string().length(64).nullable(),
    payload: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    attempts: p.integer().default(0),
    expiresAt: p.datetime(),
    createdAt: p.datetime(),
  },
  indexes: [
    { name: 'one_time_codes__user_id', properties: ['tenantId', 'userId', 'kind'] },
    {
      name: 'one_time_codes__bucket',
      properties: ['tenantId', 'kind', 'bucket', 'expiresAt'],
      where: 'bucket is not null',
    },
    { name: 'one_time_codes__expires_at', properties: ['tenantId', 'expiresAt'] },
  ],
});
export type OneTimeCode = InferEntity<typeof OneTimeCodeEntity>;
