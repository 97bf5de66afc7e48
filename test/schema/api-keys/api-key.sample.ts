import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant, user }) => ({
  ApiKey: (await world.newApiKey(tenant, user.id, 'USER:READ')).apiKey.id,
});
