import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant }) => ({
  Group: (await world.newGroup(tenant, { profile: 'orgs', key: '114' })).id,
});
