import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { SecurityEventResolver } from './security-event.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    evt: 'SecurityEvent';
  }
}

export const events: SchemaModule = {
  resolvers: [SecurityEventResolver],
  nodes: [
    defineNode('evt', 'SecurityEvent', ({ services }, tenantId, id) =>
      services.eventEngine.reader.findIn(tenantId, id),
    ),
  ],
};
