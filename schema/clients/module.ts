import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { ClientResolver } from './client.resolver.ts';
import { ClientMetadataResolver } from './client-metadata.resolver.ts';
import { ClientPresentationResolver } from './client-presentation.resolver.ts';
import { ClientScopeResolver } from './client-scope.resolver.ts';
import { LinkedAppResolver, UserLinkedAppsResolver } from './linked-app.resolver.ts';
import { ProtocolMapperResolver } from './protocol-mapper.resolver.ts';
import { TenantClientResolver } from './tenant-client.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    cli: 'Client';
    app: 'LinkedApp';
    scp: 'ClientScope';
  }
}

export const clients: SchemaModule = {
  resolvers: [
    ClientResolver,
    ClientMetadataResolver,
    ClientPresentationResolver,
    ClientScopeResolver,
    ProtocolMapperResolver,
    LinkedAppResolver,
    UserLinkedAppsResolver,
    TenantClientResolver,
  ],
  nodes: [
    defineNode('cli', 'Client', ({ services }, tenantId, key) => services.clients.findIn(tenantId, key)),
    defineNode('app', 'LinkedApp', ({ services }, tenantId, key) => services.linkedApps.findIn(tenantId, key)),
    defineNode('scp', 'ClientScope', ({ services }, tenantId, key) => services.clientScopes.findIn(tenantId, key)),
  ],
};
