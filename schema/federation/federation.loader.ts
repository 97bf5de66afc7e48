import type { FederationProvider, LinkRow } from '../../src/federation/index.ts';
import { listLoader, rowLoader } from '../loading.ts';

export const providerById = rowLoader<FederationProvider>(({ federationProviders }, tenantId, ids) =>
  federationProviders.findMany(tenantId, ids),
);

export const linksOfUser = listLoader<LinkRow>(({ federationLinks }, tenantId, userIds) =>
  federationLinks.ofUsers(tenantId, userIds),
);
