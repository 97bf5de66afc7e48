import { z } from 'zod';
import { AS_ITS_KIND, type ParsedRequest, present, type Route, route } from '../../engine/index.ts';
import { toObjectId } from '../../realm-users/object-id.ts';
import {
  ChangeScimGroup,
  CreateScimGroup,
  DeleteScimGroup,
  ListScimGroups,
  ReadScimGroup,
} from '../operations.generated.ts';
import { SCIM_LIMIT, scimCallers } from './callers.ts';
import { scim } from './errors.ts';
import { met, showGroups, toListVariables } from './group-list.ts';
import { MAX_MEMBERS, MAX_NESTED, memberIdsOf, nameFor, type ShownGroup, toGroupResource } from './group-mapping.ts';
import { GROUP_KIND } from './group-schema.ts';
import { LIST_QUERY, PROJECTION_QUERY, projectionOf } from './list-query.ts';
import { locationOf } from './location.ts';
import { patchGroup } from './member-patch.ts';
import { readPatch } from './patch.ts';
import { isShown, projectResource } from './projection.ts';
import { ScimRefusal } from './refusal.ts';
import { readResource } from './resource.ts';
import { BODY, LIST, RESOURCE } from './shapes.ts';
import { storedGroup } from './stored-group.ts';

/** Most members that the answer to a change by operations has: clients send many of these to large groups. */
const MAX_PATCHED = 200;

const PATH = z.object({ group_id: z.string().describe('The id of the group.') });
type Projected = z.output<typeof PROJECTION_QUERY>;
type Asked = Pick<ParsedRequest, 'baseUrl'> & { readonly query: Projected };

const show = (group: ShownGroup, { baseUrl, query }: Asked) =>
  projectResource(toGroupResource(group, baseUrl), projectionOf(GROUP_KIND, query)) as z.input<typeof RESOURCE>;

const showsMembers = (query: Projected): boolean => isShown(projectionOf(GROUP_KIND, query), 'members');

const POS = { 'input.name': 'displayName', 'input.members': 'members', 'input.nestedGroupIds': 'members' };

/** Somebody who is no user and no group is a faulty value, and no missing resource. */
const MEMBER_UNKNOWN = scim(400, 'invalidValue', 'A member is neither a user nor a group of the tenant.');

const OF_VALUES = {
  GROUP_NAME_TAKEN: AS_ITS_KIND,
  GROUP_NAME_INVALID: AS_ITS_KIND,
  GROUP_MEMBER_NOT_FOUND: MEMBER_UNKNOWN,
  GROUP_PARENT_INVALID: AS_ITS_KIND,
  GROUP_TOO_DEEP: AS_ITS_KIND,
  ACCOUNT_GUARDED: AS_ITS_KIND,
} as const;

const OF_CHANGES = {
  ...OF_VALUES,
  GROUP_KEY_AMBIGUOUS: AS_ITS_KIND,
  PERMISSION_ESCALATION: AS_ITS_KIND,
  ADMINISTRATOR_LAST: AS_ITS_KIND,
} as const;

const CREATE = route({
  method: 'POST',
  path: '/Groups',
  spec: 'section 9 (SCIM-13)',
  summary: 'Makes a group with its members',
  callers: scimCallers('group:create'),
  rateLimit: SCIM_LIMIT,
  operation: CreateScimGroup,
  input: { query: PROJECTION_QUERY, body: BODY },
  toVariables: ({ body, query }) => {
    const resource = readResource(GROUP_KIND, body);
    return {
      name: String(resource['displayName']),
      externalId: (resource['externalId'] as string | undefined) ?? null,
      members: memberIdsOf(resource),
      withMembers: showsMembers(query),
    };
  },
  reply: {
    status: 201,
    schema: RESOURCE,
    from: ({ provisionGroup }, request) => show(present(provisionGroup.group), request),
    headers: ({ provisionGroup }, { baseUrl }) => ({
      Location: locationOf(baseUrl, 'Group', toObjectId(present(provisionGroup.group).id)),
    }),
  },
  pos: POS,
  errors: OF_VALUES,
});

const LIST_GROUPS = route({
  method: 'GET',
  path: '/Groups',
  spec: 'section 9 (SCIM-14)',
  summary: 'Groups, oldest first',
  callers: scimCallers('group:read'),
  rateLimit: SCIM_LIMIT,
  operation: ListScimGroups,
  input: { query: LIST_QUERY },
  lookups: { met },
  toVariables: ({ query }, found) => toListVariables(query, found.met),
  reply: {
    status: 200,
    schema: LIST,
    from: (data, { baseUrl, query }, found) => showGroups(data, query, baseUrl, found.met),
  },
});

