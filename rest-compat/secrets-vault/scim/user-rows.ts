import { z } from 'zod';
import { AS_ITS_KIND, type ParsedRequest, present, type Route, route } from '../../engine/index.ts';
import {
  ChangeScimUser,
  type ChangeScimUserData,
  CreateScimUser,
  DeleteScimUser,
  ListScimUsers,
  ReadScimUser,
} from '../operations.generated.ts';
import { SCIM_LIMIT, scimCallers } from './callers.ts';
import { LIST_QUERY, PROJECTION_QUERY, projectionOf } from './list-query.ts';
import { locationOf } from './location.ts';
import { applyPatch, readPatch } from './patch.ts';
import { projectResource } from './projection.ts';
import { readResource } from './resource.ts';
import { BODY, LIST, RESOURCE } from './shapes.ts';
import { storedUser } from './stored-user.ts';
import { met, shownLists, showUsers, toListVariables } from './user-list.ts';
import { changedValues, type ShownUser, toUserResource, toUserValues, withAddress } from './user-mapping.ts';
import { USER_KIND } from './user-schema.ts';

const PATH = z.object({ user_id: z.string().describe('The id of the user.') });
type Asked = Pick<ParsedRequest, 'baseUrl'> & { readonly query: z.output<typeof PROJECTION_QUERY> };

/** A user as it is answered. */
const show = (user: ShownUser, { baseUrl, query }: Asked) =>
  projectResource(toUserResource(user, baseUrl), projectionOf(USER_KIND, query)) as z.input<typeof RESOURCE>;

const listsIn = (query: z.output<typeof PROJECTION_QUERY>) => shownLists(projectionOf(USER_KIND, query));

/** Values that rules of the graph refuse, by the attributes that they mean. */
const POS = {
  'input.username': 'userName',
  'input.email': 'emails',
  'input.phone': 'phoneNumbers',
  'input.givenName': 'name.givenName',
  'input.middleName': 'name.middleName',
  'input.familyName': 'name.familyName',
  'input.addresses': 'addresses',
};

const OF_VALUES = {
  USER_USERNAME_INVALID: AS_ITS_KIND,
  USER_USERNAME_TAKEN: AS_ITS_KIND,
  USER_EMAIL_INVALID: AS_ITS_KIND,
  USER_EMAIL_TAKEN: AS_ITS_KIND,
  USER_PHONE_INVALID: AS_ITS_KIND,
  USER_ID_TAKEN: AS_ITS_KIND,
  USER_ATTRIBUTE_INVALID: AS_ITS_KIND,
  USER_ATTRIBUTE_REFUSED: AS_ITS_KIND,
  PASSWORD_POLICY: AS_ITS_KIND,
  PASSWORD_TOO_LONG: AS_ITS_KIND,
  ROLE_NOT_FOUND: AS_ITS_KIND,
  ROLE_CLIENT_NOT_FOUND: AS_ITS_KIND,
  GROUP_NOT_FOUND: AS_ITS_KIND,
  PERMISSION_ESCALATION: AS_ITS_KIND,
} as const;

const OF_CHANGES = {
  ...OF_VALUES,
  USER_NOT_FOUND: AS_ITS_KIND,
  USER_ID_FIXED: AS_ITS_KIND,
  USER_ATTRIBUTE_UNMODIFIABLE: AS_ITS_KIND,
  ACCOUNT_GUARDED: AS_ITS_KIND,
  ADMINISTRATOR_LAST: AS_ITS_KIND,
  REAUTHENTICATION_REQUIRED: AS_ITS_KIND,
} as const;

const CREATE = route({
  method: 'POST',
  path: '/Users',
  spec: 'section 9 (SCIM-6)',
  summary: 'Makes a user',
  callers: scimCallers('user:create'),
  rateLimit: SCIM_LIMIT,
  operation: CreateScimUser,
  input: { query: PROJECTION_QUERY, body: BODY },
  toVariables: ({ body, query }) => ({
    ...toUserValues(withAddress(readResource(USER_KIND, body))),
    ...listsIn(query),
  }),
  reply: {
    status: 201,
    schema: RESOURCE,
    from: ({ provisionUser }, request) => show(present(provisionUser.user), request),
    headers: ({ provisionUser }, { baseUrl }) => ({
      Location: locationOf(baseUrl, 'User', present(provisionUser.user).subject),
    }),
  },
  pos: POS,
  errors: { ...OF_VALUES, USER_ID_INVALID: AS_ITS_KIND },
});

