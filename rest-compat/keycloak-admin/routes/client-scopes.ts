import { z } from 'zod';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import {
  CHANGED_SCOPE,
  CLIENT_SCOPE,
  DEFAULT_SCOPE,
  NEW_SCOPE,
  showDefault,
  showScope,
  toNewScope,
  toScopeChanges,
} from '../client-scope.ts';
import {
  BAD_REQUEST,
  conflict,
  FORBIDDEN,
  MAPPER_TYPE_UNKNOWN,
  PROTOCOL_UNKNOWN,
  refusedNaming,
  refusedWith,
  SCOPE_UNKNOWN,
  unusable,
} from '../errors.ts';
import { clientScope, LINKED_SCOPE_PATH, NO_LINKED_SCOPE } from '../linked-scope.ts';
import { PROTOCOL_FIELD, TYPE_FIELD } from '../mapper.ts';
import {
  ClientScopeById,
  ClientScopes,
  CreateClientScope,
  DeleteClientScope,
  GiveToNewClients,
  ScopesOfNewClients,
  UpdateClientScope,
} from '../operations.generated.ts';
import { LARGEST_PAGE } from '../paging.ts';
import { OWNER_PATH, toId } from '../scope-owner.ts';

const SPEC = '4.13';

const LIST = route({
  method: 'GET',
  path: '/client-scopes',
  spec: SPEC,
  summary: 'Client scopes of the realm, by name',
  callers: callersWith('client:read'),
  operation: ClientScopes,
  toVariables: () => ({ first: LARGEST_PAGE }),
  reply: {
    status: 200,
    schema: z.array(CLIENT_SCOPE),
    from: ({ clientScopes }) => presentItems(clientScopes.nodes).map(showScope),
  },
});

const GET = route({
  method: 'GET',
  path: '/client-scopes/{id}',
  spec: SPEC,
  summary: 'A client scope',
  callers: callersWith('client:read'),
  operation: ClientScopeById,
  input: { params: OWNER_PATH },
  toVariables: ({ params }) => ({ clientScopeId: toId(params.id) }),
  reply: { status: 200, schema: CLIENT_SCOPE, from: (data) => showScope(data.clientScope) },
  errors: { NOT_FOUND: SCOPE_UNKNOWN },
});

const NAME_INVALID = refusedNaming(400, (name) => `Unexpected name "${name}" for ClientScope`);

/** Refusals of what a scope is to be. */
const VALUE_ERRORS = {
  INVALID_INPUT: {
    ...unusable('Could not change the client scope'),
    at: { name: NAME_INVALID, [PROTOCOL_FIELD]: PROTOCOL_UNKNOWN, [TYPE_FIELD]: MAPPER_TYPE_UNKNOWN },
  },
  CLIENT_SCOPE_NAME_TAKEN: refusedNaming(409, (name) => `Client Scope ${name} already exists`),
  CLIENT_SCOPE_GIVES_PERMISSIONS: FORBIDDEN,
  PERMISSION_MASTER_ONLY: FORBIDDEN,
};

const CREATE = route({
  method: 'POST',
  path: '/client-scopes',
  spec: SPEC,
  summary: 'Creates a client scope with its mappers',
  callers: callersWith('client:write'),
  operation: CreateClientScope,
  input: { body: NEW_SCOPE },
  toVariables: ({ body }) => toNewScope(body),
  reply: {
    status: 201,
    headers: ({ createClientScope }, { baseUrl }) => ({
      Location: `${baseUrl}/client-scopes/${createClientScope.clientScopeUuid}`,
    }),
  },
  pos: { 'input.mappers.*': 'protocolMappers.*' },
  errors: {
    ...VALUE_ERRORS,
    CLIENT_SCOPE_LIMIT: BAD_REQUEST,
    PROTOCOL_MAPPER_NAME_TAKEN: refusedWith(409, 'Protocol mapper exists with same name'),
    PROTOCOL_MAPPER_LIMIT: BAD_REQUEST,
  },
});

