import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant, user }) => ({
  LinkedApp: (await world.newLinkedApp(tenant, user.id)).client.id,
});
