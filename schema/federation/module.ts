import { splitKey } from '../global-id.ts';
import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { toProvider } from './federation.type.ts';
import { FederationLinkResolver, UserLinksResolver } from './link.resolver.ts';
import { AccountLinkingResolver } from './linking.resolver.ts';
import { FederationProviderResolver } from './provider.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    idp: 'FederationProvider';
    fed: 'FederationLink';
  }
}

export const federation: SchemaModule = {
  resolvers: [FederationProviderResolver, FederationLinkResolver, UserLinksResolver, AccountLinkingResolver],
  nodes: [
    defineNode('idp', 'FederationProvider', async ({ services }, tenantId, key) => {
      const row = await services.federationProviders.findIn(tenantId, key);
      return row === null ? null : toProvider(row);
    }),
    defineNode('fed', 'FederationLink', ({ services }, tenantId, key) => {
      const [providerId, externalId] = splitKey(key, 2);
      return services.federationLinks.findIn(tenantId, { providerId, externalId });
    }),
  ],
};
