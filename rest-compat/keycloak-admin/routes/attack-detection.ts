import { z } from 'zod';
import { type ItemOf, lookup, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { BAD_REQUEST } from '../errors.ts';
import {
  FailuresOfUser,
  type FailuresOfUserData,
  IdentifyUser,
  LiftAllBlocks,
  LiftBlocksOfUser,
} from '../operations.generated.ts';
import { NO_USER, USER_PATH } from '../user-path.ts';

const SPEC = '4.16';
const ALL = '/attack-detection/brute-force/users';
const ONE = `${ALL}/{id}`;

const FAILURES = z.strictObject({
  failedLoginNotBefore: z.number().int().describe('End of the present block, in seconds since 1970; 0: none.'),
  numFailures: z.number().int(),
  numTemporaryLockouts: z.number().int().describe('Blocks in a row.'),
  disabled: z.boolean().describe('Whether the user is blocked, or disabled after too many failures.'),
  numSecondaryAuthFailures: z.number().int().describe('Failures at second factors.'),
  lastIPFailure: z.string().describe('Address of the last failure, or `n/a`.'),
  lastFailure: z.number().int().describe('Milliseconds since 1970; 0: none.'),
});

type User = ItemOf<FailuresOfUserData['users']['nodes']>;

const millisecondsOf = (moment: string | null | undefined): number => (moment == null ? 0 : Date.parse(moment));

/** What failed for a user; zero for one who is not there, as for one without failures. */
function showFailures(user: User | undefined): z.input<typeof FAILURES> {
  const first = user?.signInFailures;
  const second = user?.secondFactorFailures;
  const lastOfFirst = millisecondsOf(first?.lastFailureAt);
  const lastOfSecond = millisecondsOf(second?.lastFailureAt);
  const blockedUntil = Math.max(millisecondsOf(first?.blockedUntil), millisecondsOf(second?.blockedUntil));
  return {
    failedLoginNotBefore: Math.ceil(blockedUntil / 1000),
    numFailures: first?.failures ?? 0,
    numTemporaryLockouts: first?.level ?? 0,
    disabled: blockedUntil > 0 || user?.disabledReason === 'lockout',
    numSecondaryAuthFailures: second?.failures ?? 0,
    lastIPFailure: (lastOfSecond > lastOfFirst ? second : first)?.lastIp ?? 'n/a',
    lastFailure: Math.max(lastOfFirst, lastOfSecond),
  };
}

const GET = route({
  method: 'GET',
  path: ONE,
  spec: SPEC,
  summary: 'Failed sign-ins of a user, and the block that they led to',
  callers: callersWith('block:read'),
  operation: FailuresOfUser,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ filter: { anyOf: [{ allOf: [{ field: 'SUBJECT', value: params.id }] }] } }),
  reply: { status: 200, schema: FAILURES, from: ({ users }) => showFailures(presentItems(users.nodes)[0]) },
  errors: { ...NO_USER, INVALID_INPUT: BAD_REQUEST },
});

/** Whether the user in the path is there; nothing is to be done for others. */
const user = lookup({
  operation: IdentifyUser,
  toVariables: ({ params }: { readonly params: { readonly id: string } }) => ({ userId: params.id }),
  from: (found) => ({ isKnown: found.user !== null }),
});

const LIFT = route({
  method: 'DELETE',
  path: ONE,
  spec: SPEC,
  summary: 'Ends the blocks of a user and forgets its failures',
  callers: callersWith('block:lift'),
  operation: LiftBlocksOfUser,
  input: { params: USER_PATH },
  lookups: { user },
  toVariables: ({ params }, found) => ({ userId: params.id, isKnown: found.user.isKnown }),
  reply: { status: 204 },
  errors: NO_USER,
});

const LIFT_ALL = route({
  method: 'DELETE',
  path: ALL,
  spec: SPEC,
  summary: 'Ends the blocks of all users and forgets their failures',
  callers: callersWith('block:lift'),
  operation: LiftAllBlocks,
  reply: { status: 204 },
});

/** Attack detection: docs/dialects/kobil.md, section 4.16. */
export const ATTACK_DETECTION_ROUTES: readonly Route[] = [GET, LIFT, LIFT_ALL];