const LIST_USERS = route({
  method: 'GET',
  path: '/Users',
  spec: 'section 9 (SCIM-7)',
  summary: 'Users, oldest first',
  callers: scimCallers('user:read'),
  rateLimit: SCIM_LIMIT,
  operation: ListScimUsers,
  input: { query: LIST_QUERY },
  lookups: { met },
  toVariables: ({ query }, found) => toListVariables(query, found.met),
  reply: {
    status: 200,
    schema: LIST,
    from: (data, { baseUrl, query }, found) => showUsers(data, query, baseUrl, found.met),
  },
});

const CHANGED = {
  status: 200,
  schema: RESOURCE,
  from: ({ configureUser }: ChangeScimUserData, request: Asked) => show(present(configureUser.user), request),
};

const REPLACE = route({
  method: 'PUT',
  path: '/Users/{user_id}',
  spec: 'section 9 (SCIM-8)',
  summary: 'Replaces what SCIM shows of a user',
  callers: scimCallers('user:write'),
  rateLimit: SCIM_LIMIT,
  operation: ChangeScimUser,
  input: { params: PATH, query: PROJECTION_QUERY, body: BODY },
  toVariables: ({ body, params, query }) => ({
    ...toUserValues(withAddress(readResource(USER_KIND, body))),
    userId: params.user_id,
    ...listsIn(query),
  }),
  reply: CHANGED,
  pos: POS,
  errors: OF_CHANGES,
});

const READ = route({
  method: 'GET',
  path: '/Users/{user_id}',
  spec: 'section 9 (SCIM-9)',
  summary: 'A user',
  callers: scimCallers('user:read'),
  rateLimit: SCIM_LIMIT,
  operation: ReadScimUser,
  input: { params: PATH, query: PROJECTION_QUERY },
  toVariables: ({ params, query }) => ({ userId: params.user_id, ...listsIn(query) }),
  reply: { status: 200, schema: RESOURCE, from: ({ user }, request) => show(user, request) },
});

const PATCH = route({
  method: 'PATCH',
  path: '/Users/{user_id}',
  spec: 'section 9 (SCIM-11)',
  summary: 'Changes a user by operations, all or none',
  callers: scimCallers('user:write'),
  rateLimit: SCIM_LIMIT,
  operation: ChangeScimUser,
  input: { params: PATH, query: PROJECTION_QUERY, body: BODY },
  lookups: { storedUser },
  toVariables: ({ baseUrl, body, params, query }, found) => {
    const before = toUserResource(found.storedUser, baseUrl);
    const after = applyPatch(USER_KIND, before, readPatch(body));
    return {
      ...changedValues(toUserValues(before), toUserValues(after)),
      userId: params.user_id,
      ...listsIn(query),
    };
  },
  reply: CHANGED,
  pos: POS,
  errors: OF_CHANGES,
});

const DELETE = route({
  method: 'DELETE',
  path: '/Users/{user_id}',
  spec: 'section 9 (SCIM-10)',
  summary: 'Deletes a user',
  callers: scimCallers('user:delete'),
  rateLimit: SCIM_LIMIT,
  operation: DeleteScimUser,
  input: { params: PATH },
  toVariables: ({ params }) => ({ userId: params.user_id }),
  reply: { status: 204 },
  errors: { USER_NOT_FOUND: AS_ITS_KIND, ACCOUNT_GUARDED: AS_ITS_KIND, ADMINISTRATOR_LAST: AS_ITS_KIND },
});

/** Users: docs/dialects/secrets-vault.md, section 9. */
export const USER_ROWS: readonly Route[] = [CREATE, LIST_USERS, REPLACE, READ, PATCH, DELETE];
