import { defineEntity, p } from '@mikro-orm/core';

/** How checks of liveness went in one minute of a tenant. */
export const LivenessCountEntity = defineEntity({
  name: 'LivenessCount',
  tableName: 'liveness_counts',
  properties: {
    tenantId: p.uuid().primary(),
    /** Begin of the minute. */
    minute: p.datetime().primary(),
    passed: p.integer().default(0),
    failed: p.integer().default(0),
    skipped: p.integer().default(0),
    /** How many of them said how long they took. */
    timed: p.integer().default(0),
    /** What these took together, in milliseconds. */
    durationMs: p.bigint('number').default(0),
  },
});
