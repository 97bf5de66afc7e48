import { z } from 'zod';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { lookup, present, presentItems, type Route, type RouteCallers, route } from '../../engine/index.ts';
import { callersOrKeys } from '../callers.ts';
import { detail, FORBIDDEN, REFUSED, TAKEN, UNPROCESSABLE } from '../errors.ts';
import {
  Account,
  ConfigureUser,
  CreateUsers,
  DeleteUser,
  DeleteUsers,
  ProvisionUser,
  User,
  UserByName,
  Users,
} from '../operations.generated.ts';
import { pageOf, showUsersPage, toUsersPage, USERS_PAGE } from '../paging.ts';
import { CALLER, mayReadRoles, mayReadUsers, showRoles, toRoles } from '../roles-of-users.ts';
import {
  CREATED_USERS,
  ofTenant,
  SENT_USER,
  SENT_USERS,
  showCreated,
  showUser,
  toAccount,
  toNewUser,
  USER,
} from '../user.ts';

const USER_UNKNOWN = detail(404, 'User not found');
const UNKNOWN_ROLE = detail(400, 'Unknown role');
const LAST_ADMINISTRATOR = detail(409, 'The last administrator stays');

const READING = ['USER:READ', 'USER'];
const WRITING = ['USER'];

const TENANT_PATH = z.object({ tenant_id: z.string() });
const USER_PATH = z.object({ tenant_id: z.string(), user_id: z.string() });
const IN_PATH = { in: 'params', name: 'tenant_id' } as const;
const IN_BODY = { in: 'body', name: 'tenant_id' } as const;

/** Who may do it to every user of the tenant, and who to its own account. */
const ownersWith = (verb: string, scopes: readonly string[]): RouteCallers => ({
  bearer: { user: [`user:${verb}:self`, `user:${verb}`], app: [`user:${verb}`] },
  apiKey: scopes,
});

interface WithUser {
  readonly params: { readonly user_id: string };
}

/** Whether a text can be an id; one that can be the id of an object of the graph is none here. */
const isUserId = (id: string): boolean => !id.includes('~');

/** The id in the path. @throws NOT_FOUND */
function userIdOf({ params }: WithUser): string {
  if (!isUserId(params.user_id)) throw kernelErrors.NOT_FOUND();
  return params.user_id;
}

/** Values that an account cannot have. */
const VALUE_ERRORS = {
  USER_USERNAME_INVALID: REFUSED,
  USER_USERNAME_TAKEN: detail(409, 'Username already exists'),
  USER_EMAIL_INVALID: UNPROCESSABLE,
  USER_EMAIL_TAKEN: detail(409, 'Email already exists'),
  USER_ID_TAKEN: detail(409, 'User already exists'),
  USER_PHONE_INVALID: REFUSED,
  USER_ATTRIBUTE_INVALID: REFUSED,
  USER_ATTRIBUTE_REFUSED: REFUSED,
  PASSWORD_POLICY: REFUSED,
  PASSWORD_TOO_LONG: REFUSED,
  ROLE_NOT_FOUND: UNKNOWN_ROLE,
  ROLE_CLIENT_NOT_FOUND: UNKNOWN_ROLE,
  GROUP_NOT_FOUND: REFUSED,
  PERMISSION_ESCALATION: FORBIDDEN,
} as const;

/** Where the graph names a value, and the member that has it. */
const POS = {
  'input.subject': 'user_id',
  'input.externalId': 'external_id',
  'input.roles': 'roles',
  'input.removedRoles': 'roles',
} as const;

const READ = route({
  method: 'GET',
  path: '/users/{tenant_id}/{user_id}',
  spec: 'section 10 (USER-4)',
  summary: 'A user',
  callers: ownersWith('read', READING),
  tenant: IN_PATH,
  operation: User,
  input: { params: USER_PATH },
  lookups: { caller: CALLER },
  toVariables: (request, { caller }) => {
    const userId = userIdOf(request);
    return { userId, withRoles: mayReadRoles(caller, userId) };
  },
  reply: { status: 200, schema: USER, from: ({ user }, { tenantName }) => showUser(user, tenantName) },
  errors: { NOT_FOUND: USER_UNKNOWN },
});

