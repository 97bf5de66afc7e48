import { type Route, route } from '../../engine/index.ts';
import { at } from '../alias.ts';
import { callersWith } from '../callers.ts';
import { done, SUBSYSTEM, withData } from '../envelope.ts';
import { USER_UNKNOWN } from '../errors.ts';
import { UserInfo } from '../operations.generated.ts';
import { showUser, USER } from '../user.ts';
import { USER_PATH, userId } from '../user-lookup.ts';

const { users } = SUBSYSTEM;
const TAGS = { subSystem: users };

const INFO = route({
  method: 'GET',
  path: '/v3_user/{userId}',
  spec: '3.2 (9)',
  summary: 'A user',
  callers: callersWith('user:read'),
  tags: TAGS,
  operation: UserInfo,
  input: { params: USER_PATH },
  lookups: { userId },
  toVariables: (_request, found) => ({ userId: found.userId }),
  reply: {
    status: 200,
    schema: withData(USER),
    from: ({ user }) => ({ ...done('User info fetched successfully', users), data: showUser(user) }),
  },
  errors: { NOT_FOUND: USER_UNKNOWN },
});

/** Users that are found: docs/dialects/kobil.md, section 3.1. */
export const USER_LIST_ROUTES: readonly Route[] = [INFO];
export const GATEWAY_USER_LIST_ROUTES: readonly Route[] = [at('/users/{userId}/profile', INFO)];
