import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A sign-in under way in a browser. The flow that began it finds its result here and deletes the row. */
export const InteractionEntity = defineEntity({
  name: 'Interaction',
  tableName: 'interactions',
  properties: {
    tenantId: p.uuid().primary(),
    /** SHA-256 of the handle. */
    hash: p.blob().primary(),
    /** Who resumes: `authorize`, `link-account` ... */
    kind: p.string().length(32),
    /** What the flow that began it needs in order to go on. Nothing here reads it. */
    purpose: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    /** What is demanded of the sign-in, and where the browser goes afterwards. Never changes. */
    request: p.json<Record<string, unknown>>(),
    /** What was proved and decided so far. No password; secrets in it are sealed. */
    state: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    /** Raised by every step, so that of simultaneous ones a single one counts. */
    version: p.integer().default(0),
    /** Hash of the mark of the browser in which it was begun. */
    browserHash: p.text(),
    /** The account that was proved. */
    userId: p.text().nullable(),
    /** `client_id` of the application that the page names. */
    clientId: p.text().nullable(),
    /** Address of the transport; of IPv6 its /64. */
    address: p.text().nullable(),
    expiresAt: p.datetime(),
    createdAt: p.datetime(),
  },
  indexes: [
    { name: 'interactions__user_id', properties: ['tenantId', 'userId'] },
    { name: 'interactions__browser_hash', properties: ['tenantId', 'browserHash', 'createdAt'] },
    { name: 'interactions__address', properties: ['tenantId', 'address', 'expiresAt'] },
    { name: 'interactions__expires_at', properties: ['tenantId', 'expiresAt'] },
  ],
});
export type InteractionEntityRow = InferEntity<typeof InteractionEntity>;
