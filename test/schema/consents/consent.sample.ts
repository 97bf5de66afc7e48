import { joinKey } from '../../../schema/global-id.ts';
import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant, user, client }) => {
  await world.consent(tenant, user.id, client, ['openid']);
  return { Consent: joinKey([user.id, client.id]) };
};
