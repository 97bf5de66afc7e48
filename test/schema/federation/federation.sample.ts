import { joinKey } from '../../../schema/global-id.ts';
import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant, user }) => {
  const provider = await world.newProvider(tenant, { name: 'vk_1' });
  const link = await world.link(tenant, user.id, { type: 'vk', name: 'vk_1' }, 'x-1', 'Anna');
  return { FederationProvider: provider.id, FederationLink: joinKey([provider.id, link.externalId]) };
};
