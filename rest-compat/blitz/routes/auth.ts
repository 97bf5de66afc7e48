import { z } from 'zod';
import { present, type Route, route } from '../../engine/index.ts';
import { SUBJECT } from '../errors.ts';
import { subjectIdOf } from '../identifiers.ts';
import { AuthModes, UpdateAuthModes } from '../operations.generated.ts';
import { AUTH_MODES, authModes } from '../replies.ts';
import { END_USER, SUBJECT_PATH } from './input.ts';

/** Authentication modes: docs/dialects/blitz.md, section 2.6. */
export const AUTH_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v3/users/{subjectId}/auth',
    spec: '2.6 (9)',
    summary: 'Authentication modes of a user',
    callers: { bearer: { user: ['blitz_api_usec'], app: ['blitz_api_sys_usec'] } },
    operation: AuthModes,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: { status: 200, schema: AUTH_MODES, from: (data) => authModes(data.authModes) },
    errors: SUBJECT,
  }),
  route({
    method: 'POST',
    path: '/api/v3/users/{subjectId}/auth',
    spec: '2.6 (10)',
    summary: 'Changes authentication modes; members that are left out do not change',
    callers: { bearer: { user: ['blitz_api_usec_chg'], app: ['blitz_api_sys_usec_chg'] } },
    operation: UpdateAuthModes,
    input: {
      params: SUBJECT_PATH,
      headers: END_USER,
      body: z.object({
        requiredFactor: z.literal(2).nullable().optional().describe('`null` = off, `2` = on.'),
        needPasswordChange: z.literal(true).optional().describe('Sets the flag; a change of the password clears it.'),
        methodsLocked: z.array(z.literal('password')).max(16).optional().describe('Replaces the list.'),
      }),
    },
    toVariables: ({ params, body }) => ({ userId: subjectIdOf(params.subjectId), ...body }),
    reply: {
      status: 200,
      schema: AUTH_MODES,
      from: ({ updateAuthModes }) => authModes(present(updateAuthModes.authModes)),
    },
    errors: SUBJECT,
  }),
];
