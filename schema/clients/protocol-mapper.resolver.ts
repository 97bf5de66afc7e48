import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import {
  type AddedMappers,
  type Client,
  hasEffect,
  type MapperChanges,
  type MapperOwner,
  type MapperOwnerRow,
  type NewMapper,
  type ProtocolMapper,
} from '../../src/clients/index.ts';
import { invalidField } from '../../src/kernel/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { given } from '../kit/given.ts';
import { Reads } from '../kit/reads.ts';
import { ClientObject } from './client.type.ts';
import { toClientReference } from './client-reference.ts';
import {
  AddProtocolMappersInput,
  AddProtocolMappersPayload,
  DeleteProtocolMapperInput,
  DeleteProtocolMapperPayload,
  type MapperOwnerInput,
  type ProtocolMapperInput,
  UpdateProtocolMapperInput,
  UpdateProtocolMapperPayload,
} from './protocol-mapper.input.ts';
import { ProtocolMapperType } from './protocol-mapper.type.ts';

export const toMapper = ({ id, ...mapper }: ProtocolMapper): ProtocolMapperType => ({
  ...mapper,
  mapperId: id,
  hasEffect: hasEffect(mapper),
});

export const toNewMappers = (mappers: readonly ProtocolMapperInput[]): NewMapper[] =>
  mappers.map((mapper) => given(mapper) as NewMapper);

/** The client or scope that an input names. @throws INVALID_INPUT, NOT_FOUND */
export async function toMapperOwner(
  { services, authority }: GraphContext,
  { clientId, clientScopeId }: MapperOwnerInput,
): Promise<MapperOwner> {
  if ((clientId == null) === (clientScopeId == null))
    throw invalidField('input.clientId', 'ONE_REQUIRED', 'Give either "clientId" or "clientScopeId".');
  if (clientId == null) return { clientScopeId: keyOf('ClientScope', clientScopeId!, 'input.clientScopeId') };
  return { clientUuid: await services.clients.idOf(authority, toClientReference(clientId, 'input.clientId')) };
}

/** Fields and mutations of mappers. */
@Resolver(() => ClientObject)
export class ProtocolMapperResolver {
  @Reads('mappers')
  @FieldResolver(() => [ProtocolMapperType], {
    description: 'Mappers of the client, in the order in which they act, after those of its scopes.',
  })
  mappers(@Root() client: Pick<Client, 'mappers'>): readonly ProtocolMapperType[] {
    return client.mappers.map(toMapper);
  }

  @RequiresScopes(['client:write'])
  @Errors(
    'CLIENT_SCOPE_NOT_FOUND',
    'CLIENT_BUILTIN',
    'ACCOUNT_GUARDED',
    'PROTOCOL_MAPPER_NAME_TAKEN',
    'PROTOCOL_MAPPER_LIMIT',
  )
  @Mutation(() => AddProtocolMappersPayload, { description: 'Adds mappers to a client or a scope, all or none.' })
  async addProtocolMappers(
    @Arg('input', () => AddProtocolMappersInput, { description: 'The mappers.' }) input: AddProtocolMappersInput,
    @Ctx() context: GraphContext,
  ): Promise<AddedMappers> {
    const owner = await toMapperOwner(context, input);
    return context.services.mappers.add(context.authority, owner, toNewMappers(input.mappers));
  }

  @RequiresScopes(['client:write'])
  @Errors(
    'CLIENT_SCOPE_NOT_FOUND',
    'CLIENT_BUILTIN',
    'ACCOUNT_GUARDED',
    'PROTOCOL_MAPPER_NOT_FOUND',
    'PROTOCOL_MAPPER_NAME_TAKEN',
    'PROTOCOL_MAPPER_LIMIT',
  )
  @Mutation(() => UpdateProtocolMapperPayload, { description: 'Changes a mapper of a client or a scope.' })
  async updateProtocolMapper(
    @Arg('input', () => UpdateProtocolMapperInput, { description: 'What to change.' }) input: UpdateProtocolMapperInput,
    @Ctx() context: GraphContext,
  ): Promise<MapperOwnerRow> {
    const { name, type, config, mapperId } = input;
    const owner = await toMapperOwner(context, input);
    const changes = given({ name, type, config }) as MapperChanges;
    return context.services.mappers.update(context.authority, owner, mapperId, changes);
  }

  @RequiresScopes(['client:write'])
  @Errors('CLIENT_SCOPE_NOT_FOUND', 'CLIENT_BUILTIN', 'ACCOUNT_GUARDED', 'PROTOCOL_MAPPER_NOT_FOUND')
  @Mutation(() => DeleteProtocolMapperPayload, { description: 'Deletes a mapper of a client or a scope.' })
  async deleteProtocolMapper(
    @Arg('input', () => DeleteProtocolMapperInput, { description: 'The mapper.' }) input: DeleteProtocolMapperInput,
    @Ctx() context: GraphContext,
  ): Promise<MapperOwnerRow> {
    const owner = await toMapperOwner(context, input);
    return context.services.mappers.delete(context.authority, owner, input.mapperId);
  }
}
