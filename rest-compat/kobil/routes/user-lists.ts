import { z } from 'zod';
import { isUuid } from '../../../src/kernel/index.ts';
import { lookup, presentItems, type Route, route } from '../../engine/index.ts';
import { at } from '../alias.ts';
import { callersWith } from '../callers.ts';
import { done, SUBSYSTEM, withData } from '../envelope.ts';
import { APP_MISSING, GROUP_UNKNOWN, ROLE_UNKNOWN, USER_UNKNOWN } from '../errors.ts';
import {
  FindGroup,
  FindUsers,
  type FindUsersData,
  UserInfo,
  UsersByAttribute,
  UsersOfRole,
} from '../operations.generated.ts';
import { type AskedPage, PAGE_PARAMETERS, pageOf, showPage, toWindow, USER_PAGE } from '../paging.ts';
import { MAX_LISTED } from '../quirks.ts';
import { showUser, USER } from '../user.ts';
import {
  ALL_PARAMETERS,
  APP_ROLE_PARAMETERS,
  GROUP_PARAMETERS,
  LIST_PARAMETERS,
  toFilter,
  toGroupOrder,
  toOrder,
} from '../user-filter.ts';
import { USER_PATH, userId } from '../user-lookup.ts';

const { users } = SUBSYSTEM;
const TAGS = { subSystem: users };
const FETCHED = done('Users fetched successfully', users);
const PAGED = withData(USER_PAGE);

/** The answer of a page. */
const showUsers = (found: FindUsersData['users'], page: AskedPage) => ({
  ...FETCHED,
  data: {
    userList: presentItems(found.nodes).map(showUser),
    page: showPage(page, found.totalCount ?? 0),
  },
});

const INFO = route({
  method: 'GET',
  path: '/v3_user/{userId}',
  spec: '3.1 (9)',
  summary: 'A user',
  callers: callersWith('user:read'),
  tags: TAGS,
  operation: UserInfo,
  input: { params: USER_PATH },
  lookups: { userId },
  toVariables: (_request, found) => ({ userId: found.userId }),
  reply: {
    status: 200,
    schema: withData(USER),
    from: ({ user }) => ({ ...done('User info fetched successfully', users), data: showUser(user) }),
  },
  errors: { NOT_FOUND: USER_UNKNOWN },
});

const OF_APP_ROLE = route({
  method: 'GET',
  path: '/v3_client/{clientid}/{assignedRole}/users',
  spec: '3.1 (7)',
  summary: 'Users to whom a role of an app is granted directly',
  callers: callersWith('user:read'),
  tags: TAGS,
  operation: UsersOfRole,
  input: {
    params: z.object({ clientid: z.string().max(255), assignedRole: z.string().max(255) }),
    query: APP_ROLE_PARAMETERS,
  },
  toVariables: ({ params, query }) => ({
    ...toWindow(pageOf(query)),
    role: { name: params.assignedRole, clientId: params.clientid },
    filter: toFilter(query),
    orderBy: toOrder(query),
  }),
  reply: { status: 200, schema: PAGED, from: ({ usersOfRole }, { query }) => showUsers(usersOfRole, pageOf(query)) },
  errors: { NOT_FOUND: ROLE_UNKNOWN, ROLE_CLIENT_NOT_FOUND: APP_MISSING },
});

const OF_ROLE = route({
  method: 'GET',
  path: '/v3_role/{role}/users',
  spec: '3.1 (8)',
  summary: 'Users to whom a role of the tenant is granted directly',
  callers: callersWith('user:read'),
  tags: TAGS,
  operation: UsersOfRole,
  input: { params: z.object({ role: z.string().max(255) }), query: LIST_PARAMETERS },
  toVariables: ({ params, query }) => ({
    ...toWindow(pageOf(query)),
    role: { name: params.role },
    filter: toFilter(query),
    orderBy: toOrder(query),
  }),
  reply: { status: 200, schema: PAGED, from: ({ usersOfRole }, { query }) => showUsers(usersOfRole, pageOf(query)) },
  errors: { NOT_FOUND: ROLE_UNKNOWN },
});

