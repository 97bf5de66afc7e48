import { z } from 'zod';
import { present, presentItems, type Route, route } from '../../engine/index.ts';
import { GROUP, GROUP_ID, group, groupVariables, PROFILE, TREE_PROFILE } from '../group.ts';
import { instanceIdOf, subjectIdOf } from '../identifiers.ts';
import {
  AddGroupMembers,
  CreateGroup,
  DeleteGroup,
  Group,
  GroupMembers,
  Groups,
  RemoveGroupMembers,
  UpdateGroup,
} from '../operations.generated.ts';
import { MAX_FOUND } from '../quirks.ts';
import { GROUP_FIELDS, searchOf, searchParameter } from '../search.ts';

const CALLERS = { bearer: { app: ['blitz_groups'] } } as const;
const GROUP_PATH = z.object({ id: GROUP_ID });
const OF_PROFILE = z.object({ profile: PROFILE.optional() });
const EXPAND = z.enum(['true', 'false']).optional();

/** A member that must not be sent, whatever its value. */
const NEVER = z.never('It is not part of a change.').optional();
const UNMODIFIABLE = ['id', 'instanceId', 'profile'] as const;

const POS = {
  'input.key': 'id',
  'input.attributes.*': '*',
  'input.attributes': '',
  'input.userId': 'subjectId',
  'input.userIds': 'subjectId',
  // The path of an item that is neither a text nor an object.
  '': 'subjectId',
};

const ONLY_ORGANISATIONS = { field: 'PROFILE', operator: 'NE', value: TREE_PROFILE } as const;

/** Makes the variables of a search, which excludes the groups of the tree; without a profile it covers all organisations. */
function searchVariables({ profile, rql }: { profile?: string | undefined; rql?: string | undefined }) {
  const { anyOf, limit } = rql === undefined ? { anyOf: null, limit: null } : searchOf(rql, GROUP_FIELDS);
  const alternatives = (anyOf ?? [{ allOf: [] }]).map(({ allOf }) => ({ allOf: [...allOf, ONLY_ORGANISATIONS] }));
  return { profile, anyOf: alternatives, first: Math.min(limit ?? MAX_FOUND, MAX_FOUND) };
}

const MEMBERS = z.array(z.union([z.string(), z.object({ subjectId: z.string() })])).max(1000);

const memberVariables = (id: string, profile: string | undefined, members: z.output<typeof MEMBERS>) => ({
  ...groupVariables(id, profile),
  userIds: members.map((member) => subjectIdOf(typeof member === 'string' ? member : member.subjectId)),
});

/** Organisations: docs/dialects/blitz.md, section 2.19. */
export const GROUP_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v2/grps/{id}',
    spec: '2.19 (49)',
    summary: 'A group',
    callers: CALLERS,
    operation: Group,
    input: {
      params: GROUP_PATH,
      query: OF_PROFILE.extend({ expand: EXPAND.describe('All attributes. Default true.') }),
    },
    toVariables: ({ params, query }) => groupVariables(params.id, query.profile),
    reply: {
      status: 200,
      schema: GROUP,
      from: (data, { query }) => group(data.group, query.expand !== 'false'),
    },
  }),
  route({
    method: 'GET',
    path: '/api/v2/grps',
    spec: '2.19 (50)',
    summary: 'Groups that a condition finds, oldest first',
    callers: CALLERS,
    operation: Groups,
    input: {
      query: OF_PROFILE.extend({
        rql: searchParameter(GROUP_FIELDS).optional(),
        expand: EXPAND.describe('All attributes, not the ids alone. Default false.'),
      }),
    },
    toVariables: ({ query }) => searchVariables(query),
    reply: {
      status: 200,
      schema: z.array(GROUP),
      from: ({ groups }, { query }) => presentItems(groups.nodes).map((each) => group(each, query.expand === 'true')),
    },
    pos: { 'filter.anyOf': 'rql' },
  }),
  route({
    method: 'POST',
    path: '/api/v2/grps',
    spec: '2.19 (51)',
    summary: 'Makes a group',
    callers: CALLERS,
    operation: CreateGroup,
    input: {
      query: OF_PROFILE,
      body: z.looseObject({
        id: z
          .string()
          .regex(/^(?!Z3JwO)\P{C}{1,255}$/u)
          .optional()
          .describe('Unique in its profile. Default: a generated one.'),
        profile: PROFILE.optional(),
        name: z.string(),
        instanceId: NEVER,
      }),
    },
    toVariables: ({ query, body: { id, profile, name, instanceId: _instanceId, ...attributes } }) => ({
      key: id,
      // Without a profile the graph would put the group into the tree.
      profile: profile ?? query.profile ?? '',
      name,
      attributes,
    }),
    reply: {
      status: 200,
      schema: GROUP,
      from: ({ createGroup }) => group(present(createGroup.group), true),
    },
    pos: POS,
    shapeErrors: { instanceId: 'unmodifiable' },
  }),
  route({
    method: 'POST',
    path: '/api/v2/grps/{id}',
    spec: '2.19 (52)',
    summary: 'Changes attributes of a group; others do not change, `null` clears one',
    callers: CALLERS,
    operation: UpdateGroup,
    input: {
      params: GROUP_PATH,
      query: OF_PROFILE,
      body: z.looseObject({
        name: z.string().optional(),
        ...Object.fromEntries(UNMODIFIABLE.map((name) => [name, NEVER])),
      }),
    },
    toVariables: ({ params, query, body: { name, ...attributes } }) => ({
      ...groupVariables(params.id, query.profile),
      name,
      attributes,
    }),
    reply: {
      status: 200,
      schema: GROUP,
      from: ({ updateGroup }) => group(present(updateGroup.group), true),
    },
    pos: POS,
    shapeErrors: Object.fromEntries(UNMODIFIABLE.map((name) => [name, 'unmodifiable'])),
  }),
  route({
    method: 'DELETE',
    path: '/api/v2/grps/{id}',
    spec: '2.19 (53)',
    summary: 'Deletes a group',
    callers: CALLERS,
    operation: DeleteGroup,
    input: { params: GROUP_PATH, query: OF_PROFILE },
    toVariables: ({ params, query }) => groupVariables(params.id, query.profile),
    reply: { status: 204 },
  }),
  route({
    method: 'GET',
    path: '/api/v2/grps/{id}/members',
    spec: '2.19 (54)',
    summary: 'Members of a group, by id',
    callers: CALLERS,
    operation: GroupMembers,
    input: { params: GROUP_PATH, query: OF_PROFILE },
    toVariables: ({ params, query }) => groupVariables(params.id, query.profile),
    reply: {
      status: 200,
      schema: z.array(z.object({ subjectId: z.string(), instanceId: z.string() })),
      from: (data) =>
        present(data.group.memberIds).map((subjectId) => ({ subjectId, instanceId: instanceIdOf(subjectId) })),
    },
  }),
  ...(
    [
      ['add', '2.19 (55)', 'Adds users to a group; existing members stay members', AddGroupMembers],
      ['rm', '2.19 (56)', 'Removes users from a group; users who are not members are ignored', RemoveGroupMembers],
    ] as const
  ).map(([path, spec, summary, operation]) =>
    route({
      method: 'POST',
      path: `/api/v2/grps/{id}/members/${path}`,
      spec,
      summary,
      callers: CALLERS,
      operation,
      input: { params: GROUP_PATH, query: OF_PROFILE, body: MEMBERS },
      toVariables: ({ params, query, body }) => memberVariables(params.id, query.profile, body),
      reply: { status: 204 },
      pos: { ...POS, 'input.userIds': 'subjectId' },
    }),
  ),
];
