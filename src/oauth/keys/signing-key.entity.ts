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
    createdAt: p.datetime(),
    /** Signs from then on; published before. */
    activeFrom: p.datetime(),
    /** Signs until then; set, in advance, when the next one is made. */
    retiredAt: p.datetime().nullable(),
    /** Published until then: the tokens it signed have expired. */
    expiresAt: p.datetime().nullable(),
  },
  indexes: [{ name: 'signing_keys__alg', properties: ['tenantId', 'alg', 'activeFrom'] }],
});
export type SigningKey = InferEntity<typeof SigningKeyEntity>;
