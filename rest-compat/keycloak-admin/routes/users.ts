import { z } from 'zod';
import { present, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import {
  ABSENT_PASSWORD,
  ABSENT_USERNAME,
  CHANGED_USER,
  NEW_PASSWORD,
  NEW_USER,
  toNewPassword,
  toNewUser,
  toUserChange,
} from '../account.ts';
import { ATTRIBUTES, showAttributes } from '../attributes.ts';
import { CREDENTIAL_SHOWN, showCredentials } from '../credential.ts';
import {
  ABSENT,
  attributeRefused,
  BAD_REQUEST,
  PAGE_TOO_LARGE,
  PASSWORD_REFUSED,
  refusedWith,
  USER_UNKNOWN,
  unusable,
} from '../errors.ts';
import {
  ConfigureUser,
  CountUsers,
  DeleteUser,
  FindUsers,
  IdentifyUser,
  ProvisionUser,
  SetPassword,
  UnmanagedAttributes,
  UserById,
  UserCredentials,
} from '../operations.generated.ts';
import { FIRST_PAGE, toWindow } from '../paging.ts';
import { accessOf, showUser, USER } from '../user.ts';
import { FILTER_PARAMETERS, toFilter, toOrder } from '../user-filter.ts';
import { isBrief, showUsers, USER_LIST_PARAMETERS } from '../user-list.ts';
import { userId } from '../user-lookup.ts';
import { NO_USER, OF_NO_USER, USER_PATH } from '../user-path.ts';
import { PROFILE_METADATA, showMetadata } from '../user-profile.ts';

const SPEC = '4.4';

const LIST_PARAMETERS = FILTER_PARAMETERS.extend({
  ...USER_LIST_PARAMETERS,
  sort: z.string().optional().describe('A field and `asc` or `desc`, such as `email:desc`. Default `username:asc`.'),
  includeRolesForClient: z.literal('').optional().describe('Not served: a value is refused.'),
});
const LIST = route({
  method: 'GET',
  path: '/users',
  spec: `${SPEC} (32)`,
  summary: 'Users of the realm, by username unless another order is asked for',
  callers: callersWith('user:read'),
  operation: FindUsers,
  input: { query: LIST_PARAMETERS },
  toVariables: ({ query }) => ({
    ...toWindow(query),
    filter: toFilter(query),
    orderBy: toOrder(query.sort),
    isBrief: isBrief(query),
  }),
  reply: {
    status: 200,
    schema: z.array(USER),
    from: (data, { query }) => showUsers(data, query),
  },
  errors: { INVALID_INPUT: { ...BAD_REQUEST, at: { max: PAGE_TOO_LARGE } } },
});

const COUNT = route({
  method: 'GET',
  path: '/users/count',
  spec: `${SPEC} (33)`,
  summary: 'How many users there are; at most 100,000 are counted',
  callers: callersWith('user:read'),
  operation: CountUsers,
  input: { query: FILTER_PARAMETERS },
  toVariables: ({ query }) => ({ after: FIRST_PAGE, filter: toFilter(query) }),
  reply: { status: 200, schema: z.number().int(), from: ({ users }) => present(users.totalCount) },
  errors: { INVALID_INPUT: BAD_REQUEST },
});

const GET = route({
  method: 'GET',
  path: '/users/{id}',
  spec: `${SPEC} (5)`,
  summary: 'A user',
  callers: callersWith('user:read'),
  operation: UserById,
  input: {
    params: USER_PATH,
    query: z.object({
      userProfileMetadata: z.string().optional().describe('`true`: with what a form for the user is made from.'),
    }),
  },
  toVariables: ({ params, query }) => ({ userId: params.id, withProfile: query.userProfileMetadata === 'true' }),
  reply: {
    status: 200,
    schema: USER.extend({ userProfileMetadata: PROFILE_METADATA.optional() }),
    from: ({ user, viewer, userProfile }) => ({
      ...showUser(user, accessOf(viewer)),
      ...(userProfile == null ? {} : { userProfileMetadata: showMetadata(userProfile) }),
    }),
  },
  errors: NO_USER,
});

/** Refusals of values, whether the user is new or not. */
const valueErrors = (text: string) => {
  const refused = unusable(text);
  const taken = (what: string) => refusedWith(409, `User exists with same ${what}`);
  return {
    INVALID_INPUT: { ...refused, ...OF_NO_USER },
    USER_USERNAME_INVALID: refused,
    // No user has another one's id as its username.
    USER_ID_TAKEN: taken('username'),
    USER_USERNAME_TAKEN: taken('username'),
    // An address of another user is taken as an address, and as a username.
    USER_EMAIL_TAKEN: { ...taken('email'), at: { username: taken('username or email') } },
    USER_EMAIL_INVALID: refused,
    USER_PHONE_INVALID: refused,
    USER_ATTRIBUTE_INVALID: refused,
    USER_ATTRIBUTE_REFUSED: attributeRefused(text),
    PASSWORD_POLICY: PASSWORD_REFUSED,
    PASSWORD_TOO_LONG: PASSWORD_REFUSED,
    ROLE_NOT_FOUND: refused,
    ROLE_CLIENT_NOT_FOUND: refused,
    GROUP_NOT_FOUND: refused,
  };
};

const NOT_CREATED = 'Could not create user';
const NOT_UPDATED = 'Could not update user!';

const CREATE = route({
  method: 'POST',
  path: '/users',
  spec: SPEC,
  summary: 'Makes a user with password and groups, all or nothing; its address is in `Location`',
  callers: callersWith('user:create'),
  operation: ProvisionUser,
  input: { body: NEW_USER },
  toVariables: ({ body }) => toNewUser(body),
  reply: {
    status: 201,
    headers: ({ provisionUser }, { baseUrl }) => ({
      Location: `${baseUrl}/users/${encodeURIComponent(provisionUser.subject)}`,
    }),
  },
  shapeErrors: { [ABSENT_USERNAME]: ABSENT.username },
  errors: { ...valueErrors(NOT_CREATED), USER_ID_INVALID: unusable(NOT_CREATED) },
});

const UPDATE = route({
  method: 'PUT',
  path: '/users/{id}',
  spec: SPEC,
  summary: 'Changes a user; what is not sent stays, attributes that are sent replace all that there are',
  callers: callersWith('user:write'),
  operation: ConfigureUser,
  input: { params: USER_PATH, body: CHANGED_USER },
  toVariables: ({ params, body }) => ({ userId: params.id, ...toUserChange(body) }),
  reply: { status: 204 },
  errors: {
    ...valueErrors(NOT_UPDATED),
    NOT_FOUND: USER_UNKNOWN,
    USER_ATTRIBUTE_UNMODIFIABLE: unusable(NOT_UPDATED),
  },
});

const DELETE = route({
  method: 'DELETE',
  path: '/users/{id}',
  spec: SPEC,
  summary: 'Deletes a user',
  callers: callersWith('user:delete'),
  operation: DeleteUser,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ userId: params.id }),
  reply: { status: 204 },
  errors: NO_USER,
});

