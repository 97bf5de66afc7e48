import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { RequiredActionResolver } from './required-action.resolver.ts';
import { TenantResolver } from './tenant.resolver.ts';
import { TenantTextResolver } from './tenant-text.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    ten: 'Tenant';
  }
}

export const tenants: SchemaModule = {
  resolvers: [TenantResolver, RequiredActionResolver, TenantTextResolver],
  nodes: [defineNode('ten', 'Tenant', ({ services }, tenantId) => services.tenants.find(tenantId))],
};
