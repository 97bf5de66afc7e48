import { listLoader } from '../loading.ts';

/** Hosts of a tenant, by its id. */
export const hostsOfTenant = listLoader<string>(({ tenants }, _tenantId, ids) => tenants.hostsOf(ids));
