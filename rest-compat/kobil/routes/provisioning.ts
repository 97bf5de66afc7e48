import { type Route, route } from '../../engine/index.ts';
import { at } from '../alias.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM } from '../envelope.ts';
import {
  GROUP_NAMED_UNKNOWN,
  MISSING_DATA,
  PASSWORD_INVALID,
  ROLE_NAMED_UNKNOWN,
  USER_NAMED_TAKEN,
  USER_TAKEN,
  USER_UNKNOWN,
  USERNAME_FAULTS,
  USERNAME_INVALID,
} from '../errors.ts';
import { ConfigureUser, ProvisionUser } from '../operations.generated.ts';
import { CHANGED_USER, NEW_USER, toNewUser, toUserChange, USERNAME_CHARACTERS } from '../provisioning.ts';
import { USER_PATH, userId } from '../user-lookup.ts';

const { users } = SUBSYSTEM;
const TAGS = { subSystem: users };

/** Refusals of values, whether the user is new or not. */
const VALUE_ERRORS = {
  USER_USERNAME_INVALID: USERNAME_INVALID,
  // No user has another one's id as its username.
  USER_ID_TAKEN: USERNAME_INVALID,
  USER_EMAIL_INVALID: MISSING_DATA,
  USER_PHONE_INVALID: MISSING_DATA,
  USER_ATTRIBUTE_INVALID: MISSING_DATA,
  USER_ATTRIBUTE_REFUSED: MISSING_DATA,
  PASSWORD_POLICY: PASSWORD_INVALID,
  PASSWORD_TOO_LONG: PASSWORD_INVALID,
  ROLE_NOT_FOUND: ROLE_NAMED_UNKNOWN,
  GROUP_NOT_FOUND: GROUP_NAMED_UNKNOWN,
};

/** An address of another user is taken as an address, and cannot be used as a username. */
const AS_USERNAME = { at: { username: USERNAME_INVALID } };

const CREATE = route({
  method: 'POST',
  path: '/v3_user',
  spec: '3.2 (3)',
  summary: 'Makes a user with password, roles and groups, all or nothing',
  callers: callersWith('user:create'),
  tags: TAGS,
  operation: ProvisionUser,
  input: { body: NEW_USER },
  toVariables: ({ body }) => toNewUser(body),
  reply: { status: 200, schema: DONE, from: () => done('User created successfully.', users) },
  shapeErrors: { username: USERNAME_FAULTS.missing, [USERNAME_CHARACTERS]: USERNAME_FAULTS.characters },
  errors: {
    ...VALUE_ERRORS,
    USER_ID_INVALID: MISSING_DATA,
    USER_USERNAME_TAKEN: USER_TAKEN,
    USER_EMAIL_TAKEN: { ...USER_TAKEN, ...AS_USERNAME },
  },
});

const UPDATE = route({
  method: 'PUT',
  path: '/v3_user/{userId}/update',
  spec: '3.2 (4)',
  summary: 'Changes a user, and adds roles and groups, all or nothing; what is not sent stays',
  callers: callersWith('user:write'),
  tags: TAGS,
  operation: ConfigureUser,
  input: { params: USER_PATH, body: CHANGED_USER },
  lookups: { userId },
  toVariables: ({ body }, found) => ({ userId: found.userId, ...toUserChange(body) }),
  reply: { status: 200, schema: DONE, from: () => done('User updated successfully', users) },
  shapeErrors: { [USERNAME_CHARACTERS]: USERNAME_FAULTS.characters },
  errors: {
    ...VALUE_ERRORS,
    NOT_FOUND: USER_UNKNOWN,
    USER_NOT_FOUND: USER_UNKNOWN,
    USER_USERNAME_TAKEN: USER_NAMED_TAKEN,
    USER_EMAIL_TAKEN: { ...USER_NAMED_TAKEN, ...AS_USERNAME },
    USER_ATTRIBUTE_UNMODIFIABLE: MISSING_DATA,
    USER_ID_FIXED: MISSING_DATA,
  },
  missing: { userId: USER_UNKNOWN },
});

/** Users with what they sign in with and what they may do: docs/dialects/kobil.md, section 3.2. */
export const PROVISIONING_ROUTES: readonly Route[] = [CREATE, UPDATE];
export const GATEWAY_PROVISIONING_ROUTES: readonly Route[] = [
  at('/users', CREATE),
  at('/users/{userId}/update', UPDATE),
];
