import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import {
  type Client,
  type ClientFilter,
  type ClientKeys,
  type ClientProperties,
  type CreateClient,
  type LinkedScope,
  METADATA_NAMES,
  type RotateSecret,
  servedGrantTypes,
} from '../../src/clients/index.ts';
import type { WithServiceAccount } from '../../src/flows/index.ts';
import type { User } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { toGlobalId } from '../global-id.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { given, toColumns } from '../kit/given.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { userById } from '../users/user.loader.ts';
import { UserType } from '../users/user.type.ts';
import {
  ClientFilterInput,
  type ClientPropertiesInput,
  type ClientScopeInput,
  CreateClientInput,
  CreateClientPayload,
  CreateResourceServerInput,
  CreateResourceServerPayload,
  DeleteClientInput,
  DeleteClientPayload,
  EndEarlierClientSecretsInput,
  EndEarlierClientSecretsPayload,
  type NewClientInput,
  RotateClientSecretInput,
  RotateClientSecretPayload,
  UpdateClientInput,
  UpdateClientPayload,
} from './client.input.ts';
import { scopesOfClient, secretsOfClient } from './client.loader.ts';
import {
  ClientConnection,
  ClientObject,
  ClientSecretInfo,
  ClientSecretKind,
  GrantTypeName,
  LinkedScopeType,
} from './client.type.ts';
import { toClientReference } from './client-reference.ts';
import type { ProtocolMapperInput } from './protocol-mapper.input.ts';
import { toNewMappers } from './protocol-mapper.resolver.ts';

/** Members for which null is a value: it removes the stored value. */
const NULLABLE = [
  'name',
  'description',
  'accessTokenAlg',
  'idTokenAlg',
  'accessTokenSeconds',
  'refreshTokenSeconds',
  'notBefore',
  ...METADATA_NAMES,
];

/** The mappers of a new client; absent where an input has none. */
export const toMappers = (mappers: readonly ProtocolMapperInput[] | null | undefined) =>
  mappers == null ? {} : { mappers: toNewMappers(mappers) };

const toLinks = (scopes: readonly ClientScopeInput[] | null | undefined): LinkedScope[] | undefined =>
  scopes?.map(({ name, isDefault }) => ({ name, isDefault: isDefault ?? false }));

function toProperties({
  scopes,
  addedScopes,
  ...input
}: ClientPropertiesInput & Pick<UpdateClientInput, 'addedScopes'>): ClientProperties & WithServiceAccount {
  return {
    ...toColumns(given(input, NULLABLE)),
    ...given({ scopes: toLinks(scopes), addedScopes: toLinks(addedScopes) }),
  } as ClientProperties;
}

/** Converts the input for the service: what is said of the secret stands together there. */
export function toNewClient(input: NewClientInput): CreateClient & WithServiceAccount {
  const { clientId, type, keepSecretReadable, secret, secretForm, withRestSecret, ...properties } = input;
  const made = given({ isReadable: keepSecretReadable === true || null, text: secret, form: secretForm });
  return {
    ...toProperties(properties),
    ...given({ clientId, type, withRestSecret }),
    ...(Object.keys(made).length === 0 ? {} : { secret: made }),
  } as CreateClient & WithServiceAccount;
}

