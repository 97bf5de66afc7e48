import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { ClientObject } from './client.type.ts';
import { ClientScopeType } from './client-scope.type.ts';

@InputType({ description: 'A mapper to add.' })
export class ProtocolMapperInput {
  @Field(() => String, { description: 'Name, unique among the mappers of its client or scope.' })
  name!: string;
  @Field(() => String, { description: 'What it does, such as `oidc-usermodel-attribute-mapper`; any type is kept.' })
  type!: string;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Texts by name, such as `claim.name`: at most 50, of 4,000 characters each. Default: none.',
  })
  config?: Record<string, unknown> | null;
}

@InputType({ description: 'Either a client or a scope.' })
export class MapperOwnerInput {
  @Field(() => ID, { nullable: true, description: 'The client: global id or `client_id`.' })
  clientId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The scope.' })
  clientScopeId?: string | null;
}

@InputType({ description: 'Mappers to add to either a client or a scope: all or none.' })
export class AddProtocolMappersInput extends MapperOwnerInput {
  @Field(() => [ProtocolMapperInput], {
    description: 'The mappers. A client or scope has at most 100, of 64 KiB together.',
  })
  mappers!: ProtocolMapperInput[];
}

@InputType({ description: 'Changes to a mapper of either a client or a scope; absent members stay.' })
export class UpdateProtocolMapperInput extends MapperOwnerInput {
  @Field(() => ID, { description: 'The mapper.' })
  mapperId!: string;
  @Field(() => String, { nullable: true, description: 'Another name.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'Another type.' })
  type?: string | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Texts by name; replaces them.' })
  config?: Record<string, unknown> | null;
}

@InputType({ description: 'A mapper to delete from either a client or a scope.' })
export class DeleteProtocolMapperInput extends MapperOwnerInput {
  @Field(() => ID, { description: 'The mapper.' })
  mapperId!: string;
}

@ObjectType({ description: 'What a change belongs to: a client or a scope.' })
export class MapperOwnerPayload {
  @Field(() => ClientObject, {
    nullable: true,
    description: 'The client after the change; null for a scope, and when the caller may not read it.',
  })
  client!: ClientObject | null;
  @Field(() => ClientScopeType, {
    nullable: true,
    description: 'The scope after the change; null for a client, and when the caller may not read it.',
  })
  clientScope!: ClientScopeType | null;
}

@ObjectType({ description: 'Result of adding mappers.' })
export class AddProtocolMappersPayload extends MapperOwnerPayload {
  @Field(() => [ID], { description: 'UUIDs of the added mappers, in the order of the input.' })
  mapperIds!: string[];
}

@ObjectType({ description: 'Result of a change to a mapper.' })
export class UpdateProtocolMapperPayload extends MapperOwnerPayload {}

@ObjectType({ description: 'Result of deleting a mapper.' })
export class DeleteProtocolMapperPayload extends MapperOwnerPayload {}
