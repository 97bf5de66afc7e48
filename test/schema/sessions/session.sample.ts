import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant, user }) => ({
  Session: (await world.signedIn(tenant, user.id)).session.id,
});
