import { z } from 'zod';
import { presentItems, type Route, route } from '../../engine/index.ts';
import { at } from '../alias.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM, withData } from '../envelope.ts';
import { USER_UNKNOWN } from '../errors.ts';
import { Administrators, DemoteUser, PromoteUser } from '../operations.generated.ts';
import { showUser, USER } from '../user.ts';
import { USER_PATH, userId } from '../user-lookup.ts';

const { users } = SUBSYSTEM;
const TAGS = { subSystem: users };
const MISSING = { userId: USER_UNKNOWN };
const ERRORS = { NOT_FOUND: USER_UNKNOWN, ROLE_HOLDER_NOT_FOUND: USER_UNKNOWN };

const PROMOTE = route({
  method: 'PUT',
  path: '/v3_user/{userId}/promote',
  spec: '3.2 (18)',
  summary: 'Makes a user an administrator of the tenant',
  callers: callersWith('role-grant:write'),
  tags: TAGS,
  operation: PromoteUser,
  input: { params: USER_PATH },
  lookups: { userId },
  toVariables: (_request, found) => ({ userId: found.userId }),
  reply: { status: 200, schema: DONE, from: () => done('User promoted successfully', users) },
  errors: ERRORS,
  missing: MISSING,
});

const DEMOTE = route({
  method: 'DELETE',
  path: '/v3_user/{userId}/promote',
  spec: '3.2 (19)',
  summary: 'Withdraws the roles that make a user an administrator',
  callers: callersWith('role-grant:write'),
  tags: TAGS,
  operation: DemoteUser,
  input: { params: USER_PATH },
  lookups: { userId },
  toVariables: (_request, found) => ({ userId: found.userId }),
  reply: { status: 200, schema: DONE, from: () => done('Admin access revoked successfully', users) },
  errors: ERRORS,
  missing: MISSING,
});

const LIST = route({
  method: 'GET',
  path: '/v3_user/adminusers',
  spec: '3.2 (23)',
  summary: 'Users who administer the tenant, at most 1,000',
  callers: callersWith('user:read'),
  tags: TAGS,
  operation: Administrators,
  input: {},
  toVariables: () => ({}),
  reply: {
    status: 200,
    schema: withData(z.array(USER)),
    from: ({ administrators }) => ({
      ...done('Admin users fetched successfully', users),
      data: presentItems(administrators).map(showUser),
    }),
  },
});

/** Administrators of the tenant: docs/dialects/kobil.md, section 3.2. */
export const ADMINISTRATOR_ROUTES: readonly Route[] = [PROMOTE, DEMOTE, LIST];
export const GATEWAY_ADMINISTRATOR_ROUTES: readonly Route[] = [
  at('/promoteuser/{userId}', PROMOTE),
  at('/revokeadmin/{userId}', DEMOTE),
  at('/admin/users', LIST),
];
