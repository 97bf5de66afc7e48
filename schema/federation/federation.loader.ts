import type { FederationProvider, LinkRow } from '../../src/federation/index.ts';
import { listLoader, rowLoader } from '../loading.ts';

export const providerById = rowLoader<FederationProvider>(({ federationProviderStore }, tenantId, ids) =>
  federationProviderStore.findMany(tenantId, ids),
);

export const linksOfUser = listLoader<LinkRow>(({ federationLinkStore }, tenantId, userIds) =>
  federationLinkStore.findOfUsers(tenantId, userIds),
);
