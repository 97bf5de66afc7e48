import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { ClientScopeType, TenantDefaultName } from './client-scope.type.ts';
import { ProtocolMapperInput } from './protocol-mapper.input.ts';

@InputType({ description: 'Filters for a list of scopes.' })
export class ClientScopeFilterInput {
  @Field(() => TenantDefaultName, { nullable: true, description: 'Only those that new clients get in this way.' })
  tenantDefault?: TenantDefaultName | null;
}

@InputType({ description: 'What can be said of a scope beside its name.' })
export class ClientScopePropertiesInput {
  @Field(() => String, { nullable: true, description: 'Description; null removes it.' })
  description?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether tokens name it among their scopes. Default true.' })
  isNamedInTokens?: boolean | null;
  @Field(() => TenantDefaultName, {
    nullable: true,
    description:
      'How new clients get it; null = they do not, which is the default. A scope that gives permissions cannot be given to every new client.',
  })
  tenantDefault?: TenantDefaultName | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Texts by name that the service keeps and does not use: at most 50, of 4,000 characters each and 16 KiB together; replaces them.',
  })
  attributes?: Record<string, unknown> | null;
}

@InputType({ description: 'A scope to create.' })
export class CreateClientScopeInput extends ClientScopePropertiesInput {
  @Field(() => String, {
    description: 'Its name in requests and tokens: 1 to 255 printable ASCII characters without blank, `"` and `\\`.',
  })
  name!: string;
  @Field(() => [ProtocolMapperInput], { nullable: true, description: 'Its mappers. Default: none.' })
  mappers?: ProtocolMapperInput[] | null;
}

@InputType({ description: 'Changes to a scope; absent members stay.' })
export class UpdateClientScopeInput extends ClientScopePropertiesInput {
  @Field(() => ID, { description: 'The scope.' })
  clientScopeId!: string;
  @Field(() => String, {
    nullable: true,
    description:
      'Another name, under which its clients have it from then on. The caller must hold what both names allow an application to do.',
  })
  name?: string | null;
}

@InputType({ description: 'A scope to delete.' })
export class DeleteClientScopeInput {
  @Field(() => ID, { description: 'The scope.' })
  clientScopeId!: string;
}

@ObjectType({ description: 'Result of a change to a scope.' })
class ClientScopePayload {
  @Field(() => ClientScopeType, {
    nullable: true,
    description: 'The scope after the change; null when the caller may not read it.',
  })
  clientScope!: ClientScopeType | null;
}

@ObjectType({ description: 'Result of creating a scope.' })
export class CreateClientScopePayload extends ClientScopePayload {
  @Field(() => ID, { description: 'UUID of the scope, which every `clientScopeId` argument accepts.' })
  clientScopeUuid!: string;
}

@ObjectType({ description: 'Result of a change to a scope.' })
export class UpdateClientScopePayload extends ClientScopePayload {}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteClientScopePayload {
  @Field(() => ID, { description: 'Global id of the deleted scope.' })
  deletedClientScopeId!: string;
}
