import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant }) => {
  const [event] = await world.events(tenant);
  return { SecurityEvent: (event as unknown as { id: string }).id };
};
