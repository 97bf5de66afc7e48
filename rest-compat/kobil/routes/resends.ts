import { z } from 'zod';
import { present, type Route, route } from '../../engine/index.ts';
import { at } from '../alias.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM, withData } from '../envelope.ts';
import { USER_UNKNOWN } from '../errors.ts';
import { CodeResends, LiftAllResendBlocks, LiftResendBlock } from '../operations.generated.ts';
import { USER_PATH, userId } from '../user-lookup.ts';

const { users } = SUBSYSTEM;
const TAGS = { subSystem: users };
const MISSING = { userId: USER_UNKNOWN };

/** What is answered where the tenant does not count. */
const OFF = done('Resend OTP Brute force feature is currently disabled for tenant', users);

const STATUS = z.strictObject({
  otp_disabled: z.boolean().describe('Whether the user has to wait.'),
  otp_numFailures: z.number().int().describe('How many requests are counted.'),
  otp_lastIPFailure: z.string().describe('Address of the last request, or `n/a`.'),
  otp_lastFailure: z.number().int().describe('Time of the last request in milliseconds, or 0.'),
});

const SHOW = route({
  method: 'GET',
  path: '/v3_user/{userId}/otp-brute-force',
  spec: '3.2 (11)',
  summary: 'How often a user had codes sent again',
  callers: callersWith('block:read'),
  tags: TAGS,
  operation: CodeResends,
  input: { params: USER_PATH },
  lookups: { userId },
  toVariables: (_request, found) => ({ userId: found.userId }),
  reply: {
    status: 200,
    schema: z.union([withData(STATUS), DONE]),
    from: ({ user }) => {
      const { isCounted, requests, lastRequestAt, lastIp, blockedUntil } = present(user.codeResends);
      if (!isCounted) return OFF;
      const data = {
        otp_disabled: blockedUntil !== null,
        otp_numFailures: requests,
        otp_lastIPFailure: lastIp ?? 'n/a',
        otp_lastFailure: lastRequestAt === null ? 0 : Date.parse(lastRequestAt),
      };
      return { ...done('User Otp brute force status fetched successfully', users), data };
    },
  },
  errors: { NOT_FOUND: USER_UNKNOWN },
  missing: MISSING,
});

const LIFT = route({
  method: 'DELETE',
  path: '/v3_user/{userId}/otp-brute-force',
  spec: '3.2 (12)',
  summary: 'Unlocks a user',
  callers: callersWith('block:lift'),
  tags: TAGS,
  operation: LiftResendBlock,
  input: { params: USER_PATH },
  lookups: { userId },
  toVariables: (_request, found) => ({ userId: found.userId }),
  reply: {
    status: 200,
    schema: DONE,
    from: ({ liftResendBlocks }) =>
      liftResendBlocks.isCounted ? done('User unlocked from OTP brute force successfully', users) : OFF,
  },
  errors: { NOT_FOUND: USER_UNKNOWN, USER_NOT_FOUND: USER_UNKNOWN },
  missing: MISSING,
});

const LIFT_ALL = route({
  method: 'DELETE',
  path: '/v3_user/otp-brute-force',
  spec: '3.2 (15)',
  summary: 'Unlocks all users',
  callers: callersWith('block:lift'),
  tags: TAGS,
  operation: LiftAllResendBlocks,
  reply: {
    status: 200,
    schema: DONE,
    from: ({ liftResendBlocks }) =>
      liftResendBlocks.isCounted ? done('All users unlocked from OTP brute force successfully', users) : OFF,
  },
  errors: { USER_NOT_FOUND: USER_UNKNOWN },
});

/** Blocks of users who had codes sent again too often: docs/dialects/kobil.md, section 3.2. */
export const RESEND_ROUTES: readonly Route[] = [SHOW, LIFT_ALL, LIFT];
export const GATEWAY_RESEND_ROUTES: readonly Route[] = [
  at('/users/{userId}/otp-brute-force', SHOW),
  at('/users/otp-brute-force', LIFT_ALL),
  at('/users/{userId}/otp-brute-force', LIFT),
];
