import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant }) => {
  const mappers = [{ name: 'full name', type: 'oidc-full-name-mapper' }];
  return {
    ClientScope: (await world.services.clientScopes.create(world.system(tenant), { name: 'tides', mappers })).id,
  };
};
