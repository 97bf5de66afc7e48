import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type {
  ClientScope,
  ClientScopeFilter,
  ClientScopeProperties,
  CreateClientScope,
} from '../../src/clients/index.ts';
import { invalidField } from '../../src/kernel/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { given, toColumns } from '../kit/given.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import {
  ClientScopeFilterInput,
  CreateClientScopeInput,
  CreateClientScopePayload,
  DeleteClientScopeInput,
  DeleteClientScopePayload,
  UpdateClientScopeInput,
  UpdateClientScopePayload,
} from './client-scope.input.ts';
import { ClientScopeConnection, ClientScopeType } from './client-scope.type.ts';
import { toMapper, toNewMappers } from './protocol-mapper.resolver.ts';
import { ProtocolMapperType } from './protocol-mapper.type.ts';

/** Members for which null is a value: it removes the stored value. */
const NULLABLE = ['description', 'tenantDefault'];

/** What an input says of a scope. */
export const toProperties = (input: object): ClientScopeProperties => toColumns(given(input, NULLABLE));

@Resolver(() => ClientScopeType)
export class ClientScopeResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() scope: ClientScope, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('ClientScope', tenants.get(scope.tenantId)!, scope.id);
  }

  @FieldResolver(() => ID)
  clientScopeUuid(@Root() scope: ClientScope): string {
    return scope.id;
  }

  @FieldResolver(() => [ProtocolMapperType], { description: 'Its mappers, in the order in which they act.' })
  mappers(@Root() scope: ClientScope): readonly object[] {
    return scope.mappers.map(toMapper);
  }

  @RequiresScopes(['client:read'])
  @Query(() => ClientScopeType, { nullable: true, description: 'A scope of the tenant; null when there is none.' })
  clientScope(
    @Ctx() { services, authority }: GraphContext,
    @Arg('clientScopeId', () => ID, { nullable: true, description: 'The scope; give either this or `name`.' })
    clientScopeId?: string | null,
    @Arg('name', () => String, { nullable: true, description: 'Case-sensitive name of the scope.' })
    name?: string | null,
  ): Promise<ClientScope | null> {
    if ((clientScopeId == null) === (name == null))
      throw invalidField('clientScopeId', 'ONE_REQUIRED', 'Give either "clientScopeId" or "name".');
    const reference = name == null ? { id: keyOf('ClientScope', clientScopeId!, 'clientScopeId') } : { name };
    return services.clientScopes.find(authority, reference);
  }

  @RequiresScopes(['client:read'])
  @Query(() => ClientScopeConnection, { description: 'Scopes of the tenant by name.' })
  async clientScopes(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, authority, largestPage }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => ClientScopeFilterInput, {
      nullable: true,
      description: 'Only items that meet these conditions.',
    })
    filter?: ClientScopeFilterInput | null,
  ): Promise<ConnectionData<ClientScope>> {
    const request = toPageRequest(page, info, undefined, largestPage);
    const conditions = given(filter ?? {}) as ClientScopeFilter;
    return toConnection(await services.clientScopes.page(authority, conditions, request));
  }

  @RequiresScopes(['client:write'])
  @Errors(
    'CLIENT_SCOPE_NAME_TAKEN',
    'CLIENT_SCOPE_LIMIT',
    'CLIENT_SCOPE_GIVES_PERMISSIONS',
    'PROTOCOL_MAPPER_NAME_TAKEN',
    'PROTOCOL_MAPPER_LIMIT',
    'PERMISSION_ESCALATION',
    'PERMISSION_MASTER_ONLY',
  )
  @Mutation(() => CreateClientScopePayload, {
    description:
      'Creates a scope of the tenant, which has 200 at most. The caller must hold what its name allows an application to do.',
  })
  async createClientScope(
    @Arg('input', () => CreateClientScopeInput, { description: 'The scope.' })
    { mappers, ...input }: CreateClientScopeInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const clientScope = await services.clientScopes.create(authority, {
      ...toProperties(input),
      mappers: toNewMappers(mappers ?? []),
    } as CreateClientScope);
    return { clientScope, clientScopeUuid: clientScope.id };
  }

  @RequiresScopes(['client:write'])
  @Errors(
    'CLIENT_SCOPE_NOT_FOUND',
    'CLIENT_SCOPE_NAME_TAKEN',
    'CLIENT_SCOPE_GIVES_PERMISSIONS',
    'ACCOUNT_GUARDED',
    'PERMISSION_ESCALATION',
    'PERMISSION_MASTER_ONLY',
  )
  @Mutation(() => UpdateClientScopePayload, {
    description:
      'Changes a scope of the tenant. For another name, and for `isNamedInTokens`, the caller must hold what each client of the scope may do; for another name also what both names and its roles allow.',
  })
  async updateClientScope(
    @Arg('input', () => UpdateClientScopeInput, { description: 'What to change.' })
    { clientScopeId, ...input }: UpdateClientScopeInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ clientScope: ClientScope }> {
    const id = keyOf('ClientScope', clientScopeId, 'input.clientScopeId');
    return { clientScope: await services.clientScopes.update(authority, id, toProperties(input)) };
  }

  @RequiresScopes(['client:delete'])
  @Errors('CLIENT_SCOPE_NOT_FOUND', 'ACCOUNT_GUARDED', 'PERMISSION_ESCALATION')
  @Mutation(() => DeleteClientScopePayload, {
    description:
      'Deletes a scope of the tenant and takes it from its clients. The caller must hold what its name and its roles allow, and what each of these clients may do.',
  })
  async deleteClientScope(
    @Arg('input', () => DeleteClientScopeInput, { description: 'The scope.' }) {
      clientScopeId,
    }: DeleteClientScopeInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteClientScopePayload> {
    const id = keyOf('ClientScope', clientScopeId, 'input.clientScopeId');
    const deleted = await services.clientScopes.delete(authority, id);
    return { deletedClientScopeId: toGlobalId('ClientScope', authority.tenant, deleted.id) };
  }
}
