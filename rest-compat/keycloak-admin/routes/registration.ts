import { z } from 'zod';
import { invalidField } from '../../../src/kernel/index.ts';
import { present, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { CLIENT, showClient } from '../client.ts';
import { CLIENT_ERRORS, CLIENT_PATH, NO_CLIENT } from '../client-path.ts';
import { BAD_REQUEST, explained, FORBIDDEN, REALM_UNKNOWN, unusable, valueRefused } from '../errors.ts';
import {
  CreateInitialAccessToken,
  DeleteInitialAccessToken,
  type Initial,
  InitialAccessTokens,
  IssueRegistrationToken,
  RealmOfPolicies,
} from '../operations.generated.ts';

const SPEC = '4.11';
const TOKENS = '/clients-initial-access';

const TOKEN = z.strictObject({
  id: z.string(),
  timestamp: z.number().int().describe('When it was made, in seconds since 1970.'),
  expiration: z.number().int().describe('Seconds from then until it expires; 0: never.'),
  count: z.number().int().describe('How many clients it registers.'),
  remainingCount: z.number().int(),
});
const NEW_TOKEN = TOKEN.extend({ token: z.string() });

const secondsOf = (moment: string): number => Math.floor(Date.parse(moment) / 1000);

function showToken({ tokenId, uses, usesLeft, expiresAt, createdAt }: Initial): z.input<typeof TOKEN> {
  return {
    id: tokenId,
    timestamp: secondsOf(createdAt),
    expiration: expiresAt === null ? 0 : secondsOf(expiresAt) - secondsOf(createdAt),
    count: uses,
    remainingCount: usesLeft,
  };
}

const LIST = route({
  method: 'GET',
  path: TOKENS,
  spec: SPEC,
  summary: 'Tokens with which clients register themselves, without their texts; at most 200',
  callers: callersWith('client:read'),
  operation: InitialAccessTokens,
  reply: {
    status: 200,
    schema: z.array(TOKEN),
    from: ({ initialAccessTokens }) => initialAccessTokens.map(showToken),
  },
});

const COUNT_INVALID = 'Invalid value for count';
const EXPIRATION_INVALID = 'Invalid value for expiration';

/** @throws INVALID_INPUT */
function assertNotNegative(name: string, value: number | null | undefined): void {
  if (value != null && value < 0) throw invalidField(name, 'NUMBER_RANGE', 'The number is negative.');
}

const CREATE = route({
  method: 'POST',
  path: TOKENS,
  spec: SPEC,
  summary: 'Makes a token with which clients register themselves',
  callers: callersWith('client:create'),
  operation: CreateInitialAccessToken,
  input: {
    body: z.object({
      expiration: z.int().nullable().optional().describe('Seconds until it expires. Default 0: never.'),
      count: z.int().nullable().optional().describe('How many clients it registers. Default 1.'),
    }),
  },
  toVariables: ({ body: { count, expiration } }) => {
    assertNotNegative('count', count);
    assertNotNegative('expiration', expiration);
    return {
      ...(count == null ? {} : { uses: count }),
      ...(expiration == null || expiration === 0 ? {} : { expiresInSeconds: expiration }),
    };
  },
  reply: {
    status: 201,
    schema: NEW_TOKEN,
    from: ({ createInitialAccessToken: { accessToken, initialAccessToken } }) => ({
      ...showToken(initialAccessToken),
      token: accessToken,
    }),
    headers: ({ createInitialAccessToken: { initialAccessToken } }, { baseUrl }) => ({
      Location: `${baseUrl}${TOKENS}/${initialAccessToken.tokenId}`,
    }),
  },
  errors: {
    INVALID_INPUT: {
      ...unusable('Could not make the token'),
      at: {
        count: valueRefused(COUNT_INVALID, 'The count cannot be less than 0'),
        uses: valueRefused(COUNT_INVALID, 'The count must be from 1 to 10000'),
        expiration: valueRefused(EXPIRATION_INVALID, 'The expiration time interval cannot be less than 0'),
        expiresInSeconds: valueRefused(EXPIRATION_INVALID, 'The expiration time interval cannot exceed 31536000'),
      },
    },
    INITIAL_ACCESS_TOKEN_LIMIT: explained,
  },
});

const DELETE = route({
  method: 'DELETE',
  path: `${TOKENS}/{id}`,
  spec: SPEC,
  summary: 'Deletes a token with which clients register themselves, if there is one',
  callers: callersWith('client:create'),
  operation: DeleteInitialAccessToken,
  input: { params: z.object({ id: z.string().max(255) }) },
  toVariables: ({ params }) => ({ tokenId: params.id }),
  reply: { status: 204 },
  errors: { INVALID_INPUT: BAD_REQUEST },
});

const ISSUE = route({
  method: 'POST',
  path: '/clients/{id}/registration-access-token',
  spec: SPEC,
  summary: 'Makes the token that opens the registration of a client; the one before ends',
  callers: callersWith('client:write'),
  operation: IssueRegistrationToken,
  input: { params: CLIENT_PATH },
  ...NO_CLIENT,
  toVariables: (_request, found) => ({ clientId: found.client.id }),
  reply: {
    status: 200,
    schema: CLIENT,
    from: ({ issueRegistrationToken: { client, registrationToken } }) => ({
      ...showClient(present(client)),
      registrationAccessToken: registrationToken,
    }),
  },
  errors: { ...CLIENT_ERRORS, CLIENT_BUILTIN: FORBIDDEN },
});

/** Policies of clients are not administered, so each list is empty. */
const noPolicies = (noun: 'profiles' | 'policies', ofAll: string): Route =>
  route({
    method: 'GET',
    path: `/client-policies/${noun}`,
    spec: SPEC,
    summary: `The ${noun} of clients: none`,
    callers: callersWith('tenant:read'),
    operation: RealmOfPolicies,
    reply: {
      status: 200,
      schema: z.record(z.string(), z.array(z.unknown())),
      from: () => ({ [noun]: [], [ofAll]: [] }),
    },
    errors: { NOT_FOUND: REALM_UNKNOWN },
  });

/** Registration and policies of clients: docs/dialects/kobil.md, section 4.11. */
export const REGISTRATION_ROUTES: readonly Route[] = [
  LIST,
  CREATE,
  DELETE,
  ISSUE,
  noPolicies('profiles', 'globalProfiles'),
  noPolicies('policies', 'globalPolicies'),
];
