import { splitKey } from '../global-id.ts';
import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { ConsentResolver, UserConsentsResolver } from './consent.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    con: 'Consent';
  }
}

/** The user and the client of a key. */
const partsOf = (key: string) => splitKey(key, 2);

export const consents: SchemaModule = {
  resolvers: [ConsentResolver, UserConsentsResolver],
  nodes: [
    defineNode(
      'con',
      'Consent',
      ({ services }, tenantId, key) => services.consents.findIn(tenantId, ...partsOf(key)),
      (key) => partsOf(key)[0],
    ),
  ],
};
