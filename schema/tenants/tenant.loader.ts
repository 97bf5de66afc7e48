import { type Loaders, listLoader } from '../loading.ts';

/** Hosts of tenants, by their ids. They are read together, so the keys name no tenant to group by. */
const hostsOfTenants = listLoader<string>(({ tenants }, _, ids) => tenants.hostsOf(ids));

export const loadHosts = (loaders: Loaders, tenantId: string): Promise<readonly string[]> =>
  loaders.load(hostsOfTenants, { tenantId: '', key: tenantId });
