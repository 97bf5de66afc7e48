import type { Services } from '../context.ts';
import { listLoader, rowLoader } from '../loaders.ts';

/** Providers by id, and the links of users. */
export const federationLoaders = (services: Services) => ({
  federationProvider: () => rowLoader((tenantId, ids) => services.federationProviderStore.findMany(tenantId, ids)),
  federationLinksOfUser: () => listLoader((tenantId, ids) => services.federationLinkStore.findOfUsers(tenantId, ids)),
});
