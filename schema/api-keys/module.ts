import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { ApiKeyResolver, UserApiKeysResolver } from './api-key.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    apk: 'ApiKey';
  }
}

export const apiKeys: SchemaModule = {
  resolvers: [ApiKeyResolver, UserApiKeysResolver],
  nodes: [defineNode('apk', 'ApiKey', ({ services }, tenantId, key) => services.apiKeys.findIn(tenantId, key))],
};
