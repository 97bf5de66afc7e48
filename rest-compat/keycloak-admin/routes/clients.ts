import { z } from 'zod';
import { invalidField } from '../../../src/kernel/index.ts';
import { lookup, present, presentItems, type Route, route } from '../../engine/index.ts';
import { HIDDEN_SECRET } from '../../realm-clients/client.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { CLIENT, clientAccessOf, SENT_CLIENT, showClient, toChanges, toNewClient } from '../client.ts';
import { CLIENT_ERRORS, CLIENT_PATH, NO_CLIENT } from '../client-path.ts';
import {
  BAD_REQUEST,
  CLIENT_UNKNOWN,
  explained,
  FORBIDDEN,
  MAPPER_TYPE_UNKNOWN,
  PAGE_TOO_LARGE,
  PROTOCOL_UNKNOWN,
  refusedWith,
  SERVICE_ACCOUNT_OFF,
  takenBy,
  unusable,
} from '../errors.ts';
import { PROTOCOL_FIELD, TYPE_FIELD } from '../mapper.ts';
import {
  ClientById,
  ClientSecret,
  type ClientSecretData,
  CountClients,
  CreateClient,
  DeleteClient,
  EndEarlierClientSecrets,
  FindClients,
  type FindClientsData,
  RotateClientSecret,
  ServiceAccount,
  type ServiceAccountData,
  UpdateClient,
} from '../operations.generated.ts';
import { assertAll, FIRST_PAGE, toWholeWindow, toWindowBehind, WHOLE_PAGE_PARAMETERS } from '../paging.ts';
import { anyClient, MASTER, showTenantClient } from '../tenant-client.ts';
import { accessOf, showUser, USER } from '../user.ts';

const SPEC = '4.10';
const CLIENTS = '/clients';
const CLIENT_BY_ID = '/clients/{id}';

const LIST_PARAMETERS = z.object({
  clientId: z.string().max(255).optional().describe('Only the client with this `client_id`.'),
  search: z
    .enum(['true', 'false'])
    .optional()
    .describe('`true`: `clientId` is a text in the `client_id` or the name, ignoring case.'),
  ...WHOLE_PAGE_PARAMETERS,
});
type ListParameters = z.output<typeof LIST_PARAMETERS>;

function toFilter({ clientId, search }: ListParameters) {
  const named = search === 'true' ? { nameContains: clientId } : { clientId };
  return { withBuiltin: true, ...(clientId === undefined || clientId === '' ? {} : named) };
}

/** The same for clients that stand for realms. */
function toTenantFilter({ clientId, search }: ListParameters) {
  if (clientId === undefined || clientId === '') return {};
  return search === 'true' ? { clientIdContains: clientId } : { clientId };
}

/** How many clients are stored where those that stand for realms follow them. */
const stored = lookup({
  operation: CountClients,
  toVariables: ({ query, tenantName }: { readonly query: ListParameters; readonly tenantName: string }) => ({
    after: FIRST_PAGE,
    filter: toFilter(query),
    isAsked: tenantName === MASTER,
  }),
  from: ({ clients }) => ({ count: clients == null ? 0 : present(clients.totalCount) }),
});

/** The clients that stand for realms, of the page that is asked for. */
function toTenantWindow(query: ListParameters, tenantName: string, count: number) {
  const { first, after } = toWindowBehind(query, count);
  return {
    withTenants: tenantName === MASTER,
    firstTenants: first,
    afterTenants: after,
    tenants: toTenantFilter(query),
  };
}

function showList({ clients, tenantClients, viewer }: FindClientsData, query: ListParameters) {
  assertAll(query, (clients.totalCount ?? 0) + (tenantClients?.totalCount ?? 0));
  const access = clientAccessOf(viewer);
  return [
    ...presentItems(clients.nodes).map((client) => showClient(client, access)),
    ...presentItems(tenantClients?.nodes ?? []).map((client) => showTenantClient(client, access)),
  ];
}

