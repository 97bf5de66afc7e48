import { z } from 'zod';
import { AS_ITS_KIND, lookup, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { SCOPE_OF_CLIENT, showOfClient } from '../client-scope.ts';
import { BAD_REQUEST, CLIENT_UNKNOWN, FORBIDDEN, LINKED_SCOPE_UNKNOWN } from '../errors.ts';
import { clientScope, LINKED_SCOPE_PATH } from '../linked-scope.ts';
import { ChangeScopesOfClient, ScopesOfClient } from '../operations.generated.ts';
import { OWNER_PATH, toId } from '../scope-owner.ts';

const SPEC = '4.12';
const LINK_PATH = OWNER_PATH.extend(LINKED_SCOPE_PATH.shape);

/** The ways in which a client has a scope. */
const WAYS = [
  { path: '/clients/{id}/default-client-scopes', isDefault: true, adjective: 'default' },
  { path: '/clients/{id}/optional-client-scopes', isDefault: false, adjective: 'optional' },
] as const;
type Way = (typeof WAYS)[number];

const list = ({ path, isDefault, adjective }: Way): Route =>
  route({
    method: 'GET',
    path,
    spec: SPEC,
    summary: `The ${adjective} scopes of a client, by name`,
    callers: callersWith('client:read'),
    operation: ScopesOfClient,
    input: { params: OWNER_PATH },
    toVariables: ({ params }) => ({ clientId: toId(params.id) }),
    reply: {
      status: 200,
      schema: z.array(SCOPE_OF_CLIENT),
      from: ({ client }) => client.scopes.filter((scope) => scope.isDefault === isDefault).map(showOfClient),
    },
    errors: { NOT_FOUND: CLIENT_UNKNOWN },
  });

/** The scopes that the client in the path has. */
const scopes = lookup({
  operation: ScopesOfClient,
  toVariables: ({ params }: { readonly params: { readonly id: string } }) => ({ clientId: toId(params.id) }),
  from: ({ client }) => client?.scopes ?? null,
});

/** Refusals of changes; an unknown client is the first to be refused. */
const CHANGE = {
  missing: { scopes: CLIENT_UNKNOWN, clientScope: LINKED_SCOPE_UNKNOWN },
  errors: {
    NOT_FOUND: CLIENT_UNKNOWN,
    INVALID_INPUT: BAD_REQUEST,
    CLIENT_BUILTIN: FORBIDDEN,
    CLIENT_SCOPE_UNKNOWN: LINKED_SCOPE_UNKNOWN,
    CLIENT_WITHOUT_ACCOUNT: AS_ITS_KIND,
    CLIENT_TYPE_FIXED: AS_ITS_KIND,
    CLIENT_REDIRECT_INVALID: AS_ITS_KIND,
    CLIENT_METADATA_INVALID: AS_ITS_KIND,
    CLIENT_GRANT_TYPE_INVALID: AS_ITS_KIND,
    USER_ID_TAKEN: AS_ITS_KIND,
    USER_USERNAME_TAKEN: AS_ITS_KIND,
    PERMISSION_UNKNOWN: AS_ITS_KIND,
    PERMISSION_MASTER_ONLY: FORBIDDEN,
  },
} as const;

const add = ({ path, isDefault, adjective }: Way): Route =>
  route({
    method: 'PUT',
    path: `${path}/{clientScopeId}`,
    spec: SPEC,
    summary: `Gives a client a scope as ${adjective === 'default' ? 'a default' : 'an optional'} one, unless it has it`,
    callers: callersWith('client:write'),
    operation: ChangeScopesOfClient,
    input: { params: LINK_PATH },
    lookups: { scopes, clientScope },
    toVariables: ({ params }, found) => {
      const { clientScopeUuid, name } = found.clientScope;
      const has = found.scopes.some((scope) => scope.clientScopeUuid === clientScopeUuid);
      return { clientId: toId(params.id), addedScopes: has ? [] : [{ name, isDefault }], removedScopes: [] };
    },
    reply: { status: 204 },
    ...CHANGE,
  });

const remove = ({ path }: Way): Route =>
  route({
    method: 'DELETE',
    path: `${path}/{clientScopeId}`,
    spec: SPEC,
    summary: 'Takes a scope from a client, in whichever way it has it',
    callers: callersWith('client:write'),
    operation: ChangeScopesOfClient,
    input: { params: LINK_PATH },
    lookups: { scopes, clientScope },
    toVariables: ({ params }, found) => ({
      clientId: toId(params.id),
      addedScopes: [],
      removedScopes: [found.clientScope.name],
    }),
    reply: { status: 204 },
    ...CHANGE,
  });

/** Default and optional scopes of clients: docs/dialects/kobil.md, section 4.12. */
export const SCOPES_OF_CLIENT_ROUTES: readonly Route[] = WAYS.flatMap((way) => [list(way), add(way), remove(way)]);
