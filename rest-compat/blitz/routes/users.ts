import { z } from 'zod';
import { present, type Route, route } from '../../engine/index.ts';
import {
  ATTRIBUTE_FIELDS,
  ATTRIBUTE_SHAPE_ERRORS,
  attributeVariables,
  CHANGED_ATTRIBUTES,
  UNMODIFIABLE,
} from '../attributes.ts';
import { SUBJECT } from '../errors.ts';
import { ACCOUNT_ID, subjectIdOf } from '../identifiers.ts';
import { DeleteUser, UpdateUser, UpdateUserProperties, User, UserProperties } from '../operations.generated.ts';
import { ACCOUNT, account, PROPERTIES } from '../replies.ts';
import { END_USER, SUBJECT_PATH } from './input.ts';

const READERS = { bearer: { user: ['blitz_api_user'], app: ['blitz_api_sys_users'] } } as const;
const WRITERS = { bearer: { user: ['blitz_api_user_chg'], app: ['blitz_api_sys_users_chg'] } } as const;

/** Accounts: docs/dialects/blitz.md, sections 2.1, 2.3 and 2.5. */
export const USER_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v3/users/{subjectId}',
    spec: '2.1 (1)',
    summary: 'Attributes of a user',
    callers: READERS,
    operation: User,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: { status: 200, schema: ACCOUNT, from: ({ user }) => account(user) },
    errors: SUBJECT,
  }),
  route({
    method: 'POST',
    path: '/api/v3/users/{subjectId}',
    spec: '2.1 (2)',
    summary: 'Changes attributes of a user; others do not change, `null` clears one',
    callers: WRITERS,
    operation: UpdateUser,
    input: { params: SUBJECT_PATH, headers: END_USER, body: CHANGED_ATTRIBUTES },
    toVariables: ({ params, body }) => ({ userId: subjectIdOf(params.subjectId), ...attributeVariables(body) }),
    reply: {
      status: 200,
      schema: ACCOUNT,
      from: ({ updateUser }) => account(present(updateUser.user)),
    },
    pos: { ...ATTRIBUTE_FIELDS, 'email.*': 'email', 'phone_number.*': 'phone_number' },
    shapeErrors: {
      ...ATTRIBUTE_SHAPE_ERRORS,
      ...Object.fromEntries(UNMODIFIABLE.map((name) => [name, 'unmodifiable'])),
    },
    errors: SUBJECT,
  }),
  route({
    method: 'DELETE',
    path: '/api/v3/users/{subjectId}',
    spec: '2.3 (5)',
    summary: 'Deletes a user and all data of the account',
    callers: WRITERS,
    operation: DeleteUser,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: { status: 204 },
    errors: SUBJECT,
  }),
  route({
    method: 'DELETE',
    path: '/api/v2/users/{subjectId}',
    spec: '2.3 (57)',
    summary: 'Deletes a user that both ids name',
    callers: { basic: 'rest' },
    operation: DeleteUser,
    input: {
      params: SUBJECT_PATH,
      query: z.object({ instanceId: ACCOUNT_ID.describe('`instanceId` of the same account.') }),
    },
    toVariables: ({ params, query }) => ({
      userId: subjectIdOf(params.subjectId),
      confirmedUserId: subjectIdOf(query.instanceId),
    }),
    reply: { status: 204 },
    pos: { 'input.confirmedUserId': 'instanceId' },
    errors: SUBJECT,
  }),
  route({
    method: 'GET',
    path: '/api/v3/users/{subjectId}/props',
    spec: '2.5 (7)',
    summary: 'Properties of a user',
    callers: READERS,
    operation: UserProperties,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: {
      status: 200,
      schema: PROPERTIES,
      from: ({ user }) => PROPERTIES.parse(user.properties),
    },
    errors: SUBJECT,
  }),
  route({
    method: 'POST',
    path: '/api/v3/users/{subjectId}/props',
    spec: '2.5 (8)',
    summary: 'Changes properties of a user: removes some, then sets others',
    // The manual lists the scopes for reading, so both are accepted (docs/dialects/blitz.md, section 3.2).
    callers: {
      bearer: {
        user: [...READERS.bearer.user, ...WRITERS.bearer.user],
        app: [...READERS.bearer.app, ...WRITERS.bearer.app],
      },
    },
    operation: UpdateUserProperties,
    input: {
      params: SUBJECT_PATH,
      headers: END_USER,
      body: z.object({
        add: PROPERTIES.optional().describe('Properties to set or replace.'),
        remove: z.array(z.string()).optional().describe('Names of properties to remove.'),
      }),
    },
    toVariables: ({ params, body: { add, remove } }) => ({ userId: subjectIdOf(params.subjectId), add, remove }),
    reply: {
      status: 200,
      schema: PROPERTIES,
      from: ({ updateUserProperties }) => PROPERTIES.parse(updateUserProperties.properties),
    },
    pos: { 'input.add.*': 'add.*' },
    errors: SUBJECT,
  }),
];
