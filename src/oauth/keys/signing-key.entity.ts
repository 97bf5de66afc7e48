import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A signing key of a tenant; the private part is encrypted under the master key. */
export const SigningKeyEntity = defineEntity({
  name: 'SigningKey',
  tableName: 'signing_keys',
  properties: {
    tenantId: p.uuid().primary(),
    /** RFC 7638 thumbprint. */
    kid: p.text().primary(),
    alg: p.string().length(16),
    publicJwk: p.json<Record<string, unknown>>(),
    sealedPrivate: p.text(),
    /** Base64 DER of a self-signed certificate, for `x5c`; RSA keys only. */
    certificate: p.text().nullable(),
    createdAt: p.datetime(),
    /** When the key begins to sign; it is published before. */
    activeFrom: p.datetime(),
    /** When the key stops signing; set in advance, when the next key is made. */
    retiredAt: p.datetime().nullable(),
    /** Until when the key is published: the tokens it signed have expired by then. */
    expiresAt: p.datetime().nullable(),
  },
  indexes: [
    { name: 'signing_keys__alg', properties: ['tenantId', 'alg', 'activeFrom'] },
    { name: 'signing_keys__expires_at', properties: ['tenantId', 'expiresAt'] },
  ],
});
export type SigningKey = InferEntity<typeof SigningKeyEntity>;
