import { z } from 'zod';
import { present, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { BAD_REQUEST, GROUP_UNKNOWN, PAGE_TOO_LARGE, USER_UNKNOWN } from '../errors.ts';
import { GROUP, GROUP_COUNT, matching, showGroup } from '../group.ts';
import { CountGroups, GroupsOfUser, JoinGroup, LeaveGroup } from '../operations.generated.ts';
import { cutPage, PAGE_PARAMETERS } from '../paging.ts';
import { USER_PATH } from '../user-path.ts';

const SPEC = '4.6';
const GROUP_PATH = USER_PATH.extend({ groupId: z.string().max(255) });
const SEARCH = { search: z.string().optional().describe('Text in the name, ignoring case.') };
const LIST_PARAMETERS = z.object({
  ...SEARCH,
  ...PAGE_PARAMETERS,
  briefRepresentation: z.enum(['true', 'false']).optional().describe('`false`: with attributes. Default `true`.'),
});

const LIST = route({
  method: 'GET',
  path: '/users/{id}/groups',
  spec: SPEC,
  summary: 'Groups of which a user is a direct member, by path',
  callers: callersWith('group:read'),
  operation: GroupsOfUser,
  input: { params: USER_PATH, query: LIST_PARAMETERS },
  toVariables: ({ params }) => ({ userId: params.id }),
  reply: {
    status: 200,
    schema: z.array(GROUP),
    from: ({ user }, { query }) =>
      cutPage(matching(presentItems(present(user.groups)), query.search), query).map((group) =>
        showGroup(group, query.briefRepresentation !== 'false'),
      ),
  },
  errors: {
    NOT_FOUND: USER_UNKNOWN,
    INVALID_INPUT: { ...BAD_REQUEST, at: { userId: USER_UNKNOWN, max: PAGE_TOO_LARGE } },
  },
});

const COUNT = route({
  method: 'GET',
  path: '/users/{id}/groups/count',
  spec: SPEC,
  summary: 'Of how many groups a user is a direct member',
  callers: callersWith('group:read'),
  operation: CountGroups,
  input: { params: USER_PATH, query: z.object(SEARCH) },
  toVariables: ({ params }) => ({ userId: params.id }),
  reply: {
    status: 200,
    schema: GROUP_COUNT,
    from: ({ user }, { query }) => ({ count: matching(presentItems(present(user.groups)), query.search).length }),
  },
  errors: { NOT_FOUND: USER_UNKNOWN, INVALID_INPUT: { ...BAD_REQUEST, at: { userId: USER_UNKNOWN } } },
});

/** Refusals of changes; an unknown user is the first to be refused. */
const CHANGE_ERRORS = {
  NOT_FOUND: GROUP_UNKNOWN,
  INVALID_INPUT: { ...GROUP_UNKNOWN, at: { userId: USER_UNKNOWN } },
  GROUP_NOT_FOUND: GROUP_UNKNOWN,
  GROUP_MEMBER_NOT_FOUND: USER_UNKNOWN,
};

const JOIN = route({
  method: 'PUT',
  path: '/users/{id}/groups/{groupId}',
  spec: SPEC,
  summary: 'Makes a user a member of a group',
  callers: callersWith('group-member:write'),
  operation: JoinGroup,
  input: { params: GROUP_PATH },
  toVariables: ({ params }) => ({ userId: params.id, groupId: params.groupId }),
  reply: { status: 204 },
  errors: CHANGE_ERRORS,
});

const LEAVE = route({
  method: 'DELETE',
  path: '/users/{id}/groups/{groupId}',
  spec: SPEC,
  summary: 'Ends the membership of a user in a group',
  callers: callersWith('group-member:write'),
  operation: LeaveGroup,
  input: { params: GROUP_PATH },
  toVariables: ({ params }) => ({ userId: params.id, groupId: params.groupId }),
  reply: { status: 204 },
  errors: CHANGE_ERRORS,
});

/** Groups of users: docs/dialects/kobil.md, section 4.6. */
export const GROUP_ROUTES: readonly Route[] = [LIST, COUNT, JOIN, LEAVE];
