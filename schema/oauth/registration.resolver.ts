import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Client } from '../../src/clients/index.ts';
import type { NewInitialToken, Registration, InitialAccessToken as StoredToken } from '../../src/oauth/index.ts';
import { toClientReference } from '../clients/client-reference.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { given } from '../kit/given.ts';
import {
  CreateInitialAccessTokenInput,
  CreateInitialAccessTokenPayload,
  DeleteInitialAccessTokenInput,
  DeleteInitialAccessTokenPayload,
  DeleteRegisteredClientInput,
  DeleteRegisteredClientPayload,
  InitialAccessToken,
  IssueRegistrationTokenInput,
  IssueRegistrationTokenPayload,
  RegisterClientInput,
  RegisterClientPayload,
  RegisteredClient,
  UpdateRegisteredClientInput,
  UpdateRegisteredClientPayload,
} from './registration.type.ts';

const toInitial = ({ id, uses, usesLeft, expiresAt, createdAt }: StoredToken): InitialAccessToken => ({
  tokenId: id,
  uses,
  usesLeft,
  expiresAt: expiresAt ?? null,
  createdAt,
});

const toRegistered = ({ client, metadata }: Registration): RegisteredClient => ({
  clientId: client.clientId,
  metadata: { ...metadata },
});

/** Clients that register themselves, and the tokens for that. */
@Resolver()
export class RegistrationResolver {
  @RequiresScopes(['client:read'])
  @Query(() => [InitialAccessToken], {
    description: 'The tokens with which clients register themselves, oldest first; at most 200.',
  })
  async initialAccessTokens(@Ctx() { services, authority }: GraphContext): Promise<InitialAccessToken[]> {
    return (await services.registrations.initialTokens(authority)).map(toInitial);
  }

  @RequiresScopes(['client:create'])
  @Errors('INITIAL_ACCESS_TOKEN_LIMIT')
  @Mutation(() => CreateInitialAccessTokenPayload, {
    description: 'Makes a token with which clients register themselves, and shows it, only this once.',
  })
  async createInitialAccessToken(
    @Arg('input', () => CreateInitialAccessTokenInput, { description: 'The token.' })
    input: CreateInitialAccessTokenInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<CreateInitialAccessTokenPayload> {
    const made = await services.registrations.createInitialToken(authority, given(input) as NewInitialToken);
    return { accessToken: made.text, initialAccessToken: toInitial(made.token) };
  }

  @RequiresScopes(['client:create'])
  @Mutation(() => DeleteInitialAccessTokenPayload, {
    description: 'Deletes a token with which clients register themselves.',
  })
  async deleteInitialAccessToken(
    @Arg('input', () => DeleteInitialAccessTokenInput, { description: 'The token.' })
    { tokenId }: DeleteInitialAccessTokenInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteInitialAccessTokenPayload> {
    const isDeleted = await services.registrations.deleteInitialToken(authority, tokenId);
    return { deletedTokenId: isDeleted ? tokenId : null };
  }

  @RequiresScopes(['client:write', 'client:delete', 'client-secret:read'])
  @Errors('CLIENT_BUILTIN', 'ACCOUNT_GUARDED')
  @Mutation(() => IssueRegistrationTokenPayload, {
    description:
      'Makes the token with which a client reads, changes and deletes its registration, and shows it, only this once. The one before ends.',
  })
  async issueRegistrationToken(
    @Arg('input', () => IssueRegistrationTokenInput, { description: 'The client.' })
    { clientId }: IssueRegistrationTokenInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ client: Client; registrationToken: string }> {
    const id = await services.clients.idOf(authority, toClientReference(clientId, 'input.clientId'));
    return services.registrations.issueToken(authority, id);
  }

  @Errors(
    'TENANT_REQUIRED',
    'REGISTRATION_REFUSED',
    'REGISTRATION_METADATA_INVALID',
    'CLIENT_REDIRECT_INVALID',
    'CLIENT_METADATA_INVALID',
    'CLIENT_SCOPE_UNKNOWN',
  )
  @Mutation(() => RegisterClientPayload, {
    description:
      'Registers a client (RFC 7591) and shows its secret and the token of its registration. It has no permissions; users are asked before it gets their data.',
  })
  async registerClient(
    @Arg('input', () => RegisterClientInput, { description: 'The client.' })
    { accessToken, metadata }: RegisterClientInput,
    @Ctx() context: GraphContext,
  ): Promise<RegisterClientPayload> {
    const tenant = requireTenant(context);
    const made = await context.services.registrations.register(context.caller, tenant, accessToken, metadata);
    return { registrationToken: made.registrationToken, registeredClient: toRegistered(made) };
  }

  @Errors('TENANT_REQUIRED', 'REGISTRATION_TOKEN_INVALID')
  @Query(() => RegisteredClient, { description: 'The registration of a client (RFC 7592 section 2.1).' })
  async registeredClient(
    @Arg('clientId', () => String, { description: 'The `client_id`.' }) clientId: string,
    @Arg('registrationToken', () => String, { description: 'The registration access token.' }) token: string,
    @Ctx() context: GraphContext,
  ): Promise<RegisteredClient> {
    const tenant = requireTenant(context);
    return toRegistered(await context.services.registrations.read(context.caller, tenant, clientId, token));
  }

  @Errors(
    'TENANT_REQUIRED',
    'REGISTRATION_TOKEN_INVALID',
    'REGISTRATION_METADATA_INVALID',
    'CLIENT_ID_FIXED',
    'CLIENT_TYPE_FIXED',
    'CLIENT_REDIRECT_INVALID',
    'CLIENT_METADATA_INVALID',
    'CLIENT_SCOPE_UNKNOWN',
  )
  @Mutation(() => UpdateRegisteredClientPayload, {
    description: 'Replaces the metadata of a client that registered itself (RFC 7592 section 2.2).',
  })
  async updateRegisteredClient(
    @Arg('input', () => UpdateRegisteredClientInput, { description: 'The registration.' })
    { clientId, registrationToken, metadata }: UpdateRegisteredClientInput,
    @Ctx() context: GraphContext,
  ): Promise<UpdateRegisteredClientPayload> {
    const { caller, services } = context;
    const tenant = requireTenant(context);
    const changed = await services.registrations.update(caller, tenant, clientId, registrationToken, metadata);
    return { registeredClient: toRegistered(changed) };
  }

  @Errors('TENANT_REQUIRED', 'REGISTRATION_TOKEN_INVALID')
  @Mutation(() => DeleteRegisteredClientPayload, {
    description: 'Deletes a client that registered itself (RFC 7592 section 2.3).',
  })
  async deleteRegisteredClient(
    @Arg('input', () => DeleteRegisteredClientInput, { description: 'The registration.' })
    { clientId, registrationToken }: DeleteRegisteredClientInput,
    @Ctx() context: GraphContext,
  ): Promise<DeleteRegisteredClientPayload> {
    await context.services.registrations.delete(context.caller, requireTenant(context), clientId, registrationToken);
    return { clientId };
  }
}
