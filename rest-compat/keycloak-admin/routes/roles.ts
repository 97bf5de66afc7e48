import { z } from 'zod';
import { lookup, present, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { BAD_REQUEST, CLIENT_UNKNOWN, PAGE_TOO_LARGE, ROLE_UNKNOWN } from '../errors.ts';
import {
  AddRolesInside,
  FindClient,
  FindRole,
  RemoveRolesInside,
  RoleById,
  RolesInside,
  type RolesInsideData,
} from '../operations.generated.ts';
import { cutPage, WHOLE_PAGE_PARAMETERS } from '../paging.ts';
import {
  CHANGED_ROLE,
  NEW_ROLE,
  ROLE,
  ROLE_CHANGE_ERRORS,
  SENT_ROLE_IDS,
  showRole,
  toNewRole,
  toRoleChange,
} from '../role.ts';
import {
  change,
  creation,
  HOLDER_LIST_PARAMETERS,
  holders,
  listing,
  NO_ROLE,
  PAGE_ERRORS,
  ROLE_LIST_PARAMETERS,
  readingByName,
  removal,
  SEARCH,
  toHolders,
  toListed,
} from '../role-rows.ts';

const SPEC = '4.14';
const NAME_PATH = z.object({ name: z.string().max(255).describe('Name of a role of the realm.') });
const ID_PATH = z.object({ id: z.string().max(255).describe('Id of a role of the realm or of a client.') });
const BY_NAME = '/roles/{name}';
const BY_ID = '/roles-by-id/{id}';

/** The role of the realm with the name in the path. */
const role = lookup({
  operation: FindRole,
  toVariables: ({ params }: { readonly params: { readonly name: string } }) => ({ name: params.name }),
  from: (found) => found.role,
});
const MISSING_ROLE = { role: ROLE_UNKNOWN };

const LIST = route({
  ...listing,
  path: '/roles',
  spec: SPEC,
  summary: 'Roles of the realm, by name',
  input: { query: ROLE_LIST_PARAMETERS },
  toVariables: ({ query }) => toListed(query, { ofTenantOnly: true }),
});

const CREATE = route({
  ...creation,
  path: '/roles',
  spec: SPEC,
  summary: 'Makes a role of the realm; its address is in `Location`',
  input: { body: NEW_ROLE },
  toVariables: ({ body }) => toNewRole(body),
  reply: {
    status: 201,
    headers: (_data, { baseUrl, body }) => ({ Location: `${baseUrl}/roles/${encodeURIComponent(body.name!)}` }),
  },
});

const GET = route({
  ...readingByName,
  path: BY_NAME,
  spec: SPEC,
  summary: 'A role of the realm',
  input: { params: NAME_PATH },
  toVariables: ({ params }) => ({ name: params.name }),
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

const UPDATE = route({
  ...change,
  path: BY_NAME,
  spec: SPEC,
  summary: 'Changes a role of the realm; what is not sent stays, attributes that are sent replace all that there are',
  input: { params: NAME_PATH, body: CHANGED_ROLE },
  lookups: { role },
  toVariables: ({ body }, found) => ({ roleId: found.role.id, ...toRoleChange(body) }),
  missing: MISSING_ROLE,
});

const UPDATE_BY_ID = route({
  ...change,
  path: BY_ID,
  spec: SPEC,
  summary: 'Changes a role; what is not sent stays, attributes that are sent replace all that there are',
  input: { params: ID_PATH, body: CHANGED_ROLE },
  toVariables: ({ params, body }) => ({ roleId: params.id, ...toRoleChange(body) }),
});

const DELETE = route({
  ...removal,
  path: BY_NAME,
  spec: SPEC,
  summary: 'Deletes a role of the realm and withdraws it from all its holders',
  input: { params: NAME_PATH },
  lookups: { role },
  toVariables: (_request, found) => ({ roleId: found.role.id }),
  missing: MISSING_ROLE,
});

const DELETE_BY_ID = route({
  ...removal,
  path: BY_ID,
  spec: SPEC,
  summary: 'Deletes a role and withdraws it from all its holders',
  input: { params: ID_PATH },
  toVariables: ({ params }) => ({ roleId: params.id }),
});

const HOLDERS = route({
  ...holders,
  path: `${BY_NAME}/users`,
  spec: SPEC,
  summary: 'Users to whom a role of the realm is granted directly, by username',
  input: { params: NAME_PATH, query: HOLDER_LIST_PARAMETERS },
  toVariables: ({ params, query }) => toHolders(query, params.name),
  errors: { ...PAGE_ERRORS, NOT_FOUND: ROLE_UNKNOWN, ROLE_NOT_FOUND: ROLE_UNKNOWN },
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
