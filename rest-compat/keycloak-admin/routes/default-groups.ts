import { z } from 'zod';
import { presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { GROUP_UNKNOWN, refusedWith } from '../errors.ts';
import { GROUP, groupAccessOf, showTreeGroup } from '../group.ts';
import { AddDefaultGroup, DefaultGroups, RemoveDefaultGroup } from '../operations.generated.ts';

const SPEC = '4.15';
const GROUP_PATH = z.object({ groupId: z.string().max(255) });

const LIST = route({
  method: 'GET',
  path: '/default-groups',
  spec: SPEC,
  summary: 'Groups that new users join, by path',
  callers: callersWith('group:read'),
  operation: DefaultGroups,
  reply: {
    status: 200,
    schema: z.array(GROUP),
    from: ({ groups, viewer }) => presentItems(groups).map((group) => showTreeGroup(group, groupAccessOf(viewer))),
  },
});

const ADD = route({
  method: 'PUT',
  path: '/default-groups/{groupId}',
  spec: SPEC,
  summary: 'Lets new users join a group',
  callers: callersWith('setting:write'),
  operation: AddDefaultGroup,
  input: { params: GROUP_PATH },
  toVariables: ({ params }) => ({ groupId: params.groupId }),
  reply: { status: 204 },
  errors: {
    NOT_FOUND: GROUP_UNKNOWN,
    INVALID_INPUT: { ...refusedWith(400, 'A realm has at most 50 default groups'), at: { groupId: GROUP_UNKNOWN } },
  },
});

const REMOVE = route({
  method: 'DELETE',
  path: '/default-groups/{groupId}',
  spec: SPEC,
  summary: 'Lets new users no longer join a group',
  callers: callersWith('setting:write'),
  operation: RemoveDefaultGroup,
  input: { params: GROUP_PATH },
  toVariables: ({ params }) => ({ groupId: params.groupId }),
  reply: { status: 204 },
  errors: { NOT_FOUND: GROUP_UNKNOWN, INVALID_INPUT: GROUP_UNKNOWN },
});

/** Groups that new users join: docs/dialects/kobil.md, section 4.15. */
export const DEFAULT_GROUP_ROUTES: readonly Route[] = [LIST, ADD, REMOVE];
