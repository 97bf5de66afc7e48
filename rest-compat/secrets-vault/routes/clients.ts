import { z } from 'zod';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { lookup, present, presentItems, type Route, route } from '../../engine/index.ts';
import { callersOrKeys } from '../callers.ts';
import { CLIENT, SENT_CLIENT, showClient, showNewClient, toChanges, toNewClient } from '../client.ts';
import { detail, FORBIDDEN, REFUSED, TAKEN, UNPROCESSABLE } from '../errors.ts';
import {
  Client,
  type ClientData,
  Clients,
  CreateClient,
  DeleteClient,
  FindClient,
  type FindClientData,
  RotateClientSecret,
  UpdateClient,
} from '../operations.generated.ts';
import { CLIENTS_PAGE, toClientsPage } from '../paging.ts';

const CLIENT_UNKNOWN = detail(404, 'Client not found');
const LOCKED = detail(409, 'Client is locked');
const MISMATCH = detail(400, 'Client mismatch');

const PATH = z.object({ client_id: z.string() });
const TENANT_QUERY = z.object({ tenant_id: z.string() });
const IN_QUERY = { in: 'query', name: 'tenant_id', orCaller: true } as const;
const IN_BODY = { in: 'body', name: 'tenant_id', orCaller: true } as const;

interface WithClient {
  readonly params: { readonly client_id: string };
}

/** Apps of users and clients of the service are no clients here. */
const isRegular = ({ kind }: Pick<FindClientData['client'], 'kind'>): boolean => kind === 'REGULAR';

/** The client of the path. */
const FOUND = {
  client: lookup({
    operation: FindClient,
    toVariables: ({ params }: WithClient) => ({ clientId: params.client_id }),
    from: ({ client }) => (client !== null && isRegular(client) ? client : null),
  }),
} as const;
const MISSING = { client: CLIENT_UNKNOWN } as const;

/** Values that a client cannot have. */
const VALUE_ERRORS = {
  CLIENT_REDIRECT_INVALID: UNPROCESSABLE,
  CLIENT_METADATA_INVALID: UNPROCESSABLE,
  CLIENT_GRANT_TYPE_INVALID: UNPROCESSABLE,
  CLIENT_SCOPE_UNKNOWN: UNPROCESSABLE,
  CLIENT_WITHOUT_ACCOUNT: REFUSED,
  CLIENT_PUBLIC: REFUSED,
  PROTOCOL_MAPPER_NAME_TAKEN: REFUSED,
  PROTOCOL_MAPPER_LIMIT: REFUSED,
  USER_USERNAME_TAKEN: TAKEN,
  PERMISSION_UNKNOWN: REFUSED,
  PERMISSION_ESCALATION: FORBIDDEN,
  PERMISSION_MASTER_ONLY: FORBIDDEN,
} as const;

/** Where the graph names a value, and the member that has it. */
const POS = {
  'input.redirects': 'redirect_uris',
  'input.postLogoutRedirects': 'post_logout_redirect_uri',
  'input.scopes': 'allowed_scopes',
  'input.addedScopes': 'allowed_scopes',
  'input.clientId': 'client_id',
  'input.newType': 'client_type',
  'input.logoUri': 'logo_uri',
  'input.policyUri': 'op_policy_url',
  'input.tosUri': 'op_tos_url',
  'input.userAgreementUri': 'op_user_agreement_url',
  'input.clientUri': 'client_uri',
  'input.logoutUri': 'client_logout_uri',
  'input.organizationName': 'tenant_name',
  'input.specialFlow': 'flow',
} as const;

const LIST = route({
  method: 'GET',
  path: '/clients',
  spec: 'section 6 (CLIENT-1)',
  summary: 'The clients of a tenant, by `client_id`',
  callers: callersOrKeys('client:read', 'CLIENT:READ', 'CLIENT'),
  tenant: IN_QUERY,
  operation: Clients,
  input: { query: z.object({ tenant_id: z.string(), ...CLIENTS_PAGE }) },
  toVariables: ({ query }) => toClientsPage(query),
  reply: {
    status: 200,
    schema: z.strictObject({ clients: z.array(CLIENT) }),
    from: ({ clients }, { tenantName }) => ({
      clients: presentItems(clients.nodes).map((client) => showClient(client, tenantName)),
    }),
  },
});

