import { z } from 'zod';
import { present, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { toObjectId } from '../../realm-users/object-id.ts';
import {
  ABSENT,
  BAD_REQUEST,
  CHILD_UNKNOWN,
  GROUP_ID_UNKNOWN,
  GROUP_PATH_UNKNOWN,
  PAGE_TOO_LARGE,
  PARENT_UNKNOWN,
  refusedWith,
  takenBy,
  unusable,
} from '../errors.ts';
import {
  ABSENT_GROUP_NAME,
  CHANGED_GROUP,
  GROUP,
  GROUP_COUNT,
  GROUP_FILTER_PARAMETERS,
  groupAccessOf,
  isSearch,
  PLACED_GROUP,
  showHierarchy,
  showTreeGroup,
  toGroupChange,
  toGroupFilter,
  toPlace,
} from '../group.ts';
import {
  ChildGroups,
  CountAllGroups,
  DeleteGroup,
  GroupById,
  GroupByPath,
  ListGroups,
  MembersOfGroup,
  PlaceGroup,
  UpdateGroup,
} from '../operations.generated.ts';
import { assertAll, FIRST_PAGE, toWholeWindow, toWindow, WHOLE_PAGE_PARAMETERS } from '../paging.ts';
import { USER } from '../user.ts';
import { TEXT_OF_PAIRS } from '../user-filter.ts';
import { isBrief, showUsers, USER_LIST_PARAMETERS } from '../user-list.ts';

const SPEC = '4.15';
const FLAG = z.enum(['true', 'false']).optional();
const ID_PATH = z.object({ id: z.string().max(255).describe('Id of the group.') });
const ONE = '/groups/{id}';
const BRIEF = { briefRepresentation: FLAG.describe('`false`: with attributes and roles. Default `true`.') };
const LIST_PARAMETERS = z.object({
  ...GROUP_FILTER_PARAMETERS,
  q: TEXT_OF_PAIRS.describe('Attributes as `name:value`, separated by blanks; either may stand in quotes.'),
  ...BRIEF,
  populateHierarchy: FLAG.describe('`false`: what a search finds is not shown inside the groups above it.'),
  ...WHOLE_PAGE_PARAMETERS,
});

/** What rows that read something of a group answer where there is none. */
const NO_GROUP = { NOT_FOUND: GROUP_ID_UNKNOWN, INVALID_INPUT: GROUP_ID_UNKNOWN };
/** The same, in lists with pages. */
const NO_GROUP_OR_PAGE = {
  NOT_FOUND: GROUP_ID_UNKNOWN,
  INVALID_INPUT: {
    ...BAD_REQUEST,
    at: { groupId: GROUP_ID_UNKNOWN, parentId: GROUP_ID_UNKNOWN, max: PAGE_TOO_LARGE },
  },
};

const LIST = route({
  method: 'GET',
  path: '/groups',
  spec: SPEC,
  summary: 'Groups at the top of the tree, or those that a search finds at whatever place',
  callers: callersWith('group:read'),
  operation: ListGroups,
  input: { query: LIST_PARAMETERS },
  toVariables: ({ query }) => ({
    ...toWholeWindow(query),
    filter: { ...toGroupFilter(query), topOnly: !isSearch(query) },
    isBrief: query.briefRepresentation !== 'false',
    isFlat: !isSearch(query) || query.populateHierarchy === 'false',
  }),
  reply: {
    status: 200,
    schema: z.array(GROUP),
    from: ({ groups, viewer }, { query }) => {
      assertAll(query, groups.totalCount ?? 0);
      return showHierarchy(presentItems(groups.nodes), groupAccessOf(viewer));
    },
  },
  errors: { INVALID_INPUT: { ...BAD_REQUEST, at: { max: PAGE_TOO_LARGE } } },
});

const COUNT = route({
  method: 'GET',
  path: '/groups/count',
  spec: SPEC,
  summary: 'How many groups there are in the tree; at most 100,000 are counted',
  callers: callersWith('group:read'),
  operation: CountAllGroups,
  input: {
    query: z.object({
      search: GROUP_FILTER_PARAMETERS.search,
      top: FLAG.describe('`true`: only groups at the top, where nothing is searched.'),
    }),
  },
  toVariables: ({ query }) => ({
    after: FIRST_PAGE,
    filter: { ...toGroupFilter(query), topOnly: query.top === 'true' && !isSearch(query) },
  }),
  reply: { status: 200, schema: GROUP_COUNT, from: ({ groups }) => ({ count: present(groups.totalCount) }) },
  errors: { INVALID_INPUT: BAD_REQUEST },
});

const GET = route({
  method: 'GET',
  path: ONE,
  spec: SPEC,
  summary: 'A group with its attributes and roles',
  callers: callersWith('group:read'),
  operation: GroupById,
  input: { params: ID_PATH },
  toVariables: ({ params }) => ({ groupId: params.id }),
  reply: {
    status: 200,
    schema: GROUP,
    from: ({ group, viewer }) => showTreeGroup(group, groupAccessOf(viewer)),
  },
  errors: NO_GROUP,
});

const GET_BY_PATH = route({
  method: 'GET',
  path: '/group-by-path/{path*}',
  spec: SPEC,
  summary: 'The group at a path in the tree, ignoring case',
  callers: callersWith('group:read'),
  operation: GroupByPath,
  input: { params: z.object({ path: z.string() }) },
  toVariables: ({ params }) => ({ path: params.path }),
  reply: {
    status: 200,
    schema: GROUP,
    from: ({ group, viewer }) => showTreeGroup(group, groupAccessOf(viewer)),
  },
  errors: { NOT_FOUND: GROUP_PATH_UNKNOWN, INVALID_INPUT: GROUP_PATH_UNKNOWN },
});

/** Refusals of groups that are made, moved or changed. */
const changeErrors = (text: string, kin: 'Top level' | 'Sibling') => ({
  INVALID_INPUT: { ...unusable(text), at: { groupId: GROUP_ID_UNKNOWN, parentId: PARENT_UNKNOWN } },
  GROUP_NAME_TAKEN: takenBy('name', (name) => `${kin} group named '${name}' already exists.`),
  GROUP_NAME_INVALID: unusable(text),
  GROUP_PARENT_NOT_FOUND: PARENT_UNKNOWN,
  GROUP_PARENT_INVALID: refusedWith(400, text),
  GROUP_TOO_DEEP: refusedWith(400, text),
});

const NOT_PLACED = 'Could not create group';

/** What the rows that make or move a group have in common. */
const place = (kin: 'Top level' | 'Sibling') => ({
  method: 'POST' as const,
  spec: SPEC,
  callers: callersWith('group:create'),
  operation: PlaceGroup,
  shapeErrors: { [ABSENT_GROUP_NAME]: ABSENT.group },
  errors: {
    ...changeErrors(NOT_PLACED, kin),
    NOT_FOUND: CHILD_UNKNOWN,
    GROUP_KEY_TAKEN: refusedWith(400, NOT_PLACED),
    GROUP_PROFILE_INVALID: refusedWith(400, NOT_PLACED),
  },
});

const MOVED = 'A group that exists was moved.';

/** The address of a group that was made; none of one that was moved. */
const addressOf = (made: { readonly group: { readonly id: string } | null } | undefined, baseUrl: string) =>
  made?.group == null ? {} : { Location: `${baseUrl}/groups/${toObjectId(made.group.id)}` };

const CREATE = route({
  ...place('Top level'),
  path: '/groups',
  summary: 'Makes a group at the top of the tree, whose address is in `Location`, or moves one there',
  input: { body: PLACED_GROUP },
  toVariables: ({ body }) => toPlace(body, null),
  reply: {
    status: 201,
    headers: ({ createGroup }, { baseUrl }) => addressOf(createGroup, baseUrl),
    from: ({ createGroup }) => (createGroup === undefined ? null : {}),
    orEmpty: MOVED,
  },
});

const CREATE_CHILD = route({
  ...place('Sibling'),
  path: `${ONE}/children`,
  summary: 'Makes a group below a group, or moves one there',
  input: { params: ID_PATH, body: PLACED_GROUP },
  toVariables: ({ params, body }) => toPlace(body, params.id),
  reply: {
    status: 201,
    schema: GROUP,
    headers: ({ createGroup }, { baseUrl }) => addressOf(createGroup, baseUrl),
    from: ({ createGroup }) => (createGroup === undefined ? null : showTreeGroup(present(createGroup.group))),
    orEmpty: MOVED,
  },
});

const UPDATE = route({
  method: 'PUT',
  path: ONE,
  spec: SPEC,
  summary: 'Changes the name of a group; attributes that are sent replace all that there are',
  callers: callersWith('group:write'),
  operation: UpdateGroup,
  input: { params: ID_PATH, body: CHANGED_GROUP },
  toVariables: ({ params, body }) => ({ groupId: params.id, ...toGroupChange(body) }),
  reply: { status: 204 },
  shapeErrors: { [ABSENT_GROUP_NAME]: ABSENT.group },
  errors: { ...changeErrors('Could not update group', 'Sibling'), NOT_FOUND: GROUP_ID_UNKNOWN },
});

const DELETE = route({
  method: 'DELETE',
  path: ONE,
  spec: SPEC,
  summary: 'Deletes a group with all groups below it',
  callers: callersWith('group:delete'),
  operation: DeleteGroup,
  input: { params: ID_PATH },
  toVariables: ({ params }) => ({ groupId: params.id }),
  reply: { status: 204 },
  errors: NO_GROUP,
});

const CHILDREN = route({
  method: 'GET',
  path: `${ONE}/children`,
  spec: SPEC,
  summary: 'Groups directly below a group',
  callers: callersWith('group:read'),
  operation: ChildGroups,
  input: {
    params: ID_PATH,
    query: z.object({ ...GROUP_FILTER_PARAMETERS, ...BRIEF, ...WHOLE_PAGE_PARAMETERS }),
  },
  toVariables: ({ params, query }) => ({
    ...toWholeWindow(query),
    groupId: params.id,
    filter: { ...toGroupFilter(query), parentId: params.id },
    isBrief: query.briefRepresentation !== 'false',
  }),
  reply: {
    status: 200,
    schema: z.array(GROUP),
    from: ({ groups, viewer }, { query }) => {
      assertAll(query, groups.totalCount ?? 0);
      return showHierarchy(presentItems(groups.nodes), groupAccessOf(viewer));
    },
  },
  errors: NO_GROUP_OR_PAGE,
});

const MEMBERS = route({
  method: 'GET',
  path: `${ONE}/members`,
  spec: SPEC,
  summary: 'Users who are direct members of a group, by username',
  callers: callersWith('user:read'),
  operation: MembersOfGroup,
  input: { params: ID_PATH, query: z.object(USER_LIST_PARAMETERS) },
  toVariables: ({ params, query }) => ({ ...toWindow(query), groupId: params.id, isBrief: isBrief(query) }),
  reply: {
    status: 200,
    schema: z.array(USER),
    from: (data, { query }) => showUsers(data, query),
  },
  errors: NO_GROUP_OR_PAGE,
});

/** Groups: docs/dialects/kobil.md, section 4.15. */
export const GROUP_TREE_ROUTES: readonly Route[] = [
  LIST,
  COUNT,
  CREATE,
  GET,
  UPDATE,
  DELETE,
  CHILDREN,
  CREATE_CHILD,
  MEMBERS,
  GET_BY_PATH,
];
