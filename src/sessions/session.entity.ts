import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A session of a signed-in user: one of a browser, or one behind a password grant. */
export const SessionEntity = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    userId: p.text(),
    /** SHA-256 of the cookie's value; null for a session without a browser. */
    cookieHash: p.blob().nullable(),
    deviceId: p.text().nullable(),
    /** `client_id` of the application that asked for the sign-in; null: none did, or it began before this was kept. */
    clientId: p.text().nullable(),
    /** When the user proved who they are (OIDC Core section 2, `auth_time`). */
    authTime: p.datetime(),
    /** How the user proved it (RFC 8176). */
    amr: p.array().columnType('text[]').defaultRaw(`'{}'`),
    acr: p.text().nullable(),
    remember: p.boolean().default(false),
    offline: p.boolean().default(false),
    ip: p.text().nullable(),
    userAgent: p.text().nullable(),
    lastUsedAt: p.datetime(),
    idleExpiresAt: p.datetime(),
    expiresAt: p.datetime(),
    createdAt: p.datetime(),
  },
  uniques: [{ name: 'sessions__cookie_hash', properties: ['tenantId', 'cookieHash'] }],
  indexes: [
    { name: 'sessions__user_id', properties: ['tenantId', 'userId', 'id'] },
    { name: 'sessions__ip', properties: ['tenantId', 'ip', 'id'] },
    { name: 'sessions__device_id', properties: ['tenantId', 'deviceId', 'id'] },
    { name: 'sessions__expires_at', properties: ['tenantId', 'expiresAt'] },
  ],
});
export type Session = InferEntity<typeof SessionEntity>;

/** A browser in which a user signed in; several users may have signed in in one browser. */
export const DeviceEntity = defineEntity({
  name: 'Device',
  tableName: 'devices',
  properties: {
    tenantId: p.uuid().primary(),
    userId: p.text().primary(),
    /** `SHA256_` and the base64url hash of the device cookie. */
    id: p.text().primary(),
    userAgent: p.text().nullable(),
    fingerprint: p.text().nullable(),
    latestIp: p.text().nullable(),
    trusted: p.boolean().default(false),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime(),
  },
});
export type Device = InferEntity<typeof DeviceEntity>;
