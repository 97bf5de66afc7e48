import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A user account. `id` is the public id, the same in every dialect (docs/data-model.md). */
export const UserEntity = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.text().primary(),
    /** As typed; the folded form is in `user_identifiers`. */
    username: p.text(),
    email: p.text().nullable(),
    emailVerified: p.boolean().default(false),
    phone: p.text().nullable(),
    phoneVerified: p.boolean().default(false),
    givenName: p.text().nullable(),
    familyName: p.text().nullable(),
    middleName: p.text().nullable(),
    displayName: p.text().nullable(),
    locale: p.text().nullable(),
    enabled: p.boolean().default(true),
    /** Why `enabled` is false: `admin`, `lockout` ... */
    disabledReason: p.text().nullable(),
    /** Blocked for inactivity since then. */
    inactiveSince: p.datetime().nullable(),
    /** Exempt from the inactivity block until then; `infinity` is stored as the year 9999. */
    exemptUntil: p.datetime().nullable(),
    stateCheckedAt: p.datetime().nullable(),
    /** 2 = a second factor is required at sign-in; null = not. */
    requiredFactor: p.smallint().nullable(),
    /** Sign-in methods the user may not use. */
    lockedMethods: p.array().columnType('text[]').defaultRaw(`'{}'`),
    /** Things to do at the next sign-in, such as `UPDATE_PASSWORD`. */
    requiredActions: p.array().columnType('text[]').defaultRaw(`'{}'`),
    /** Free attributes: raw JSON per name. */
    attributes: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    /** Multi-valued and complex members of a standard profile that have no column. */
    profile: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    properties: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    /** The caller's own id for the account; not unique, last writer wins. */
    externalId: p.text().nullable(),
    /** Random user handle of WebAuthn (section 5.4.3), 64 bytes at most. */
    webauthnHandle: p.text().nullable(),
    /** Set on the service account of a client: the UUID of the client, which is its id as well. */
    serviceClientId: p.text().nullable(),
    /** Tokens of families that began before this moment are refused. */
    notBefore: p.datetime().nullable(),
    /**
     * Raised by a new password, by disabling and by the reset of sessions: a sign-in under way that proved the account before
     * does not go on.
     */
    proofVersion: p.integer().default(0),
    lastSignInAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  indexes: [
    { name: 'users__external_id', properties: ['tenantId', 'externalId'] },
    { name: 'users__created_at', properties: ['tenantId', 'createdAt', 'id'] },
  ],
});
export type User = InferEntity<typeof UserEntity>;

/** A name that identifies a user: folded username, e-mail or chosen id share one namespace per tenant. */
export const UserIdentifierEntity = defineEntity({
  name: 'UserIdentifier',
  tableName: 'user_identifiers',
  properties: {
    tenantId: p.uuid().primary(),
    value: p.text().primary(),
    userId: p.text(),
    /** Bits: 1 username, 2 e-mail, 4 chosen id. */
    kinds: p.smallint(),
  },
  indexes: [
    { name: 'user_identifiers__user_id', properties: ['tenantId', 'userId'] },
    { name: 'user_identifiers__value', properties: ['value'] },
  ],
});
export type UserIdentifier = InferEntity<typeof UserIdentifierEntity>;

/** Search rows of attributes: folded, at most 255 characters, the first 8 values of a name. Kept by the store. */
export const UserAttributeKeyEntity = defineEntity({
  name: 'UserAttributeKey',
  tableName: 'user_attribute_keys',
  properties: {
    tenantId: p.uuid().primary(),
    name: p.text().primary(),
    /** Compared by bytes, so that the index finds prefixes whatever the collation of the database. */
    valueKey: p.text().collation('C').primary(),
    userId: p.text().primary(),
  },
  indexes: [{ name: 'user_attribute_keys__user_id', properties: ['tenantId', 'userId'] }],
});

/** Parts of the number of users of a tenant, whose sum it is. Accounts of applications do not count. */
export const UserCountEntity = defineEntity({
  name: 'UserCount',
  tableName: 'user_counts',
  properties: {
    tenantId: p.uuid().primary(),
    part: p.smallint().primary(),
    count: p.integer(),
  },
});
