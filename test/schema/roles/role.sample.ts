import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant }) => ({ Role: (await world.newRole(tenant)).id });
