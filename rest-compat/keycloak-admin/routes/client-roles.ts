import { z } from 'zod';
import { lookup, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { CLIENT_PATH, client } from '../client-path.ts';
import { ABSENT, BAD_REQUEST, CLIENT_UNKNOWN, FORBIDDEN, PAGE_TOO_LARGE, ROLE_UNKNOWN } from '../errors.ts';
import {
  CreateRole,
  DeleteRole,
  FindRole,
  ListRoles,
  RoleByName,
  UpdateRole,
  UsersOfRole,
} from '../operations.generated.ts';
import { assertAll, toWholeWindow, toWindow, WHOLE_PAGE_PARAMETERS } from '../paging.ts';
import {
  ABSENT_ROLE_NAME,
  CHANGED_ROLE,
  NEW_ROLE,
  NEW_ROLE_ERRORS,
  ROLE,
  ROLE_CHANGE_ERRORS,
  showRole,
  toNewRole,
  toRoleChange,
} from '../role.ts';
import { USER } from '../user.ts';
import { isBrief, showUsers, USER_LIST_PARAMETERS } from '../user-list.ts';

const SPEC = '4.10';
const ROLES = '/clients/{id}/roles';
const BY_NAME = `${ROLES}/{roleName}`;
const ROLE_PATH = CLIENT_PATH.extend({ roleName: z.string().max(255).describe('Name of a role of the client.') });
const LIST_PARAMETERS = z.object({
  search: z.string().optional().describe('Text in the name, ignoring case.'),
  ...WHOLE_PAGE_PARAMETERS,
  briefRepresentation: z.enum(['true', 'false']).optional().describe('`false`: with attributes. Default `true`.'),
});

/** The role of the client, both in the path. */
const role = lookup({
  operation: FindRole,
  toVariables: ({ params }: { readonly params: { readonly id: string; readonly roleName: string } }) => ({
    clientId: params.id,
    name: params.roleName,
  }),
  from: (found) => found.role,
});
const LOOKUPS = { client, role };
const MISSING = { client: CLIENT_UNKNOWN, role: ROLE_UNKNOWN };
const ERRORS = { NOT_FOUND: ROLE_UNKNOWN, INVALID_INPUT: ROLE_UNKNOWN, ROLE_CLIENT_NOT_FOUND: CLIENT_UNKNOWN };

const LIST = route({
  method: 'GET',
  path: ROLES,
  spec: SPEC,
  summary: 'Roles of a client, by name',
  callers: callersWith('role:read'),
  operation: ListRoles,
  input: { params: CLIENT_PATH, query: LIST_PARAMETERS },
  lookups: { client },
  toVariables: ({ query }, found) => ({
    ...toWholeWindow(query),
    filter: { clientId: found.client.id, withBuiltin: true, ...(query.search ? { nameContains: query.search } : {}) },
    isBrief: query.briefRepresentation !== 'false',
  }),
  reply: {
    status: 200,
    schema: z.array(ROLE),
    from: ({ roles }, { query }) => {
      assertAll(query, roles.totalCount ?? 0);
      return presentItems(roles.nodes).map(showRole);
    },
  },
  errors: { INVALID_INPUT: { ...BAD_REQUEST, at: { max: PAGE_TOO_LARGE } } },
  missing: { client: CLIENT_UNKNOWN },
});

const CREATE = route({
  method: 'POST',
  path: ROLES,
  spec: SPEC,
  summary: 'Makes a role of a client; its address is in `Location`',
  callers: callersWith('role:create'),
  operation: CreateRole,
  input: { params: CLIENT_PATH, body: NEW_ROLE },
  lookups: { client },
  toVariables: ({ body }, found) => ({ ...toNewRole(body), clientId: found.client.id }),
  reply: {
    status: 201,
    headers: (_data, { baseUrl, params, body }) => ({
      Location: `${baseUrl}/clients/${encodeURIComponent(params.id)}/roles/${encodeURIComponent(body.name!)}`,
    }),
  },
  shapeErrors: { [ABSENT_ROLE_NAME]: ABSENT.role },
  errors: NEW_ROLE_ERRORS,
  missing: { client: CLIENT_UNKNOWN },
});

const GET = route({
  method: 'GET',
  path: BY_NAME,
  spec: SPEC,
  summary: 'A role of a client',
  callers: callersWith('role:read'),
  operation: RoleByName,
  input: { params: ROLE_PATH },
  lookups: { client },
  toVariables: ({ params }, found) => ({ clientId: found.client.id, name: params.roleName }),
  reply: { status: 200, schema: ROLE, from: (found) => showRole(found.role) },
  errors: ERRORS,
  missing: { client: CLIENT_UNKNOWN },
});

const UPDATE = route({
  method: 'PUT',
  path: BY_NAME,
  spec: SPEC,
  summary: 'Changes a role of a client; what is not sent stays, attributes that are sent replace all that there are',
  callers: callersWith('role:write'),
  operation: UpdateRole,
  input: { params: ROLE_PATH, body: CHANGED_ROLE },
  lookups: LOOKUPS,
  toVariables: ({ body }, found) => ({ roleId: found.role.id, ...toRoleChange(body) }),
  reply: { status: 204 },
  errors: ROLE_CHANGE_ERRORS,
  missing: MISSING,
});

const DELETE = route({
  method: 'DELETE',
  path: BY_NAME,
  spec: SPEC,
  summary: 'Deletes a role of a client and withdraws it from all its holders',
  callers: callersWith('role:delete'),
  operation: DeleteRole,
  input: { params: ROLE_PATH },
  lookups: LOOKUPS,
  toVariables: (_request, found) => ({ roleId: found.role.id }),
  reply: { status: 204 },
  errors: { ...ERRORS, ROLE_BUILTIN: FORBIDDEN },
  missing: MISSING,
});

const HOLDERS = route({
  method: 'GET',
  path: `${BY_NAME}/users`,
  spec: SPEC,
  summary: 'Users to whom a role of a client is granted directly, by username',
  callers: callersWith('user:read'),
  operation: UsersOfRole,
  input: { params: ROLE_PATH, query: z.object(USER_LIST_PARAMETERS) },
  lookups: { client },
  toVariables: ({ params, query }, found) => ({
    ...toWindow(query),
    role: { name: params.roleName, clientId: found.client.id },
    isBrief: isBrief(query),
  }),
  reply: {
    status: 200,
    schema: z.array(USER),
    from: (data, { query, tenantName }) => showUsers(data, query, tenantName),
  },
  errors: {
    INVALID_INPUT: { ...BAD_REQUEST, at: { max: PAGE_TOO_LARGE } },
    ROLE_NOT_FOUND: ROLE_UNKNOWN,
    ROLE_CLIENT_NOT_FOUND: CLIENT_UNKNOWN,
  },
  missing: { client: CLIENT_UNKNOWN },
});

/** Roles of clients: docs/dialects/kobil.md, section 4.10. */
export const CLIENT_ROLE_ROUTES: readonly Route[] = [LIST, CREATE, GET, UPDATE, DELETE, HOLDERS];
