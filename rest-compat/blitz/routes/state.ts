import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { SUBJECT } from '../errors.ts';
import { subjectIdOf } from '../identifiers.ts';
import { AccountState, type AccountStateName, ExemptAccount } from '../operations.generated.ts';
import { END_USER, SUBJECT_PATH } from './input.ts';

const STATE = '/api/v3/users/{subjectId}/state';
/** 9999-12-30; the next day stands for "for ever". */
const MAX_SECONDS = 253_402_214_399;

const NAMES = {
  INITIAL: 'initial',
  ACTIVE: 'active',
  INACTIVITY_LOCK: 'inactivityLock',
  UNTOUCHABLE: 'untouchable',
} as const satisfies Readonly<Record<AccountStateName, string>>;

/** Converts a moment to seconds since the epoch; undefined when there is none. */
const seconds = (moment: string | null): number | undefined =>
  moment === null ? undefined : Math.floor(Date.parse(moment) / 1000);

/** The state of an account with regard to inactivity: docs/dialects/blitz.md, section 2.7. */
export const STATE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: STATE,
    spec: '2.7 (11)',
    summary: 'State of a user with regard to inactivity',
    callers: { bearer: { user: ['blitz_api_usec'], app: ['blitz_api_sys_usec'] } },
    operation: AccountState,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: {
      status: 200,
      schema: z.object({
        name: z.enum(Object.values(NAMES)),
        checkedOn: z.int().optional().describe('`active`: when it was checked last, in seconds since epoch.'),
        on: z.int().optional().describe('`inactivityLock`: blocked since then.'),
        till: z.int().optional().describe('`untouchable`: until then; absent = for ever.'),
      }),
      from: ({ accountState: { name, checkedAt, lockedAt, exemptUntil } }) => ({
        name: NAMES[name],
        checkedOn: seconds(checkedAt),
        on: seconds(lockedAt),
        till: seconds(exemptUntil),
      }),
    },
    errors: SUBJECT,
  }),
  route({
    method: 'POST',
    path: STATE,
    spec: '2.7 (12)',
    summary: 'Exempts a user from the block for inactivity',
    callers: { bearer: { app: ['blitz_api_sys_usec_chg'] } },
    operation: ExemptAccount,
    input: {
      params: SUBJECT_PATH,
      body: z.object({
        name: z.literal('untouchable').describe('The only state that can be assigned.'),
        till: z
          .int()
          .min(0)
          .max(MAX_SECONDS)
          .optional()
          .describe('End of the exemption, in seconds since the epoch; absent = for ever, now = ends it.'),
      }),
    },
    toVariables: ({ params, body: { till } }) => ({
      userId: subjectIdOf(params.subjectId),
      exemptUntil: till === undefined ? undefined : new Date(till * 1000).toISOString(),
    }),
    reply: { status: 204 },
    pos: { 'input.exemptUntil': 'till' },
    errors: SUBJECT,
  }),
];
