import { type Route, route } from '../../engine/index.ts';
import { SUBJECT } from '../errors.ts';
import { subjectIdOf } from '../identifiers.ts';
import { ACCOUNT, account, type UserData } from '../replies.ts';
import { END_USER, SUBJECT_PATH } from './input.ts';

/** Accounts: spec section 2.1. */
export const USER_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v3/users/{subjectId}',
    spec: '2.1 (1)',
    summary: 'Attributes of a user',
    callers: { bearer: { user: ['blitz_api_user'], app: ['blitz_api_sys_users'] } },
    operation: 'user',
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: { status: 200, schema: ACCOUNT, from: ({ user }: { user: UserData }) => account(user) },
    errors: SUBJECT,
  }),
];