const CREATE = route({
  method: 'POST',
  path: '/clients',
  spec: 'section 6 (CLIENT-2)',
  summary: 'Makes a client, and shows its secret this once',
  callers: callersOrKeys('client:create', 'CLIENT'),
  tenant: IN_BODY,
  operation: CreateClient,
  input: { body: SENT_CLIENT },
  toVariables: ({ body }) => toNewClient(body),
  reply: {
    status: 201,
    schema: CLIENT,
    from: ({ createClient }, { body, tenantName }) => showNewClient(body, tenantName, createClient.secret),
  },
  pos: POS,
  errors: {
    ...VALUE_ERRORS,
    CLIENT_ID_INVALID: UNPROCESSABLE,
    CLIENT_ID_TAKEN: detail(409, 'Client already exists'),
  },
});

/** @throws NOT_FOUND It is no client of this dialect. */
function showRegular(client: ClientData['client'], tenantName: string) {
  if (!isRegular(client)) throw kernelErrors.NOT_FOUND();
  return showClient(client, tenantName);
}

const READ = route({
  method: 'GET',
  path: '/clients/{client_id}',
  spec: 'section 6 (CLIENT-3)',
  summary: 'A client',
  callers: callersOrKeys('client:read', 'CLIENT:READ', 'CLIENT'),
  tenant: IN_QUERY,
  operation: Client,
  input: { params: PATH, query: TENANT_QUERY },
  toVariables: ({ params }) => ({ clientId: params.client_id }),
  reply: { status: 200, schema: CLIENT, from: ({ client }, { tenantName }) => showRegular(client, tenantName) },
  errors: { NOT_FOUND: CLIENT_UNKNOWN },
});

const UPDATE = route({
  method: 'PUT',
  path: '/clients/{client_id}',
  spec: 'section 6 (CLIENT-4)',
  summary: 'Replaces a client; its secret stays, unless it becomes public',
  callers: callersOrKeys('client:write', 'CLIENT'),
  tenant: IN_BODY,
  operation: UpdateClient,
  input: { params: PATH, body: SENT_CLIENT },
  lookups: FOUND,
  missing: MISSING,
  toVariables: ({ body }, found) => ({
    ...toChanges(body, found.client),
    clientId: found.client.id,
    expectedClientId: body.client_id,
  }),
  reply: {
    status: 200,
    schema: CLIENT,
    from: ({ updateClient }, { tenantName }) => showClient(present(updateClient.client), tenantName),
  },
  pos: POS,
  errors: {
    ...VALUE_ERRORS,
    CLIENT_BUILTIN: CLIENT_UNKNOWN,
    CLIENT_ID_FIXED: MISMATCH,
    CLIENT_TYPE_FIXED: REFUSED,
    USER_ID_TAKEN: TAKEN,
    ADMINISTRATOR_LAST: TAKEN,
    ACCOUNT_GUARDED: FORBIDDEN,
  },
});

const DELETE = route({
  method: 'DELETE',
  path: '/clients/{client_id}',
  spec: 'section 6 (CLIENT-5)',
  summary: 'Deletes a client',
  callers: callersOrKeys('client:delete', 'CLIENT'),
  tenant: IN_QUERY,
  operation: DeleteClient,
  input: { params: PATH, query: TENANT_QUERY },
  lookups: FOUND,
  missing: MISSING,
  toVariables: (_request, found) => ({ clientId: found.client.id }),
  reply: { status: 200, schema: z.null(), from: () => null },
  errors: {
    CLIENT_BUILTIN: CLIENT_UNKNOWN,
    CLIENT_DELETION_LOCKED: LOCKED,
    ADMINISTRATOR_LAST: TAKEN,
    ACCOUNT_GUARDED: FORBIDDEN,
  },
});

const ROTATE = route({
  method: 'POST',
  path: '/clients/{tenant_id}/{client_id}/secret',
  spec: 'section 6 (CLIENT-6)',
  summary: 'Gives a client another secret, which is shown this once; the one before ends at once',
  callers: callersOrKeys('client-secret:rotate', 'CLIENT'),
  tenant: { in: 'params', name: 'tenant_id' },
  operation: RotateClientSecret,
  input: { params: z.object({ tenant_id: z.string(), client_id: z.string() }) },
  lookups: FOUND,
  missing: MISSING,
  toVariables: (_request, found) => ({ clientId: found.client.id }),
  reply: {
    status: 200,
    schema: z.strictObject({ client_id: z.string(), client_secret: z.string() }),
    from: ({ rotateClientSecret }, { params }) => ({
      client_id: params.client_id,
      client_secret: rotateClientSecret.secret,
    }),
  },
  errors: {
    CLIENT_PUBLIC: detail(400, 'A public client has no secret'),
    CLIENT_BUILTIN: CLIENT_UNKNOWN,
    PERMISSION_ESCALATION: FORBIDDEN,
    ACCOUNT_GUARDED: FORBIDDEN,
  },
});

export const CLIENT_ROUTES: readonly Route[] = [LIST, CREATE, READ, UPDATE, DELETE, ROTATE];
