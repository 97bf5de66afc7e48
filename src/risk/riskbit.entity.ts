import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/**
 * A riskbit: which findings on a device put it at which rating, and what to do then. Values are returned as they were
 * written.
 */
export const RiskbitEntity = defineEntity({
  name: 'Riskbit',
  tableName: 'riskbits',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** `A` (best) ... `Z`. */
    ratingLevel: p.text(),
    /** A number or a range, as the operator wrote it: `492-638`. */
    score: p.text(),
    /** Share or weight, as the operator wrote it: `41.77`. */
    risk: p.text(),
    /** Findings that count on Android, comma-separated: `JBreak[1](30),JBreak[1](300)`. */
    riskAndroid: p.text().nullable(),
    riskIos: p.text().nullable(),
    /** What a client should do: `OK`, `HIGH_RISK` ... */
    operation: p.text(),
    enabled: p.boolean().default(true),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  uniques: [{ name: 'riskbits__rating_level__score', properties: ['tenantId', 'ratingLevel', 'score'] }],
});
export type Riskbit = InferEntity<typeof RiskbitEntity>;