@Resolver(() => ClientObject)
export class ClientResolver {
  @Reads()
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() client: ClientKeys, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('Client', tenants.get(client.tenantId)!, client.id);
  }

  @Reads()
  @FieldResolver(() => ID)
  clientUuid(@Root() client: ClientKeys): string {
    return client.id;
  }

  @Reads('grantTypes')
  @FieldResolver(() => [GrantTypeName])
  grantTypes(@Root() client: Pick<Client, 'grantTypes'>): readonly string[] {
    return servedGrantTypes(client.grantTypes);
  }

  @Reads()
  @FieldResolver(() => [LinkedScopeType], { description: 'Scopes that the client may request, by name.' })
  async scopes(@Root() client: ClientKeys, @Ctx() { loaders }: GraphContext): Promise<readonly LinkedScopeType[]> {
    const links = await loaders.load(scopesOfClient, { tenantId: client.tenantId, key: client.id });
    return links.map(({ scopeId, name, isDefault }) => ({ clientScopeUuid: scopeId, name, isDefault }));
  }

  @Reads()
  @FieldResolver(() => [ClientSecretInfo], { description: 'Secrets of the client without their values, newest first.' })
  async secrets(@Root() client: ClientKeys, @Ctx() { loaders, services }: GraphContext): Promise<object[]> {
    const secrets = await loaders.load(secretsOfClient, { tenantId: client.tenantId, key: client.id });
    const readable = services.clients.readableSecrets(secrets);
    return secrets.map((secret) => {
      const { kind, createdAt, expiresAt } = secret;
      return { kind, createdAt, expiresAt, isReadable: readable.has(secret) };
    });
  }

  @Reads('kind', 'type')
  @FieldResolver(() => Boolean, {
    description:
      'Whether `clientSecret` shows the OAuth secret. A confidential client of the service gets its secret when it is first shown.',
  })
  async hasReadableSecret(
    @Root() client: ClientKeys & Pick<Client, 'kind' | 'type'>,
    @Ctx() { loaders, services }: GraphContext,
  ): Promise<boolean> {
    const secrets = await loaders.load(secretsOfClient, { tenantId: client.tenantId, key: client.id });
    return services.clients.hasReadableSecret(client, secrets);
  }

  @Reads()
  @RequiresScopes(['user:read'])
  @FieldResolver(() => UserType, {
    nullable: true,
    description: 'The account for what the client does itself, which nobody can sign in to; null = it has none.',
  })
  async serviceAccount(@Root() client: ClientKeys, @Ctx() { loaders }: GraphContext): Promise<User | null> {
    // The account has the UUID of its client, which another account could have chosen as well.
    const user = await loaders.load(userById, { tenantId: client.tenantId, key: client.id });
    return user?.serviceClientId === client.id ? user : null;
  }

  @RequiresScopes(['client:read'])
  @Query(() => ClientObject, {
    nullable: true,
    description: 'A client; null when there is none.',
  })
  client(
    @Ctx() { services, authority }: GraphContext,
    @Arg('clientId', () => ID, { description: 'Global id, or case-sensitive `client_id`.' }) clientId: string,
  ): Promise<Client | null> {
    return services.clients.find(authority, toClientReference(clientId, 'clientId'));
  }

  @RequiresScopes(['client:read'])
  @Query(() => ClientConnection, { description: "Clients by `client_id`, without the apps on users' devices." })
  async clients(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, authority, largestPage }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => ClientFilterInput, { nullable: true, description: 'Only items that meet these conditions.' })
    filter?: ClientFilterInput | null,
  ): Promise<ConnectionData<ClientKeys>> {
    const request = toPageRequest(page, info, false, largestPage);
    const conditions = toColumns(given(filter ?? {})) as ClientFilter;
    return toConnection(await services.clients.page(authority, conditions, request, columnsRead(info)));
  }

  @RequiresScopes(['client-secret:read'])
  @Errors('ACCOUNT_GUARDED')
  @Query(() => String, {
    nullable: true,
    description:
      'The newest secret of a client; null when no readable copy was kept. Each call is recorded as a security event.',
  })
  async clientSecret(
    @Arg('clientId', () => ID, { description: 'The client.' }) clientId: string,
    @Ctx() { services, authority }: GraphContext,
    @Arg('kind', () => ClientSecretKind, { nullable: true, description: 'Which secret. Default OAUTH.' })
    kind?: ClientSecretKind | null,
  ): Promise<string | null> {
    const id = await services.clients.idOf(authority, toClientReference(clientId, 'clientId'));
    return services.clients.readSecret(authority, id, kind ?? ClientSecretKind.OAUTH);
  }

  @RequiresScopes(['client:create'])
  @Errors(
    'CLIENT_ID_INVALID',
    'CLIENT_ID_TAKEN',
    'CLIENT_REDIRECT_INVALID',
    'CLIENT_METADATA_INVALID',
    'CLIENT_GRANT_TYPE_INVALID',
    'CLIENT_SCOPE_UNKNOWN',
    'CLIENT_PUBLIC',
    'CLIENT_WITHOUT_ACCOUNT',
    'PROTOCOL_MAPPER_NAME_TAKEN',
    'PROTOCOL_MAPPER_LIMIT',
    'USER_USERNAME_TAKEN',
    'PERMISSION_UNKNOWN',
    'PERMISSION_ESCALATION',
    'PERMISSION_MASTER_ONLY',
  )
  @Mutation(() => CreateClientPayload, {
    description: 'Registers a client and shows its secret, only this once.',
  })
  async createClient(
    @Arg('input', () => CreateClientInput, { description: 'The client.' }) { mappers, ...input }: CreateClientInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const made = { ...toNewClient(input), ...toMappers(mappers) };
    const created = await services.serviceAccounts.createClient(authority, made);
    return { ...created, clientId: created.client.clientId, clientUuid: created.client.id };
  }

  @RequiresScopes(['client:create'])
  @Errors('ADMINISTRATOR_UNPROVED', 'CLIENT_ID_INVALID', 'CLIENT_ID_TAKEN', 'USER_USERNAME_TAKEN')
  @Mutation(() => CreateResourceServerPayload, {
    description:
      'Registers a confidential client with a service account, whose resources can be asked for (User-Managed Access 2.0 Grant), and shows its secret, only this once.',
  })
  async createResourceServer(
    @Arg('input', () => CreateResourceServerInput, { description: 'The client.' }) input: CreateResourceServerInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const { administrator, isForEveryUser, ...client } = input;
    const { clientId, secret = {} } = toNewClient(client);
    return services.resourceServers.create(authority, {
      clientId: clientId!,
      secret,
      administrator,
      isForEveryUser: isForEveryUser === true,
    });
  }

  @RequiresScopes(['client:write'])
  @Errors(
    'CLIENT_BUILTIN',
    'CLIENT_WITHOUT_ACCOUNT',
    'USER_ID_TAKEN',
    'USER_USERNAME_TAKEN',
    'ADMINISTRATOR_LAST',
    'CLIENT_TYPE_FIXED',
    'CLIENT_ID_FIXED',
    'CLIENT_PUBLIC',
    'PROTOCOL_MAPPER_NAME_TAKEN',
    'PROTOCOL_MAPPER_LIMIT',
    'CLIENT_REDIRECT_INVALID',
    'CLIENT_METADATA_INVALID',
    'CLIENT_GRANT_TYPE_INVALID',
    'CLIENT_SCOPE_UNKNOWN',
    'PERMISSION_UNKNOWN',
    'PERMISSION_ESCALATION',
    'PERMISSION_MASTER_ONLY',
    'ACCOUNT_GUARDED',
  )
  @Mutation(() => UpdateClientPayload, {
    description:
      'Changes a client. Those of the service can be enabled and disabled, by an input that names nothing else.',
  })
  async updateClient(
    @Arg('input', () => UpdateClientInput, { description: 'What to change.' })
    { clientId, mappers, secret, keepSecretReadable, ...input }: UpdateClientInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ client: Client }> {
    const id = await services.clients.idOf(authority, toClientReference(clientId, 'input.clientId'));
    const changes = {
      ...toProperties(input),
      ...toMappers(mappers),
      ...(secret == null ? {} : { secret: { text: secret, isReadable: keepSecretReadable ?? false } }),
    };
    return { client: await services.serviceAccounts.updateClient(authority, id, changes) };
  }

  @RequiresScopes(['client:delete'])
  @Errors('CLIENT_BUILTIN', 'CLIENT_DELETION_LOCKED', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => DeleteClientPayload, {
    description: 'Deletes a client with its secrets, tokens, roles and service account.',
  })
  async deleteClient(
    @Arg('input', () => DeleteClientInput, { description: 'The client.' }) { clientId }: DeleteClientInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteClientPayload> {
    const id = await services.clients.idOf(authority, toClientReference(clientId, 'input.clientId'));
    const client = await services.serviceAccounts.deleteClient(authority, id);
    return { deletedClientId: toGlobalId('Client', authority.tenant, id), clientId: client.clientId };
  }

  @RequiresScopes(['client-secret:rotate'])
  @Errors('CLIENT_PUBLIC', 'CLIENT_BUILTIN', 'PERMISSION_ESCALATION', 'ACCOUNT_GUARDED')
  @Mutation(() => RotateClientSecretPayload, {
    description: 'Replaces a secret and shows the new one, only this once.',
  })
  async rotateClientSecret(
    @Arg('input', () => RotateClientSecretInput, { description: 'The secret.' }) input: RotateClientSecretInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ client: Client; secret: string }> {
    const { clientId, kind, overlapSeconds, expiresInSeconds, keepReadable, secret, secretForm } = input;
    const id = await services.clients.idOf(authority, toClientReference(clientId, 'input.clientId'));
    return services.clients.rotateSecret(authority, id, {
      kind: kind ?? ClientSecretKind.OAUTH,
      overlapSeconds: overlapSeconds ?? 0,
      expiresInSeconds: expiresInSeconds ?? null,
      isReadable: keepReadable ?? false,
      ...given({ text: secret, form: secretForm }),
    } as RotateSecret);
  }

  @RequiresScopes(['client-secret:rotate'])
  @Errors('CLIENT_BUILTIN', 'ACCOUNT_GUARDED')
  @Mutation(() => EndEarlierClientSecretsPayload, {
    description: 'Ends the OAuth secrets of a client that a rotation let stay, all but the newest.',
  })
  async endEarlierClientSecrets(
    @Arg('input', () => EndEarlierClientSecretsInput, { description: 'The client.' })
    { clientId }: EndEarlierClientSecretsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ client: Client; endedSecrets: number }> {
    const id = await services.clients.idOf(authority, toClientReference(clientId, 'input.clientId'));
    return services.clients.endEarlierSecrets(authority, id);
  }
}
