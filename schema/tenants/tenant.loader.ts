import type { TenantAdministrator } from '../../src/users/index.ts';
import { type Loaders, listLoader, rowLoader } from '../loading.ts';

// What is known of tenants by their ids is read for all of them together, so the keys name no tenant to group by.
const hostsOfTenants = listLoader<string>(({ tenants }, _, ids) => tenants.hostsOf(ids));
const userCounts = rowLoader<number>(({ users }, _, ids) => users.countsOf(ids));
const administrators = rowLoader<TenantAdministrator>(({ users }, _, ids) => users.administratorsOf(ids));

/** Hosts of a tenant. */
export const loadHosts = (loaders: Loaders, tenantId: string): Promise<readonly string[]> =>
  loaders.load(hostsOfTenants, { tenantId: '', key: tenantId });

/** How many users a tenant has. */
export const loadUserCount = async (loaders: Loaders, tenantId: string): Promise<number> =>
  (await loaders.load(userCounts, { tenantId: '', key: tenantId })) ?? 0;

/** The user whom a tenant was made with. */
export const loadAdministrator = (loaders: Loaders, tenantId: string): Promise<TenantAdministrator | null> =>
  loaders.load(administrators, { tenantId: '', key: tenantId });
