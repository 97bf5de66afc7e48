import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';

export enum TenantDefaultName {
  DEFAULT = 'default',
  OPTIONAL = 'optional',
}
registerEnumType(TenantDefaultName, {
  name: 'TenantDefault',
  description: 'How new clients get a scope.',
  valuesConfig: {
    DEFAULT: { description: 'As a default one: it is granted when a request names no scope.' },
    OPTIONAL: { description: 'As one that is granted where a request names it.' },
  },
});

@ObjectType('ClientScope', {
  implements: Node,
  description: 'A scope that a tenant has for its clients, and the claims that it puts into their tokens.',
})
@RequiresScopes(['client:read'])
@Owned({ account: null })
export class ClientScopeType extends Node {
  @Field(() => ID, { description: 'UUID of the scope: its global id without type and tenant.' })
  clientScopeUuid!: string;
  @Field(() => String, { description: 'Its name in requests and tokens, unique within its tenant; case-sensitive.' })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Description.' })
  description!: string | null;
  @Field(() => Boolean, {
    name: 'isNamedInTokens',
    description:
      'Whether tokens name it among their scopes. One that they do not name only has mappers, which act for every client that has it as a default one.',
  })
  named!: boolean;
  @Field(() => TenantDefaultName, { nullable: true, description: 'How new clients get it; null = they do not.' })
  tenantDefault!: TenantDefaultName | null;
  @Field(() => GraphQLJSONObject, { description: 'Texts by name that the service keeps and does not use.' })
  attributes!: Record<string, string>;
  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const ClientScopeConnection = connectionOf(ClientScopeType, 'ClientScope');
