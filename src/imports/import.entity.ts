import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { RowFault, RowTally } from './import-row.ts';

/** One import into a tenant: what it has written so far, and what it could not take over. */
export const ImportEntity = defineEntity({
  name: 'Import',
  tableName: 'imports',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** `running`, `complete`, or `reported` where something was not taken over. */
    state: p.string().length(16).default('running'),
    /** `skip` or `overwrite`: what happens to things that are there already. */
    ifExists: p.string().length(16),
    /** How many rows of each kind ended how. */
    tallies: p.json<Record<string, RowTally>>().defaultRaw(`'{}'`),
    /** The first of what was not taken over. */
    faults: p.json<RowFault[]>().defaultRaw(`'[]'`),
    /** How much was not taken over. */
    faultCount: p.integer().default(0),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    endedAt: p.datetime().nullable(),
  },
  indexes: [{ name: 'imports__created_at', properties: ['tenantId', 'createdAt', 'id'] }],
});
export type Import = InferEntity<typeof ImportEntity>;

/** A row that was imported, by a digest of its kind and name, with a keyed digest of what it had. */
export const ImportRowEntity = defineEntity({
  name: 'ImportRow',
  tableName: 'import_rows',
  properties: {
    tenantId: p.uuid().primary(),
    /** SHA-256 of kind, owner and name. */
    key: p.blob().primary(),
    kind: p.string().length(32),
    /** HMAC-SHA-256 of the content, which may have secrets. */
    contentHash: p.blob(),
    updatedAt: p.datetime(),
  },
});
