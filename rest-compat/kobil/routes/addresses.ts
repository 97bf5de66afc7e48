import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import {
  ADDRESS,
  CHANGED_ADDRESS,
  NAMED_ADDRESS,
  NEW_ADDRESS,
  showAddresses,
  toAddressId,
  toAddressInput,
} from '../address.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM, withData } from '../envelope.ts';
import { ADDRESS_UNKNOWN, ADDRESSES_FULL, USER_UNKNOWN } from '../errors.ts';
import { CreateUserAddress, DeleteUserAddress, UpdateUserAddress, UserAddresses } from '../operations.generated.ts';
import { USER_PATH, userId } from '../user-lookup.ts';

const { users } = SUBSYSTEM;
const TAGS = { subSystem: users };
const MISSING = { userId: USER_UNKNOWN };

const ADD = route({
  method: 'POST',
  path: '/address/{userId}/add',
  spec: '3.7 (25)',
  summary: 'Adds an address to a user',
  callers: callersWith('user:write'),
  tags: TAGS,
  operation: CreateUserAddress,
  input: { params: USER_PATH, body: NEW_ADDRESS },
  lookups: { userId },
  toVariables: ({ body }, found) => ({ userId: found.userId, address: toAddressInput(body) }),
  reply: { status: 200, schema: DONE, from: () => done('Address added successfully', users) },
  errors: { NOT_FOUND: USER_UNKNOWN, USER_NOT_FOUND: USER_UNKNOWN, USER_ADDRESS_LIMIT: ADDRESSES_FULL },
  missing: MISSING,
});

const LIST = route({
  method: 'GET',
  path: '/address/{userId}',
  spec: '3.7 (26)',
  summary: 'Addresses of a user, oldest first',
  callers: callersWith('user:read'),
  tags: TAGS,
  operation: UserAddresses,
  input: { params: USER_PATH },
  lookups: { userId },
  toVariables: (_request, found) => ({ userId: found.userId }),
  reply: {
    status: 200,
    schema: withData(z.array(ADDRESS)),
    from: ({ user }) => ({ ...done('Address info fetched successfully', users), data: showAddresses(user.addresses) }),
  },
  errors: { NOT_FOUND: USER_UNKNOWN },
  missing: MISSING,
});

const CHANGE_ERRORS = {
  NOT_FOUND: USER_UNKNOWN,
  USER_NOT_FOUND: USER_UNKNOWN,
  USER_ADDRESS_NOT_FOUND: ADDRESS_UNKNOWN,
};

/** The older documentation has `POST`, the newer one `PUT`. */
const edit = (method: 'PUT' | 'POST'): Route =>
  route({
    method,
    path: '/address/{userId}/edit',
    spec: '3.7 (27)',
    summary: 'Changes an address of a user; absent members stay',
    callers: callersWith('user:write'),
    tags: TAGS,
    operation: UpdateUserAddress,
    input: { params: USER_PATH, body: CHANGED_ADDRESS },
    lookups: { userId },
    toVariables: ({ body }, found) => ({
      userId: found.userId,
      userAddressId: toAddressId(body.addressID),
      address: toAddressInput(body),
    }),
    reply: { status: 200, schema: DONE, from: () => done('Address changed successfully.', users) },
    errors: CHANGE_ERRORS,
    missing: MISSING,
  });

const DELETE = route({
  method: 'DELETE',
  path: '/address/{userId}/delete',
  spec: '3.7 (28)',
  summary: 'Deletes an address of a user',
  callers: callersWith('user:write'),
  tags: TAGS,
  operation: DeleteUserAddress,
  input: { params: USER_PATH, body: NAMED_ADDRESS },
  lookups: { userId },
  toVariables: ({ body }, found) => ({ userId: found.userId, userAddressId: toAddressId(body.addressID) }),
  reply: { status: 200, schema: DONE, from: () => done('Address deleted successfully', users) },
  errors: CHANGE_ERRORS,
  missing: MISSING,
});

/** Addresses of users: docs/dialects/kobil.md, section 3.7. */
export const ADDRESS_ROUTES: readonly Route[] = [ADD, LIST, edit('PUT'), edit('POST'), DELETE];
/** The gateway has no paths of addresses. */
export const GATEWAY_ADDRESS_ROUTES: readonly Route[] = [];