const LIST = route({
  method: 'GET',
  path: CLIENTS,
  spec: SPEC,
  summary: 'Clients of the realm, by `client_id`; in `master` those that stand for realms follow, by name',
  callers: callersWith('client:read'),
  operation: FindClients,
  input: { query: LIST_PARAMETERS },
  lookups: { stored },
  toVariables: ({ query, tenantName }, found) => ({
    ...toWholeWindow(query),
    filter: toFilter(query),
    ...toTenantWindow(query, tenantName, found.stored.count),
  }),
  reply: {
    status: 200,
    schema: z.array(CLIENT),
    from: (data, { query }) => showList(data, query),
  },
  errors: { INVALID_INPUT: { ...BAD_REQUEST, at: { max: PAGE_TOO_LARGE } } },
});

const GET = route({
  method: 'GET',
  path: CLIENT_BY_ID,
  spec: SPEC,
  summary: 'A client',
  callers: callersWith('client:read'),
  operation: ClientById,
  input: { params: CLIENT_PATH },
  lookups: { client: anyClient },
  toVariables: (_request, { client: { id, isStored, isMadeUp } }) => ({ clientId: id, isStored, isMadeUp }),
  reply: {
    status: 200,
    schema: CLIENT,
    from: ({ client, tenantClient, viewer }) => {
      const access = clientAccessOf(viewer);
      return client === undefined ? showTenantClient(tenantClient!, access) : showClient(client, access);
    },
  },
  errors: CLIENT_ERRORS,
  missing: { client: CLIENT_UNKNOWN },
});

const REDIRECT_INVALID = refusedWith(400, 'Invalid redirect uri');

const UNUSABLE = {
  ...unusable('Could not store the client'),
  at: { clientId: CLIENT_UNKNOWN, [PROTOCOL_FIELD]: PROTOCOL_UNKNOWN, [TYPE_FIELD]: MAPPER_TYPE_UNKNOWN },
};

/** Refusals of values, whether the client is new or not. */
const VALUE_ERRORS = {
  INVALID_INPUT: UNUSABLE,
  CLIENT_REDIRECT_INVALID: REDIRECT_INVALID,
  CLIENT_METADATA_INVALID: explained,
  CLIENT_GRANT_TYPE_INVALID: explained,
  CLIENT_SCOPE_UNKNOWN: explained,
  CLIENT_WITHOUT_ACCOUNT: explained,
  USER_USERNAME_TAKEN: refusedWith(409, 'User exists with same username'),
  PERMISSION_UNKNOWN: FORBIDDEN,
  PERMISSION_MASTER_ONLY: FORBIDDEN,
};

const CREATE = route({
  method: 'POST',
  path: CLIENTS,
  spec: SPEC,
  summary: 'Makes a client; its address is in `Location`',
  callers: callersWith('client:create'),
  operation: CreateClient,
  input: { body: SENT_CLIENT },
  toVariables: ({ body }) => toNewClient(body),
  reply: {
    status: 201,
    headers: ({ createClient }, { baseUrl }) => ({ Location: `${baseUrl}/clients/${createClient.clientUuid}` }),
  },
  errors: {
    ...VALUE_ERRORS,
    CLIENT_ID_INVALID: explained,
    CLIENT_ID_TAKEN: takenBy('clientId', (name) => `Client ${name} already exists`),
  },
});

const UPDATE = route({
  method: 'PUT',
  path: CLIENT_BY_ID,
  spec: SPEC,
  summary: 'Changes a client; what is not sent stays',
  callers: callersWith('client:write'),
  operation: UpdateClient,
  input: { params: CLIENT_PATH, body: SENT_CLIENT },
  ...NO_CLIENT,
  toVariables: ({ body }, found) => ({ ...toChanges(body), clientId: found.client.id }),
  reply: { status: 204 },
  errors: {
    ...VALUE_ERRORS,
    NOT_FOUND: CLIENT_UNKNOWN,
    CLIENT_BUILTIN: FORBIDDEN,
    CLIENT_TYPE_FIXED: explained,
    USER_ID_TAKEN: refusedWith(409, 'User exists with same username'),
  },
});

