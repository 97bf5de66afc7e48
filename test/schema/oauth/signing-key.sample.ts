import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant }) => ({
  SigningKey: (await world.services.oauth.keys.signer(tenant, 'EdDSA')).kid,
});
