import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant }) => {
  const { id } = await world.newUser(tenant);
  return { UserAddress: (await world.services.userAddresses.add(world.system(tenant), id, { city: 'Riga' })).id };
};
