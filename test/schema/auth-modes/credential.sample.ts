import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant, user }) => ({
  Credential: (await world.giveTotp(tenant, user.id)).id,
});
