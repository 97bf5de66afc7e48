import { canonicalUserId } from '../../src/users/index.ts';
import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { SignUpResolver } from './sign-up.resolver.ts';
import { UserResolver } from './user.resolver.ts';
import { UserPropertiesResolver } from './user-properties.resolver.ts';
import { ViewerResolver } from './viewer.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    usr: 'User';
  }
}

export const users: SchemaModule = {
  resolvers: [ViewerResolver, UserResolver, UserPropertiesResolver, SignUpResolver],
  nodes: [
    defineNode('usr', 'User', ({ services }, tenantId, key) => services.users.findIn(tenantId, key), canonicalUserId),
  ],
};
