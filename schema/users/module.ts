import { canonicalUserId } from '../../src/users/index.ts';
import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { UserAddressesResolver, UserAddressResolver } from './address.resolver.ts';
import { SignUpResolver } from './sign-up.resolver.ts';
import { UserResolver } from './user.resolver.ts';
import { UserBatchResolver } from './user-batch.resolver.ts';
import { UserProfileResolver } from './user-profile.resolver.ts';
import { UserPropertiesResolver } from './user-properties.resolver.ts';
import { ViewerResolver } from './viewer.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    usr: 'User';
    adr: 'UserAddress';
  }
}

export const users: SchemaModule = {
  resolvers: [
    ViewerResolver,
    UserResolver,
    UserBatchResolver,
    UserProfileResolver,
    UserPropertiesResolver,
    UserAddressResolver,
    UserAddressesResolver,
    SignUpResolver,
  ],
  nodes: [
    defineNode('usr', 'User', ({ services }, tenantId, key) => services.users.findIn(tenantId, key), canonicalUserId),
    defineNode('adr', 'UserAddress', ({ services }, tenantId, key) => services.userAddresses.findIn(tenantId, key)),
  ],
};