const UPDATE = route({
  method: 'PUT',
  path: '/client-scopes/{id}',
  spec: SPEC,
  summary: 'Changes a client scope; its mappers stay',
  callers: callersWith('client:write'),
  operation: UpdateClientScope,
  input: { params: OWNER_PATH, body: CHANGED_SCOPE },
  toVariables: ({ params, body }) => ({ clientScopeId: toId(params.id), ...toScopeChanges(body) }),
  reply: { status: 204 },
  errors: { ...VALUE_ERRORS, NOT_FOUND: SCOPE_UNKNOWN, CLIENT_SCOPE_NOT_FOUND: SCOPE_UNKNOWN },
});

const DELETE = route({
  method: 'DELETE',
  path: '/client-scopes/{id}',
  spec: SPEC,
  summary: 'Deletes a client scope and takes it from the clients',
  callers: callersWith('client:delete'),
  operation: DeleteClientScope,
  input: { params: OWNER_PATH },
  toVariables: ({ params }) => ({ clientScopeId: toId(params.id) }),
  reply: { status: 204 },
  errors: { NOT_FOUND: SCOPE_UNKNOWN, CLIENT_SCOPE_NOT_FOUND: SCOPE_UNKNOWN },
});

/** The ways in which new clients get a scope, as the paths and the graph have them. */
const WAYS = [
  { path: '/default-default-client-scopes', tenantDefault: 'DEFAULT', adjective: 'default' },
  { path: '/default-optional-client-scopes', tenantDefault: 'OPTIONAL', adjective: 'optional' },
] as const;
type Way = (typeof WAYS)[number];

const listGiven = ({ path, tenantDefault, adjective }: Way): Route =>
  route({
    method: 'GET',
    path,
    spec: SPEC,
    summary: `Scopes that new clients get as ${adjective} ones, by name`,
    callers: callersWith('client:read'),
    operation: ScopesOfNewClients,
    toVariables: () => ({ first: LARGEST_PAGE, tenantDefault }),
    reply: {
      status: 200,
      schema: z.array(DEFAULT_SCOPE),
      from: ({ clientScopes }) => presentItems(clientScopes.nodes).map(showDefault),
    },
  });

const GIVING_ERRORS = {
  ...NO_LINKED_SCOPE,
  INVALID_INPUT: BAD_REQUEST,
  CLIENT_SCOPE_NAME_TAKEN: BAD_REQUEST,
  CLIENT_SCOPE_GIVES_PERMISSIONS: FORBIDDEN,
  PERMISSION_MASTER_ONLY: FORBIDDEN,
};

const give = ({ path, tenantDefault, adjective }: Way): Route =>
  route({
    method: 'PUT',
    path: `${path}/{clientScopeId}`,
    spec: SPEC,
    summary: `Gives a scope to new clients, as ${adjective === 'default' ? 'a default' : 'an optional'} one`,
    callers: callersWith('client:write'),
    operation: GiveToNewClients,
    input: { params: LINKED_SCOPE_PATH },
    lookups: { clientScope },
    toVariables: (_, found) => {
      // Either list: a scope is in one of them at most.
      if (found.clientScope.tenantDefault !== null) throw kernelErrors.CONFLICT();
      return { clientScopeId: found.clientScope.clientScopeUuid, tenantDefault };
    },
    reply: { status: 204 },
    errors: { ...GIVING_ERRORS, CONFLICT: conflict('Duplicate resource error') },
  });

const takeBack = ({ path }: Way): Route =>
  route({
    method: 'DELETE',
    path: `${path}/{clientScopeId}`,
    spec: SPEC,
    summary: 'Gives a scope to new clients no more, in whichever way they got it',
    callers: callersWith('client:write'),
    operation: GiveToNewClients,
    input: { params: LINKED_SCOPE_PATH },
    toVariables: ({ params }) => ({ clientScopeId: toId(params.clientScopeId), tenantDefault: null }),
    reply: { status: 204 },
    errors: GIVING_ERRORS,
  });

/** Client scopes, and those that new clients get: docs/dialects/kobil.md, section 4.13. */
export const CLIENT_SCOPE_ROUTES: readonly Route[] = [
  LIST,
  GET,
  CREATE,
  UPDATE,
  DELETE,
  ...WAYS.flatMap((way) => [listGiven(way), give(way), takeBack(way)]),
];
