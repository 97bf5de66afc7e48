import { z } from 'zod';
import { presentItems, type Route, route } from '../../engine/index.ts';
import { NOT_STORED } from '../../oidc/replies.ts';
import { SUBJECT } from '../errors.ts';
import { subjectIdOf, totpIdOf, totpOrdinalOf } from '../identifiers.ts';
import { AttachTotp, BeginTotpEnrolment, DetachTotp, Totps } from '../operations.generated.ts';
import { NAMELESS } from '../quirks.ts';
import { END_USER, SUBJECT_PATH } from './input.ts';

const TOTPS = '/api/v3/users/{subjectId}/totps';
const READERS = { bearer: { user: ['blitz_api_usec'], app: ['blitz_api_sys_usec'] } } as const;
const WRITERS = { bearer: { user: ['blitz_api_usec_chg'], app: ['blitz_api_sys_usec_chg'] } } as const;

/** How many digits an app shows unless its details say otherwise. */
const DIGITS = 6;

/** Apps that show codes: docs/dialects/blitz.md, section 2.8. */
export const TOTP_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: TOTPS,
    spec: '2.8 (13)',
    summary: 'Code apps of a user',
    callers: READERS,
    operation: Totps,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: {
      status: 200,
      schema: z.array(z.object({ id: z.string(), len: z.int(), name: z.string() })),
      from: ({ credentials }) =>
        presentItems(credentials).map(({ userId, ordinal, label, data }) => ({
          id: totpIdOf(ordinal, userId),
          len: typeof data['digits'] === 'number' ? data['digits'] : DIGITS,
          name: label ?? NAMELESS,
        })),
    },
    errors: SUBJECT,
  }),
  route({
    method: 'GET',
    path: `${TOTPS}/attach/qr`,
    spec: '2.8 (14)',
    summary: 'A new secret for a code app, with its QR image; nothing is attached yet',
    callers: WRITERS,
    operation: BeginTotpEnrolment,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: {
      status: 200,
      schema: z.object({
        base64QRCode: z.string().describe('PNG in base64.'),
        base32Secret: z.string().describe('The secret to type in.'),
      }),
      from: ({ beginTotpEnrolment }) => ({
        base64QRCode: beginTotpEnrolment.qrCode,
        base32Secret: beginTotpEnrolment.secret,
      }),
      headers: NOT_STORED,
    },
    errors: SUBJECT,
  }),
  route({
    method: 'POST',
    path: `${TOTPS}/attach/qr`,
    spec: '2.8 (15)',
    summary: 'Attaches a code app that shows the right code',
    callers: WRITERS,
    operation: AttachTotp,
    input: {
      params: SUBJECT_PATH,
      headers: END_USER,
      body: z.object({
        base32Secret: z.string().describe('The secret of the previous request, or any other in base32.'),
        otpCode: z.string().describe('The code that the app shows now.'),
        name: z.string().optional().describe('Name for lists.'),
      }),
    },
    toVariables: ({ params, body: { base32Secret, otpCode, name } }) => ({
      userId: subjectIdOf(params.subjectId),
      secret: base32Secret,
      code: otpCode,
      name,
    }),
    reply: { status: 204 },
    pos: { 'input.secret': 'base32Secret', 'input.code': 'otpCode' },
    errors: SUBJECT,
  }),
  route({
    method: 'DELETE',
    path: `${TOTPS}/{id}`,
    spec: '2.8 (16)',
    summary: 'Detaches a code app',
    callers: WRITERS,
    operation: DetachTotp,
    input: {
      params: SUBJECT_PATH.extend({ id: z.string().describe('`SW_TOTP_<number>_<subjectId>`.') }),
      headers: END_USER,
    },
    toVariables: ({ params }) => {
      const userId = subjectIdOf(params.subjectId);
      return { userId, ordinal: totpOrdinalOf(params.id, userId) };
    },
    reply: { status: 204 },
    errors: SUBJECT,
  }),
];
