import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A credential of a user: a password, a TOTP secret, a passkey, a recovery code ... */
export const CredentialEntity = defineEntity({
  name: 'Credential',
  tableName: 'credentials',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    userId: p.text(),
    /** `password`, `image-proof`, `totp`, `passkey`, `security-key`, `recovery-code` ... */
    type: p.string().length(32),
    /** Counts up per user and type. Never reused, because it is part of public ids. */
    ordinal: p.integer(),
    /** Hash to find a passkey before the user is known. */
    lookupHash: p.blob().nullable(),
    label: p.text().nullable(),
    priority: p.integer().default(0),
    /** Data that may be shown: digits, period, algorithm, public key ... */
    data: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    /** A password hash, or a secret sealed under the master key. */
    secret: p.text().nullable(),
    createdAt: p.datetime(),
    /** When another password replaced it; null: never, and of other types. A new hash of the same password is none. */
    changedAt: p.datetime().nullable(),
    lastUsedAt: p.datetime().nullable(),
  },
  uniques: [
    { name: 'credentials__ordinal', properties: ['tenantId', 'userId', 'type', 'ordinal'] },
    { name: 'credentials__lookup_hash', properties: ['tenantId', 'lookupHash'] },
  ],
});
export type Credential = InferEntity<typeof CredentialEntity>;

/** Failed attempts of one subject at one factor, and the block they led to (docs/lock-out.md). */
export const LockoutEntity = defineEntity({
  name: 'Lockout',
  tableName: 'lockouts',
  properties: {
    tenantId: p.uuid().primary(),
    /** `account`, `name` (hash of a name that no account has), `ip`, `tenant`. */
    subjectKind: p.string().length(16).primary(),
    subject: p.text().primary(),
    /** `first`, `second`, `secret-answer`, `reset-code`, `otp-resend`. */
    factor: p.string().length(16).primary(),
    failures: p.integer().default(0),
    /** Epoch milliseconds of the failures inside a sliding window, at most 1000. */
    failureTimes: p.json<number[]>().defaultRaw(`'[]'`),
    /** How many blocks in a row; the wait doubles with each. */
    level: p.integer().default(0),
    lastAt: p.datetime(),
    lastIp: p.text().nullable(),
    blockedFrom: p.datetime().nullable(),
    blockedUntil: p.datetime().nullable(),
  },
  indexes: [{ name: 'lockouts__last_at', properties: ['tenantId', 'lastAt'] }],
});
export type Lockout = InferEntity<typeof LockoutEntity>;

/**
 * The last ordinal assigned per user and type. Kept after the credential is deleted, so that no ordinal is assigned twice.
 */
export const CredentialOrdinalEntity = defineEntity({
  name: 'CredentialOrdinal',
  tableName: 'credential_ordinals',
  properties: {
    tenantId: p.uuid().primary(),
    userId: p.text().primary(),
    type: p.string().length(32).primary(),
    last: p.integer(),
  },
});