const DELETE = route({
  method: 'DELETE',
  path: CLIENT_BY_ID,
  spec: SPEC,
  summary: 'Deletes a client with its secrets, tokens, roles and service account',
  callers: callersWith('client:delete'),
  operation: DeleteClient,
  input: { params: CLIENT_PATH },
  ...NO_CLIENT,
  toVariables: (_request, found) => ({ clientId: found.client.id }),
  reply: { status: 204 },
  errors: { ...CLIENT_ERRORS, CLIENT_BUILTIN: FORBIDDEN, CLIENT_DELETION_LOCKED: explained },
});

const SECRET = z.strictObject({
  type: z.string(),
  value: z.string().optional().describe(`Absent for a public client, \`${HIDDEN_SECRET}\` where only a hash is kept.`),
});

const showSecret = ({ client, clientSecret }: ClientSecretData): z.input<typeof SECRET> => ({
  type: 'secret',
  ...(client.type === 'PUBLIC' ? {} : { value: clientSecret ?? HIDDEN_SECRET }),
});

const READ_SECRET = route({
  method: 'GET',
  path: `${CLIENT_BY_ID}/client-secret`,
  spec: SPEC,
  summary: 'The secret of a client, which is recorded',
  callers: callersWith('client-secret:read'),
  operation: ClientSecret,
  input: { params: CLIENT_PATH },
  ...NO_CLIENT,
  // Reading a secret is recorded, so it is read only where there is one to show.
  toVariables: (_request, { client: { id, hasReadableSecret } }) => ({ clientId: id, isReadable: hasReadableSecret }),
  reply: { status: 200, schema: SECRET, from: showSecret },
  errors: CLIENT_ERRORS,
});

const ROTATE_SECRET = route({
  method: 'POST',
  path: `${CLIENT_BY_ID}/client-secret`,
  spec: SPEC,
  summary: 'Gives a client another secret; the one before ends at once',
  callers: callersWith('client-secret:rotate'),
  operation: RotateClientSecret,
  input: { params: CLIENT_PATH },
  ...NO_CLIENT,
  toVariables: (_request, found) => ({ clientId: found.client.id }),
  reply: {
    status: 200,
    schema: SECRET,
    from: ({ rotateClientSecret }) => ({ type: 'secret', value: rotateClientSecret.secret }),
  },
  errors: { ...CLIENT_ERRORS, CLIENT_BUILTIN: FORBIDDEN },
});

const END_EARLIER_SECRET = route({
  method: 'DELETE',
  path: `${CLIENT_BY_ID}/client-secret/rotated`,
  spec: SPEC,
  summary: 'Ends the older of two secrets of a client',
  callers: callersWith('client-secret:rotate'),
  operation: EndEarlierClientSecrets,
  input: { params: CLIENT_PATH },
  ...NO_CLIENT,
  toVariables: (_request, found) => ({ clientId: found.client.id }),
  reply: { status: 204 },
  errors: { ...CLIENT_ERRORS, CLIENT_BUILTIN: FORBIDDEN },
});

/** @throws INVALID_INPUT The client has none. */
function showAccount({ client, viewer }: ServiceAccountData) {
  const { clientId, serviceAccount } = client;
  if (serviceAccount !== null) return showUser(serviceAccount, accessOf(viewer));
  throw invalidField('account', 'ACCOUNT_OFF', `Service account not enabled for the client '${clientId}'`);
}

const SERVICE_ACCOUNT = route({
  method: 'GET',
  path: `${CLIENT_BY_ID}/service-account-user`,
  spec: SPEC,
  summary: 'The user that stands for a client',
  callers: callersWith('user:read'),
  operation: ServiceAccount,
  input: { params: CLIENT_PATH },
  ...NO_CLIENT,
  toVariables: (_request, found) => ({ clientId: found.client.id }),
  reply: { status: 200, schema: USER, from: showAccount },
  errors: { NOT_FOUND: CLIENT_UNKNOWN, INVALID_INPUT: { ...CLIENT_UNKNOWN, at: { account: SERVICE_ACCOUNT_OFF } } },
});

/** Clients: docs/dialects/kobil.md, section 4.10. */
export const CLIENT_ROUTES: readonly Route[] = [
  LIST,
  GET,
  CREATE,
  UPDATE,
  DELETE,
  READ_SECRET,
  ROTATE_SECRET,
  END_EARLIER_SECRET,
  SERVICE_ACCOUNT,
];