const READ_BY_NAME = route({
  method: 'GET',
  path: '/users/{tenant_id}/by-name/{username}',
  spec: 'section 10 (USER-3)',
  summary: 'A user by its username, ignoring case',
  callers: callersOrKeys('user:read', ...READING),
  tenant: IN_PATH,
  operation: UserByName,
  input: { params: z.object({ tenant_id: z.string(), username: z.string().max(128) }) },
  lookups: { caller: CALLER },
  toVariables: ({ params }, { caller }) => ({ username: params.username, withRoles: mayReadRoles(caller) }),
  reply: { status: 200, schema: USER, from: ({ user }, { tenantName }) => showUser(user, tenantName) },
  errors: { NOT_FOUND: USER_UNKNOWN },
});

const LIST = route({
  method: 'GET',
  path: '/users/{tenant_id}',
  spec: 'section 10 (USER-2)',
  summary: 'The users of a tenant',
  callers: callersOrKeys('user:read', ...READING),
  tenant: IN_PATH,
  operation: Users,
  input: { params: TENANT_PATH, query: USERS_PAGE },
  lookups: { caller: CALLER },
  toVariables: ({ query }, { caller }) => ({ ...toUsersPage(query), withRoles: mayReadRoles(caller) }),
  reply: {
    status: 200,
    schema: pageOf(USER),
    from: ({ users: { nodes, totalCount } }, { query, tenantName }) =>
      showUsersPage(
        presentItems(nodes).map((user) => showUser(user, tenantName)),
        totalCount,
        query,
      ),
  },
});

const READ_OWN = route({
  method: 'GET',
  path: '/user/me',
  spec: 'section 10 (USER-1)',
  summary: "The caller's own account",
  callers: { bearer: { user: ['user:read:self'] }, apiKey: READING },
  tenant: 'caller',
  operation: Account,
  lookups: { caller: CALLER },
  toVariables: (_request, { caller }) => ({ withRoles: mayReadRoles(caller, caller.subject) }),
  reply: { status: 200, schema: USER, from: ({ account }, { tenantName }) => showUser(account, tenantName) },
  // Applications have no account, nor have users in other tenants than their own.
  missing: { account: FORBIDDEN },
});

const DELETE = route({
  method: 'DELETE',
  path: '/users/{tenant_id}/{user_id}',
  spec: 'section 10 (USER-6)',
  summary: 'Deletes a user with everything that belongs to it',
  callers: ownersWith('delete', WRITING),
  tenant: IN_PATH,
  operation: DeleteUser,
  input: { params: USER_PATH },
  toVariables: (request) => ({ userId: userIdOf(request) }),
  reply: { status: 204 },
  errors: {
    NOT_FOUND: USER_UNKNOWN,
    USER_NOT_FOUND: USER_UNKNOWN,
    ACCOUNT_GUARDED: FORBIDDEN,
    ADMINISTRATOR_LAST: LAST_ADMINISTRATOR,
  },
});

const CREATE = route({
  method: 'POST',
  path: '/users/{tenant_id}',
  spec: 'section 10 (USER-7)',
  summary: 'Makes a user, all of it or nothing',
  callers: callersOrKeys('user:create', ...WRITING),
  tenant: [IN_PATH, IN_BODY],
  operation: ProvisionUser,
  input: { params: TENANT_PATH, body: SENT_USER },
  lookups: { caller: CALLER },
  toVariables: ({ body }, { caller }) => {
    // The answer is the user.
    if (!mayReadUsers(caller)) throw kernelErrors.FORBIDDEN();
    return { ...toNewUser(body), withRoles: mayReadRoles(caller) };
  },
  reply: {
    status: 201,
    schema: USER,
    from: ({ provisionUser }, { tenantName }) => showUser(present(provisionUser.user), tenantName),
  },
  pos: POS,
  errors: { ...VALUE_ERRORS, USER_ID_INVALID: UNPROCESSABLE },
});

/** The user of the path before a change. */
const BEFORE = lookup({
  operation: User,
  toVariables: (request: WithUser, { caller }) => ({
    userId: userIdOf(request),
    withRoles: mayReadRoles(caller as Parameters<typeof mayReadRoles>[0]),
  }),
  from: ({ user }) => user,
});

/**
 * The roles to grant and to withdraw.
 * @param shown Those that the user has; null: the caller may not read them.
 * @throws FORBIDDEN The caller asks for others, and may not read them.
 */
function toRoleChanges(wanted: readonly string[] | null, shown: readonly string[] | null) {
  if (wanted === null) return { roles: [], removedRoles: [] };
  if (shown === null) throw kernelErrors.FORBIDDEN();
  return {
    roles: toRoles(wanted.filter((name) => !shown.includes(name))),
    removedRoles: toRoles(shown.filter((name) => !wanted.includes(name))),
  };
}

