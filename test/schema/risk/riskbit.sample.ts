import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant }) => {
  const input = { ratingLevel: 'A', score: '1', risk: '1', operation: 'OK' };
  return { Riskbit: (await world.services.riskbits.create(world.system(tenant), input)).id };
};
