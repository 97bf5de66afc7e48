import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { RiskbitResolver } from './riskbit.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    rsk: 'Riskbit';
  }
}

export const risk: SchemaModule = {
  resolvers: [RiskbitResolver],
  nodes: [defineNode('rsk', 'Riskbit', ({ services }, tenantId, key) => services.riskbits.findIn(tenantId, key))],
};
