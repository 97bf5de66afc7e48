import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { refused, SUBJECT } from '../errors.ts';
import { subjectIdOf } from '../identifiers.ts';
import {
  CheckSecurityAnswer,
  RemoveSecurityQuestion,
  SecurityQuestion,
  SetSecurityQuestion,
} from '../operations.generated.ts';
import { END_USER, SUBJECT_PATH } from './input.ts';

const QUESTION = '/api/v3/users/{subjectId}/secQsn';
const READERS = { bearer: { user: ['blitz_api_usec'], app: ['blitz_api_sys_usec'] } } as const;
const WRITERS = { bearer: { user: ['blitz_api_usec_chg'], app: ['blitz_api_sys_usec_chg'] } } as const;

const OF_SUBJECT = { params: SUBJECT_PATH, headers: END_USER } as const;
const ANSWERED = {
  ...OF_SUBJECT,
  body: z.object({ question: z.string(), answer: z.string() }),
} as const;

/** The security question: docs/dialects/blitz.md, section 2.10. */
export const SECURITY_QUESTION_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: QUESTION,
    spec: '2.10 (19)',
    summary: 'Security question of a user; never the answer',
    callers: READERS,
    operation: SecurityQuestion,
    input: OF_SUBJECT,
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: {
      status: 200,
      schema: z.object({ question: z.string() }),
      from: ({ securityQuestion }) => securityQuestion,
    },
    errors: SUBJECT,
  }),
  route({
    method: 'POST',
    path: `${QUESTION}/check`,
    spec: '2.10 (20)',
    summary: 'Checks question and answer',
    callers: READERS,
    operation: CheckSecurityAnswer,
    input: ANSWERED,
    toVariables: ({ params, body }) => ({ userId: subjectIdOf(params.subjectId), ...body }),
    reply: { status: 204 },
    errors: {
      ...SUBJECT,
      SECURITY_QUESTION_NOT_FOUND: { ...refused('wrong_security_answer'), text: 'security question not found' },
    },
  }),
  route({
    method: 'POST',
    path: QUESTION,
    spec: '2.10 (21)',
    summary: 'Sets question and answer',
    callers: WRITERS,
    operation: SetSecurityQuestion,
    input: ANSWERED,
    toVariables: ({ params, body }) => ({ userId: subjectIdOf(params.subjectId), ...body }),
    reply: { status: 204 },
    errors: SUBJECT,
  }),
  route({
    method: 'DELETE',
    path: QUESTION,
    spec: '2.10 (22)',
    summary: 'Removes question and answer',
    callers: WRITERS,
    operation: RemoveSecurityQuestion,
    input: OF_SUBJECT,
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: { status: 204 },
    errors: SUBJECT,
  }),
];