const RESET_PASSWORD = route({
  method: 'PUT',
  path: '/users/{id}/reset-password',
  spec: SPEC,
  summary: 'Sets the password of a user, whose sessions end',
  callers: callersWith('password:set'),
  operation: SetPassword,
  input: { params: USER_PATH, body: NEW_PASSWORD },
  toVariables: ({ params, body }) => ({ userId: params.id, ...toNewPassword(body) }),
  reply: { status: 204 },
  shapeErrors: { [ABSENT_PASSWORD]: ABSENT.password },
  errors: {
    NOT_FOUND: USER_UNKNOWN,
    INVALID_INPUT: { ...unusable(NOT_UPDATED), ...OF_NO_USER },
    PASSWORD_POLICY: PASSWORD_REFUSED,
    PASSWORD_TOO_LONG: PASSWORD_REFUSED,
  },
});

const CREDENTIALS = route({
  method: 'GET',
  path: '/users/{id}/credentials',
  spec: `${SPEC} (24)`,
  summary: 'The credentials of a user, without secrets',
  callers: callersWith('credential:read'),
  operation: UserCredentials,
  input: { params: USER_PATH },
  lookups: { userId },
  toVariables: (_request, found) => ({ userId: found.userId }),
  reply: { status: 200, schema: z.array(CREDENTIAL_SHOWN), from: showCredentials },
  errors: { NOT_FOUND: USER_UNKNOWN, INVALID_INPUT: USER_UNKNOWN },
  missing: { userId: USER_UNKNOWN },
});

const STORAGE_TYPES = route({
  method: 'GET',
  path: '/users/{id}/configured-user-storage-credential-types',
  spec: SPEC,
  summary: 'Types of credentials that another store of users has of a user: none, since there is no other store',
  callers: callersWith('user:read'),
  operation: IdentifyUser,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ userId: params.id }),
  reply: { status: 200, schema: z.array(z.string()), from: () => [] },
  errors: NO_USER,
});

const UNMANAGED = route({
  method: 'GET',
  path: '/users/{id}/unmanagedAttributes',
  spec: SPEC,
  summary: 'Attributes of a user that the realm has not defined',
  callers: callersWith('user:read'),
  operation: UnmanagedAttributes,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ userId: params.id }),
  reply: { status: 200, schema: ATTRIBUTES, from: ({ user }) => showAttributes(user.attributes) },
  errors: NO_USER,
});

/** Users: docs/dialects/kobil.md, section 4.4. */
export const USER_ROUTES: readonly Route[] = [
  LIST,
  COUNT,
  GET,
  CREATE,
  UPDATE,
  DELETE,
  RESET_PASSWORD,
  CREDENTIALS,
  STORAGE_TYPES,
  UNMANAGED,
];