const UPDATE = route({
  method: 'PUT',
  path: '/users/{tenant_id}/{user_id}',
  spec: 'section 10 (USER-5)',
  summary: 'Replaces what is shown of a user, all of it or nothing',
  callers: callersOrKeys('user:write', ...WRITING),
  tenant: [IN_PATH, IN_BODY],
  operation: ConfigureUser,
  input: { params: USER_PATH, body: SENT_USER },
  lookups: { caller: CALLER, before: BEFORE },
  missing: { before: USER_UNKNOWN },
  toVariables: ({ body }, { caller, before }) => ({
    ...toAccount(body),
    ...toRoleChanges(body.roles, before.roles == null ? null : showRoles(before.roles)),
    userId: before.subject,
    expectedSubject: body.user_id,
    withRoles: mayReadRoles(caller),
  }),
  reply: {
    status: 200,
    schema: USER,
    from: ({ configureUser }, { tenantName }) => showUser(present(configureUser.user), tenantName),
  },
  pos: POS,
  errors: {
    ...VALUE_ERRORS,
    NOT_FOUND: USER_UNKNOWN,
    USER_NOT_FOUND: USER_UNKNOWN,
    USER_ID_FIXED: detail(400, 'User mismatch'),
    USER_ATTRIBUTE_UNMODIFIABLE: REFUSED,
    ACCOUNT_GUARDED: FORBIDDEN,
    ADMINISTRATOR_LAST: LAST_ADMINISTRATOR,
    REAUTHENTICATION_REQUIRED: FORBIDDEN,
  },
});

const CREATE_MANY = route({
  method: 'POST',
  path: '/users/{tenant_id}/batch',
  spec: 'section 10 (USER-8)',
  summary: 'Makes users, each as if alone',
  callers: callersOrKeys('user:create', ...WRITING),
  tenant: IN_PATH,
  operation: CreateUsers,
  input: { params: TENANT_PATH, body: SENT_USERS },
  toVariables: ({ body, tenantName }) => {
    const users = ofTenant(body, tenantName).map(toNewUser);
    return { users, isAny: users.length > 0 };
  },
  reply: {
    status: 200,
    schema: CREATED_USERS,
    from: ({ createUsers }, { body, tenantName }) => showCreated(body, tenantName, createUsers?.results ?? []),
  },
  pos: { 'input.users': 'users' },
});

/** Users whom a list of ids means; what is no id means none. */
const DELETED = z.object({ users_ids: z.array(z.string()).max(1000).describe('Unknown ids are ignored.') });

/** Refusals of users who are there. */
const REFUSALS: Readonly<Record<string, () => Error>> = {
  ADMINISTRATOR_LAST: kernelErrors.CONFLICT,
  ACCOUNT_GUARDED: kernelErrors.FORBIDDEN,
  FORBIDDEN: kernelErrors.FORBIDDEN,
};

interface Deleted {
  readonly results: readonly { readonly error: { readonly code: string } | null }[];
}

/** @throws CONFLICT, FORBIDDEN Users who are there were not deleted. */
function assertDeleted({ results }: Deleted = { results: [] }): null {
  const refused = results.map(({ error }) => REFUSALS[error?.code ?? '']).find((refusal) => refusal !== undefined);
  if (refused !== undefined) throw refused();
  return null;
}

const DELETE_MANY = route({
  method: 'POST',
  path: '/users/{tenant_id}/batch-delete',
  spec: 'section 10 (USER-9)',
  summary: 'Deletes users, each as if alone, and none if the caller is among them',
  callers: callersOrKeys('user:delete', ...WRITING),
  tenant: IN_PATH,
  operation: DeleteUsers,
  input: { params: TENANT_PATH, body: DELETED },
  toVariables: ({ body }) => {
    const userIds = body.users_ids.filter(isUserId);
    return { userIds, isAny: userIds.length > 0 };
  },
  reply: { status: 200, schema: z.null(), from: ({ deleteUsers }) => assertDeleted(deleteUsers) },
  pos: { 'input.userIds': 'users_ids' },
  errors: {
    INVALID_INPUT: { ...UNPROCESSABLE, at: { users_ids: detail(400, 'Own account') } },
    CONFLICT: TAKEN,
  },
});

/** Users of a tenant: docs/dialects/secrets-vault.md, section 10. */
export const USER_ROUTES: readonly Route[] = [
  READ_OWN,
  LIST,
  READ_BY_NAME,
  READ,
  CREATE,
  CREATE_MANY,
  DELETE_MANY,
  UPDATE,
  DELETE,
];
