import { defineEntity, p } from '@mikro-orm/core';

/** A secret of a tenant that its image proofs need. Never replaced: what was derived from it would be lost. */
export const TenantSecretEntity = defineEntity({
  name: 'TenantSecret',
  tableName: 'tenant_secrets',
  properties: {
    tenantId: p.uuid().primary(),
    /** What it is for. */
    name: p.string().length(32).primary(),
    /** Encrypted under the master key. */
    sealed: p.text(),
    createdAt: p.datetime(),
  },
});