/** The group in a path: its id, else its name or path. */
const groupId = lookup({
  operation: FindGroup,
  toVariables: ({ params }: { readonly params: { readonly groupID: string } }) => ({
    path: params.groupID,
    id: params.groupID.toLowerCase(),
    isId: isUuid(params.groupID),
  }),
  from: ({ byId, byPath }) => (byId ?? byPath)?.id ?? null,
});

const OF_GROUP = route({
  method: 'GET',
  path: '/v3_client/groups/{groupID}/users',
  spec: '3.1 (10)',
  summary: 'Direct members of a group',
  callers: callersWith('user:read'),
  tags: TAGS,
  operation: FindUsers,
  input: { params: z.object({ groupID: z.string().max(1000) }), query: GROUP_PARAMETERS },
  lookups: { groupId },
  toVariables: ({ query }, found) => ({
    ...toWindow(pageOf(query)),
    filter: { ...toFilter(query), groupId: found.groupId },
    orderBy: toGroupOrder(query),
  }),
  reply: { status: 200, schema: PAGED, from: (data, { query }) => showUsers(data.users, pageOf(query)) },
  errors: { NOT_FOUND: GROUP_UNKNOWN, GROUP_KEY_AMBIGUOUS: GROUP_UNKNOWN },
});

const SEARCH = route({
  method: 'GET',
  path: '/v3_user/search',
  spec: '3.1 (13)',
  summary: 'Users with a text in a name, the e-mail address or the username',
  callers: callersWith('user:read'),
  tags: TAGS,
  operation: FindUsers,
  input: { query: z.object({ ...PAGE_PARAMETERS, key: z.string().min(1).describe('The text, ignoring case.') }) },
  toVariables: ({ query }) => ({
    ...toWindow(pageOf(query)),
    filter: { contains: { anywhere: query.key } },
    orderBy: toOrder({}),
  }),
  reply: { status: 200, schema: PAGED, from: (data, { query }) => showUsers(data.users, pageOf(query)) },
});

const BY_ATTRIBUTE = route({
  method: 'GET',
  path: '/v3_user/search/attribute',
  spec: '3.1 (14)',
  summary: 'Users who have a value of an attribute, at most 10,000',
  callers: callersWith('user:read'),
  tags: TAGS,
  operation: UsersByAttribute,
  input: {
    query: z.object({
      key: z.string().min(1).describe('Name of the attribute, in exact case.'),
      value: z.string().describe('The whole value, in exact case.'),
    }),
  },
  toVariables: ({ query }) => ({ first: MAX_LISTED, name: query.key, value: query.value }),
  reply: {
    status: 200,
    schema: withData(z.array(USER)),
    from: ({ users: found }) => ({ ...FETCHED, data: presentItems(found.nodes).map(showUser) }),
  },
});

const ALL = route({
  method: 'GET',
  path: '/v3_user/getusers',
  spec: '3.1 (29)',
  summary: 'Users of the tenant',
  callers: callersWith('user:read'),
  tags: TAGS,
  operation: FindUsers,
  input: { query: ALL_PARAMETERS },
  toVariables: ({ query }) => ({ ...toWindow(pageOf(query)), filter: toFilter(query), orderBy: toOrder(query) }),
  reply: { status: 200, schema: PAGED, from: (data, { query }) => showUsers(data.users, pageOf(query)) },
});

/** Users that are found: docs/dialects/kobil.md, section 3.1. */
export const USER_LIST_ROUTES: readonly Route[] = [INFO, OF_APP_ROLE, OF_ROLE, OF_GROUP, SEARCH, BY_ATTRIBUTE, ALL];
export const GATEWAY_USER_LIST_ROUTES: readonly Route[] = [
  at('/users/{userId}/profile', INFO),
  at('/apps/{clientid}/{assignedRole}/users', OF_APP_ROLE),
  at('/roles/{role}/users', OF_ROLE),
  at('/users/search', SEARCH),
  at('/users/search/attribute', BY_ATTRIBUTE),
  at('/users', ALL),
];
