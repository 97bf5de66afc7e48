import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A signing key of a tenant; the private part is sealed under the master key. */
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
    /** `active` signs; `retired` is published until the tokens it signed have expired. */
    status: p.string().length(8).default('active'),
    createdAt: p.datetime(),
    retiredAt: p.datetime().nullable(),
    expiresAt: p.datetime().nullable(),
  },
  indexes: [{ name: 'signing_keys__alg', properties: ['tenantId', 'alg', 'status'] }],
});
export type SigningKey = InferEntity<typeof SigningKeyEntity>;
