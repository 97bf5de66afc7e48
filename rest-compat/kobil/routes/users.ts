import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { PROFILE, toProfile } from '../../realm-users/profile.ts';
import { at } from '../alias.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM, withData } from '../envelope.ts';
import {
  APP_UNKNOWN,
  GROUP_UNKNOWN,
  invalid,
  PROFILE_UNUSABLE,
  ROLE_NAMED_UNKNOWN,
  USER_NAMED_TAKEN,
  USER_UNKNOWN,
  USERNAME_INVALID,
} from '../errors.ts';
import {
  DisableUser,
  EnableUser,
  JoinGroups,
  LeaveGroups,
  RevokeRequiredActions,
  RevokeRoles,
  TenantsOfUser,
  UpdateProfile,
} from '../operations.generated.ts';
import { REMOVED_STATUS } from '../quirks.ts';
import { SENT_ROLES, toRoles } from '../sent-roles.ts';
import { USER_PATH, userId } from '../user-lookup.ts';

const { users } = SUBSYSTEM;
const TAGS = { subSystem: users };
const MISSING = { userId: USER_UNKNOWN };

/** Answers for a body that cannot be used, where the operation has a text for it. */
const unusable = (text: string) => ({ BODY_MALFORMED: invalid(text), INVALID_INPUT: invalid(text) });

const setEnabled = (isEnabled: boolean, spec: string): Route =>
  route({
    method: 'PUT',
    path: `/v3_user/{userId}/${isEnabled ? 'enable' : 'disable'}`,
    spec,
    summary: isEnabled ? 'Enables a user' : 'Disables a user, whose sessions end',
    callers: callersWith('user:write'),
    tags: TAGS,
    operation: isEnabled ? EnableUser : DisableUser,
    input: {
      params: USER_PATH,
      body: z.object({
        enabled: z
          .boolean()
          .refine((value) => value === isEnabled)
          .describe('What the path says.'),
      }),
    },
    lookups: { userId },
    toVariables: (_request, found) => ({ userId: found.userId }),
    reply: {
      status: 200,
      schema: DONE,
      from: () => done(isEnabled ? 'User enabled successfully' : 'User disabled successfully', users),
    },
    errors: {
      NOT_FOUND: USER_UNKNOWN,
      USER_NOT_FOUND: USER_UNKNOWN,
      ...unusable('Username should not be null or empty'),
    },
    missing: MISSING,
  });

const DISABLE = setEnabled(false, '3.2 (16)');
const ENABLE = setEnabled(true, '3.2 (17)');

const NAMES = z.array(z.string());

const REVOKE_ROLES = route({
  method: 'DELETE',
  path: '/v3_user/{userId}/role',
  spec: '3.2 (22)',
  summary: 'Withdraws roles of a user; those that the user does not have are ignored',
  callers: callersWith('role-grant:write'),
  tags: TAGS,
  operation: RevokeRoles,
  input: { params: USER_PATH, body: z.object(SENT_ROLES).optional() },
  lookups: { userId },
  toVariables: ({ body }, found) => ({ userId: found.userId, roles: toRoles(body ?? {}) }),
  reply: { status: 200, schema: DONE, from: () => done('User roles revoked successfully', users) },
  errors: {
    NOT_FOUND: USER_UNKNOWN,
    ROLE_NOT_FOUND: ROLE_NAMED_UNKNOWN,
    ROLE_CLIENT_NOT_FOUND: APP_UNKNOWN,
    ROLE_HOLDER_NOT_FOUND: USER_UNKNOWN,
    ROLE_GRANT_ELSEWHERE: ROLE_NAMED_UNKNOWN,
    ...unusable('UserId should not be null or empty'),
  },
  missing: MISSING,
});

const TENANTS = route({
  method: 'GET',
  path: '/v3_user/{userId}/tenantlist',
  spec: '3.2 (20)',
  summary: 'Names of the tenants that have a user of this name: of one tenant a text, of several a list',
  callers: callersWith('user:read'),
  tags: TAGS,
  operation: TenantsOfUser,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ name: params.userId }),
  reply: {
    status: 200,
    schema: withData(z.union([z.string(), z.array(z.string())])),
    from: ({ tenantsOfUser }) => ({
      ...done('Tenant list fetched successfully', users),
      data: tenantsOfUser.length === 1 ? tenantsOfUser[0]! : [...tenantsOfUser],
    }),
  },
  errors: { NOT_FOUND: USER_UNKNOWN },
});

