import { z } from 'zod';
import { lookup, present, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { ABSENT, BAD_REQUEST, CLIENT_UNKNOWN, FORBIDDEN, PAGE_TOO_LARGE, ROLE_UNKNOWN } from '../errors.ts';
import {
  AddRolesInside,
  CreateRole,
  DeleteRole,
  FindClient,
  FindRole,
  ListRoles,
  RemoveRolesInside,
  RoleById,
  RoleByName,
  RolesInside,
  type RolesInsideData,
  UpdateRole,
  UsersOfRole,
} from '../operations.generated.ts';
import { assertAll, cutPage, toWholeWindow, toWindow, WHOLE_PAGE_PARAMETERS } from '../paging.ts';
import {
  ABSENT_ROLE_NAME,
  CHANGED_ROLE,
  NEW_ROLE,
  NEW_ROLE_ERRORS,
  ROLE,
  ROLE_CHANGE_ERRORS,
  SENT_ROLE_IDS,
  showRole,
  toNewRole,
  toRoleChange,
} from '../role.ts';
import { USER } from '../user.ts';
import { isBrief, showUsers, USER_LIST_PARAMETERS } from '../user-list.ts';

const SPEC = '4.14';
const NAME_PATH = z.object({ name: z.string().max(255).describe('Name of a role of the realm.') });
const ID_PATH = z.object({ id: z.string().max(255).describe('Id of a role of the realm or of a client.') });
const BY_NAME = '/roles/{name}';
const BY_ID = '/roles-by-id/{id}';
const SEARCH = { search: z.string().optional().describe('Text in the name, ignoring case.') };
const LIST_PARAMETERS = z.object({
  ...SEARCH,
  ...WHOLE_PAGE_PARAMETERS,
  briefRepresentation: z.enum(['true', 'false']).optional().describe('`false`: with attributes. Default `true`.'),
});

/** What rows that read something of a role answer where there is none. */
const NO_ROLE = { NOT_FOUND: ROLE_UNKNOWN, INVALID_INPUT: ROLE_UNKNOWN };

/** The role of the realm with the name in the path. */
const role = lookup({
  operation: FindRole,
  toVariables: ({ params }: { readonly params: { readonly name: string } }) => ({ name: params.name }),
  from: (found) => found.role,
});
const MISSING_ROLE = { role: ROLE_UNKNOWN };

const LIST = route({
  method: 'GET',
  path: '/roles',
  spec: SPEC,
  summary: 'Roles of the realm, by name',
  callers: callersWith('role:read'),
  operation: ListRoles,
  input: { query: LIST_PARAMETERS },
  toVariables: ({ query }) => ({
    ...toWholeWindow(query),
    filter: { ofTenantOnly: true, withBuiltin: true, ...(query.search ? { nameContains: query.search } : {}) },
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
});

const CREATE = route({
  method: 'POST',
  path: '/roles',
  spec: SPEC,
  summary: 'Makes a role of the realm; its address is in `Location`',
  callers: callersWith('role:create'),
  operation: CreateRole,
  input: { body: NEW_ROLE },
  toVariables: ({ body }) => toNewRole(body),
  reply: {
    status: 201,
    headers: (_data, { baseUrl, body }) => ({ Location: `${baseUrl}/roles/${encodeURIComponent(body.name!)}` }),
  },
  shapeErrors: { [ABSENT_ROLE_NAME]: ABSENT.role },
  errors: NEW_ROLE_ERRORS,
});

const GET = route({
  method: 'GET',
  path: BY_NAME,
  spec: SPEC,
  summary: 'A role of the realm',
  callers: callersWith('role:read'),
  operation: RoleByName,
  input: { params: NAME_PATH },
  toVariables: ({ params }) => ({ name: params.name }),
  reply: { status: 200, schema: ROLE, from: (found) => showRole(found.role) },
  errors: NO_ROLE,
});

const GET_BY_ID = route({
  method: 'GET',
  path: BY_ID,
  spec: SPEC,
  summary: 'A role of the realm or of a client',
  callers: callersWith('role:read'),
  operation: RoleById,
  input: { params: ID_PATH },
  toVariables: ({ params }) => ({ roleId: params.id }),
  reply: { status: 200, schema: ROLE, from: (found) => showRole(found.role) },
  errors: NO_ROLE,
});

/** What the rows that change a role have in common. */
const change = {
  method: 'PUT' as const,
  spec: SPEC,
  callers: callersWith('role:write'),
  operation: UpdateRole,
  reply: { status: 204 },
  errors: ROLE_CHANGE_ERRORS,
};

const UPDATE = route({
  ...change,
  path: BY_NAME,
  summary: 'Changes a role of the realm; what is not sent stays, attributes that are sent replace all that there are',
  input: { params: NAME_PATH, body: CHANGED_ROLE },
  lookups: { role },
  toVariables: ({ body }, found) => ({ roleId: found.role.id, ...toRoleChange(body) }),
  missing: MISSING_ROLE,
});

const UPDATE_BY_ID = route({
  ...change,
  path: BY_ID,
  summary: 'Changes a role; what is not sent stays, attributes that are sent replace all that there are',
  input: { params: ID_PATH, body: CHANGED_ROLE },
  toVariables: ({ params, body }) => ({ roleId: params.id, ...toRoleChange(body) }),
});

/** What the rows that delete a role have in common. */
const removal = {
  method: 'DELETE' as const,
  spec: SPEC,
  callers: callersWith('role:delete'),
  operation: DeleteRole,
  reply: { status: 204 },
  errors: { ...NO_ROLE, ROLE_BUILTIN: FORBIDDEN },
};

const DELETE = route({
  ...removal,
  path: BY_NAME,
  summary: 'Deletes a role of the realm and withdraws it from all its holders',
  input: { params: NAME_PATH },
  lookups: { role },
  toVariables: (_request, found) => ({ roleId: found.role.id }),
  missing: MISSING_ROLE,
});

const DELETE_BY_ID = route({
  ...removal,
  path: BY_ID,
  summary: 'Deletes a role and withdraws it from all its holders',
  input: { params: ID_PATH },
  toVariables: ({ params }) => ({ roleId: params.id }),
});

const HOLDERS = route({
  method: 'GET',
  path: `${BY_NAME}/users`,
  spec: SPEC,
  summary: 'Users to whom a role of the realm is granted directly, by username',
  callers: callersWith('user:read'),
  operation: UsersOfRole,
  input: { params: NAME_PATH, query: z.object(USER_LIST_PARAMETERS) },
  toVariables: ({ params, query }) => ({
    ...toWindow(query),
    role: { name: params.name },
    isBrief: isBrief(query),
  }),
  reply: {
    status: 200,
    schema: z.array(USER),
    from: (data, { query, tenantName }) => showUsers(data, query, tenantName),
  },
  errors: {
    NOT_FOUND: ROLE_UNKNOWN,
    INVALID_INPUT: { ...BAD_REQUEST, at: { max: PAGE_TOO_LARGE } },
    ROLE_NOT_FOUND: ROLE_UNKNOWN,
  },
});

const INSIDE = `${BY_ID}/composites`;
const INSIDE_PARAMETERS = z.object({ ...SEARCH, ...WHOLE_PAGE_PARAMETERS });
const contains = (name: string, text = ''): boolean => name.toLowerCase().includes(text.toLowerCase());
const insideOf = ({ role: found }: RolesInsideData) => presentItems(present(found.children));

/** What the rows that list the roles directly inside a role have in common. */
const inside = {
  method: 'GET' as const,
  spec: SPEC,
  callers: callersWith('role:read'),
  operation: RolesInside,
  toVariables: ({ params }: { readonly params: { readonly id: string } }) => ({ roleId: params.id }),
};

const ALL_INSIDE = route({
  ...inside,
  path: INSIDE,
  summary: 'Roles directly inside a role, by name',
  input: { params: ID_PATH, query: INSIDE_PARAMETERS },
  reply: {
    status: 200,
    schema: z.array(ROLE),
    from: (data, { query }) =>
      cutPage(
        insideOf(data).filter(({ name }) => contains(name, query.search)),
        query,
      ).map(showRole),
  },
  errors: {
    NOT_FOUND: ROLE_UNKNOWN,
    INVALID_INPUT: { ...BAD_REQUEST, at: { roleId: ROLE_UNKNOWN, max: PAGE_TOO_LARGE } },
  },
});

const REALM_INSIDE = route({
  ...inside,
  path: `${INSIDE}/realm`,
  summary: 'Roles of the realm directly inside a role, by name',
  input: { params: ID_PATH },
  reply: {
    status: 200,
    schema: z.array(ROLE),
    from: (data) =>
      insideOf(data)
        .filter(({ clientUuid }) => clientUuid === null)
        .map(showRole),
  },
  errors: NO_ROLE,
});

const CLIENT_INSIDE = route({
  ...inside,
  path: `${INSIDE}/clients/{client}`,
  summary: 'Roles of a client directly inside a role, by name',
  input: { params: ID_PATH.extend({ client: z.string().max(255).describe('Id of the client.') }) },
  lookups: {
    client: lookup({
      operation: FindClient,
      toVariables: ({ params }: { readonly params: { readonly client: string } }) => ({ clientId: params.client }),
      from: (found) => found.client,
    }),
  },
  reply: {
    status: 200,
    schema: z.array(ROLE),
    from: (data, { params }) =>
      insideOf(data)
        .filter(({ clientUuid }) => clientUuid === params.client.toLowerCase())
        .map(showRole),
  },
  errors: NO_ROLE,
  missing: { client: CLIENT_UNKNOWN },
});

const ADD_INSIDE = route({
  method: 'POST',
  path: INSIDE,
  spec: SPEC,
  summary: 'Puts roles into a role, all or none',
  callers: callersWith('role:write'),
  operation: AddRolesInside,
  input: { params: ID_PATH, body: SENT_ROLE_IDS },
  toVariables: ({ params, body }) => ({ roleId: params.id, roleIds: body.map(({ id }) => id) }),
  reply: { status: 204 },
  errors: ROLE_CHANGE_ERRORS,
});

const REMOVE_INSIDE = route({
  method: 'DELETE',
  path: INSIDE,
  spec: SPEC,
  summary: 'Takes roles out of a role, all or none',
  callers: callersWith('role:write'),
  operation: RemoveRolesInside,
  input: { params: ID_PATH, body: SENT_ROLE_IDS },
  toVariables: ({ params, body }) => ({ roleId: params.id, roleIds: body.map(({ id }) => id) }),
  reply: { status: 204 },
  errors: ROLE_CHANGE_ERRORS,
});

/** Roles: docs/dialects/kobil.md, section 4.14. */
export const ROLE_ROUTES: readonly Route[] = [
  LIST,
  CREATE,
  GET,
  UPDATE,
  DELETE,
  HOLDERS,
  GET_BY_ID,
  UPDATE_BY_ID,
  DELETE_BY_ID,
  ALL_INSIDE,
  ADD_INSIDE,
  REMOVE_INSIDE,
  REALM_INSIDE,
  CLIENT_INSIDE,
];
