import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { NOT_STORED } from '../../oidc/replies.ts';
import { SUBJECT } from '../errors.ts';
import { subjectIdOf } from '../identifiers.ts';
import { ChangeDependentPassword, ReplacePassword } from '../operations.generated.ts';
import { GENERATED_PASSWORD, generatedPassword } from '../replies.ts';
import { END_USER, KEPT_DEVICE, LANGUAGES, SUBJECT_PATH } from './input.ts';

const CURRENT = z.string().optional();
const RESET_SESSIONS = z
  .boolean()
  .optional()
  .describe('Whether all sessions end and the remembered devices are forgotten. Default true.');

const sessionsAfter = (resetSessions: boolean | undefined) => (resetSessions === false ? 'KEEP' : 'END_ALL');

const POS = { 'input.currentPassword': 'current', 'input.newPassword': 'password' };

/** Password: docs/dialects/blitz.md, section 2.11. */
export const PASSWORD_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/v3/users/{subjectId}/pswd',
    spec: '2.11 (23)',
    summary: 'Changes the password of a user; if none is given, one is generated and answered, or sent to a phone',
    callers: { bearer: { user: ['blitz_api_usec_chg'], app: ['blitz_api_sys_usec_chg'] } },
    operation: ReplacePassword,
    input: {
      params: SUBJECT_PATH,
      headers: END_USER.extend({ ...KEPT_DEVICE.shape, ...LANGUAGES.shape }),
      body: z.object({
        current: CURRENT.describe('The present password; required in user mode.'),
        password: z.string().optional().describe('The new password. Default: a generated one.'),
        resetSessions: RESET_SESSIONS,
        sendPswdToAttr: z
          .string()
          .optional()
          .describe('Name of an attribute with a phone number, to which the new password is sent.'),
      }),
    },
    toVariables: ({ params, headers, body: { current, password, resetSessions, sendPswdToAttr } }) => ({
      userId: subjectIdOf(params.subjectId),
      currentPassword: current,
      newPassword: password,
      sessions: sessionsAfter(resetSessions),
      keepDevice: headers['ib-ci-ua-id'],
      sendToAttribute: sendPswdToAttr,
      languages: headers['accept-language'],
    }),
    reply: {
      status: 200,
      schema: GENERATED_PASSWORD,
      from: ({ replacePassword }) => generatedPassword(replacePassword),
      orEmpty: 'When the password was given, or was sent to a phone.',
      headers: NOT_STORED,
    },
    pos: { ...POS, 'input.sendToAttribute': 'sendPswdToAttr' },
    errors: SUBJECT,
  }),
  route({
    method: 'POST',
    path: '/api/v2/users/{subjectId}/password',
    spec: '2.11 (47)',
    summary: "Changes the password of a dependent account, or of the user's own account",
    callers: { bearer: { user: ['blitz_change_password'] } },
    operation: ChangeDependentPassword,
    input: {
      params: SUBJECT_PATH,
      headers: END_USER.extend(LANGUAGES.shape),
      body: z.object({
        password: z.string().describe('The new password.'),
        current: CURRENT.describe("The present password; required for the user's own account."),
        resetSessions: RESET_SESSIONS,
      }),
    },
    toVariables: ({ params, headers, body: { password, current, resetSessions } }) => ({
      userId: subjectIdOf(params.subjectId),
      currentPassword: current,
      newPassword: password,
      sessions: sessionsAfter(resetSessions),
      languages: headers['accept-language'],
    }),
    reply: { status: 204 },
    pos: POS,
    errors: SUBJECT,
  }),
];