const PROFILE_ROW = route({
  method: 'PUT',
  path: '/v3_user/{userId}/profile',
  spec: '3.2 (6)',
  summary: 'Changes names, e-mail address and attributes of a user; absent ones stay',
  callers: callersWith('user:write'),
  tags: TAGS,
  operation: UpdateProfile,
  input: { params: USER_PATH, body: PROFILE },
  lookups: { userId },
  toVariables: ({ body }, found) => ({ userId: found.userId, ...toProfile(body) }),
  reply: { status: 200, schema: DONE, from: () => done('User profile updated successfully.', users) },
  errors: {
    NOT_FOUND: USER_UNKNOWN,
    USER_NOT_FOUND: USER_UNKNOWN,
    BODY_MALFORMED: PROFILE_UNUSABLE,
    INVALID_INPUT: PROFILE_UNUSABLE,
    USER_EMAIL_TAKEN: USER_NAMED_TAKEN,
    USER_USERNAME_TAKEN: USER_NAMED_TAKEN,
    USER_ID_TAKEN: USER_NAMED_TAKEN,
    USER_USERNAME_INVALID: USERNAME_INVALID,
    USER_EMAIL_INVALID: PROFILE_UNUSABLE,
    USER_PHONE_INVALID: PROFILE_UNUSABLE,
    USER_ATTRIBUTE_INVALID: PROFILE_UNUSABLE,
    USER_ATTRIBUTE_REFUSED: PROFILE_UNUSABLE,
    USER_ATTRIBUTE_UNMODIFIABLE: PROFILE_UNUSABLE,
  },
  missing: MISSING,
});

const REVOKE_ACTIONS = route({
  method: 'DELETE',
  path: '/v3_user/{userId}/requiredaction',
  spec: '3.2 (21)',
  summary: 'Removes actions from those that a user has to complete at the next sign-in',
  callers: callersWith('auth-mode:write'),
  tags: TAGS,
  operation: RevokeRequiredActions,
  input: {
    params: USER_PATH,
    body: z.object({
      requiredActions: NAMES.min(1).describe('Names of actions; those that are not required are ignored.'),
    }),
  },
  lookups: { userId },
  toVariables: ({ body }, found) => ({ userId: found.userId, actions: body.requiredActions }),
  reply: { status: 200, schema: DONE, from: () => done('User required actions revoked successfully', users) },
  errors: {
    NOT_FOUND: USER_UNKNOWN,
    USER_NOT_FOUND: USER_UNKNOWN,
    ...unusable('UserId should not be null or empty'),
  },
  missing: MISSING,
});

/** Names or ids of groups. */
const GROUPS = z.object({
  groups: z.array(z.union([z.string(), z.object({ id: z.guid() }), z.object({ name: z.string() })])),
});

const toGroups = ({ groups }: z.output<typeof GROUPS>) =>
  groups.map((group) => {
    if (typeof group === 'string') return { path: group };
    return 'id' in group ? { groupId: group.id.toLowerCase() } : { path: group.name };
  });

const GROUP_ERRORS = { NOT_FOUND: USER_UNKNOWN, GROUP_NOT_FOUND: GROUP_UNKNOWN, GROUP_MEMBER_NOT_FOUND: USER_UNKNOWN };

const JOIN = route({
  method: 'POST',
  path: '/v3_user/{userId}/groups',
  spec: '3.2 (30)',
  summary: 'Adds a user to groups, all or none',
  callers: callersWith('group-member:write'),
  tags: TAGS,
  operation: JoinGroups,
  input: { params: USER_PATH, body: GROUPS },
  lookups: { userId },
  toVariables: ({ body }, found) => ({ userId: found.userId, groups: toGroups(body) }),
  reply: { status: 200, schema: DONE, from: () => done('User group added successfully.', users) },
  errors: GROUP_ERRORS,
  missing: MISSING,
});

const LEAVE = route({
  method: 'DELETE',
  path: '/v3_user/{userId}/groups',
  spec: '3.2 (31)',
  summary: 'Removes a user from groups, all or none',
  callers: callersWith('group-member:write'),
  tags: TAGS,
  operation: LeaveGroups,
  input: { params: USER_PATH, body: GROUPS },
  lookups: { userId },
  toVariables: ({ body }, found) => ({ userId: found.userId, groups: toGroups(body) }),
  reply: {
    status: 200,
    schema: DONE,
    from: () => ({ ...done('User group removed successfully.', users), status: REMOVED_STATUS }),
  },
  errors: GROUP_ERRORS,
  missing: MISSING,
});

/** Users: docs/dialects/kobil.md, section 3.2. */
export const USER_ROUTES: readonly Route[] = [
  DISABLE,
  ENABLE,
  TENANTS,
  PROFILE_ROW,
  REVOKE_ACTIONS,
  REVOKE_ROLES,
  JOIN,
  LEAVE,
];
export const GATEWAY_USER_ROUTES: readonly Route[] = [
  at('/users/{userId}/enable', ENABLE),
  at('/tenantlist/{userId}', TENANTS),
  at('/users/{userId}/profile', PROFILE_ROW),
  at('/users/{userId}/requiredaction', REVOKE_ACTIONS),
  at('/users/{userId}/role', REVOKE_ROLES),
];