const REPLACE = route({
  method: 'PUT',
  path: '/Groups/{group_id}',
  spec: 'section 9 (SCIM-15)',
  summary: 'Replaces the name and the members of a group',
  callers: scimCallers('group:write'),
  rateLimit: SCIM_LIMIT,
  operation: ChangeScimGroup,
  input: { params: PATH, query: PROJECTION_QUERY, body: BODY },
  lookups: { storedGroup },
  toVariables: ({ body, params, query }, found) => {
    const resource = readResource(GROUP_KIND, body);
    return {
      groupId: params.group_id,
      name: nameFor(found.storedGroup, String(resource['displayName'])),
      externalId: (resource['externalId'] as string | undefined) ?? null,
      members: memberIdsOf(resource),
      replaceMembers: true,
      withMembers: showsMembers(query),
      shownMembers: MAX_MEMBERS,
      shownGroups: MAX_NESTED,
    };
  },
  reply: {
    status: 200,
    schema: RESOURCE,
    from: ({ configureGroup }, request) => show(present(configureGroup.group), request),
  },
  pos: POS,
  errors: OF_CHANGES,
});

/** A group as operations leave it; null: it has more members than such an answer has. */
function showPatched(group: ShownGroup, request: Asked) {
  const { memberIds, nestedGroups } = group;
  const count = (memberIds ?? []).length + (nestedGroups ?? []).length;
  return count > MAX_PATCHED ? null : show(group, request);
}

const PATCH = route({
  method: 'PATCH',
  path: '/Groups/{group_id}',
  spec: 'section 9 (SCIM-16)',
  summary: 'Changes a group by operations, all or none',
  callers: scimCallers('group:write'),
  rateLimit: SCIM_LIMIT,
  operation: ChangeScimGroup,
  input: { params: PATH, query: PROJECTION_QUERY, body: BODY },
  lookups: { storedGroup },
  toVariables: ({ baseUrl, body, params, query }, found) => {
    const before = toGroupResource(found.storedGroup, baseUrl);
    const { resource, members, removedMembers, replaceMembers } = patchGroup(before, readPatch(body));
    return {
      groupId: params.group_id,
      ...(resource['displayName'] === before['displayName']
        ? {}
        : { name: nameFor(found.storedGroup, String(resource['displayName'])) }),
      ...(resource['externalId'] === before['externalId']
        ? {}
        : { externalId: (resource['externalId'] as string | undefined) ?? null }),
      members,
      removedMembers,
      replaceMembers,
      withMembers: showsMembers(query),
      shownMembers: MAX_PATCHED + 1,
      shownGroups: MAX_PATCHED + 1,
    };
  },
  reply: {
    status: 200,
    schema: RESOURCE,
    from: ({ configureGroup }, request) => showPatched(present(configureGroup.group), request),
    orEmpty: `The group has more than ${MAX_PATCHED} members.`,
  },
  pos: POS,
  errors: OF_CHANGES,
});

const READ = route({
  method: 'GET',
  path: '/Groups/{group_id}',
  spec: 'section 9 (SCIM-17)',
  summary: 'A group',
  callers: scimCallers('group:read'),
  rateLimit: SCIM_LIMIT,
  operation: ReadScimGroup,
  input: { params: PATH, query: PROJECTION_QUERY },
  toVariables: ({ params, query }) => ({ groupId: params.group_id, withMembers: showsMembers(query) }),
  reply: {
    status: 200,
    schema: RESOURCE,
    from: ({ group }, request) => {
      if (group.members?.isTotalCountExact === false)
        throw new ScimRefusal('tooMany', `The group has more than ${MAX_MEMBERS} members: exclude "members".`);
      return show(group, request);
    },
  },
  errors: { GROUP_KEY_AMBIGUOUS: AS_ITS_KIND },
});

const DELETE = route({
  method: 'DELETE',
  path: '/Groups/{group_id}',
  spec: 'section 9 (SCIM-18)',
  summary: 'Deletes a group, with those below it; their members stay',
  callers: scimCallers('group:delete'),
  rateLimit: SCIM_LIMIT,
  operation: DeleteScimGroup,
  input: { params: PATH },
  toVariables: ({ params }) => ({ groupId: params.group_id }),
  reply: { status: 204 },
  errors: { GROUP_KEY_AMBIGUOUS: AS_ITS_KIND, ACCOUNT_GUARDED: AS_ITS_KIND, ADMINISTRATOR_LAST: AS_ITS_KIND },
});

/** Groups: docs/dialects/secrets-vault.md, section 9. */
export const GROUP_ROWS: readonly Route[] = [CREATE, LIST_GROUPS, REPLACE, PATCH, READ, DELETE];
