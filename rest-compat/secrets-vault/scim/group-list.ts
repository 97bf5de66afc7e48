import type { z } from 'zod';
import { lookup, present, presentItems } from '../../engine/index.ts';
import {
  FindScimGroups,
  type FindScimGroupsData,
  type ListScimGroupsData,
  type ScimGroup,
} from '../operations.generated.ts';
import { MAX_MEMBERS, MAX_NESTED, type ShownGroup, toGroupResource } from './group-mapping.ts';
import { GROUP_KIND } from './group-schema.ts';
import { pageOf, partOf, showPage, tooMany, totalOf } from './list-page.ts';
import { asksAbout, type LIST_QUERY, type ListQuery, readListQuery } from './list-query.ts';
import { ALL_GROUPS, narrowGroups, withoutMember } from './narrow-groups.ts';
import { isShown } from './projection.ts';
import { ScimRefusal } from './refusal.ts';
import { meetsFilter } from './resolved-filter.ts';
import { MAX_LOOKED_AT } from './shapes.ts';

/** Members of all groups of a page, and groups inside them: what the graph lists together. */
const MAX_MEMBERS_TOGETHER = 250_000;
const MAX_NESTED_TOGETHER = 40_000;

type Query = z.output<typeof LIST_QUERY>;

/** The groups that meet the filter, oldest first; none are looked for without one. */
export const met = lookup({
  operation: FindScimGroups,
  toVariables: ({ query }: { readonly query: Query }) => {
    const { filter } = readListQuery(GROUP_KIND, query);
    return filter === null ? { first: 0, filter: ALL_GROUPS } : { first: MAX_LOOKED_AT, filter: narrowGroups(filter) };
  },
  from: ({ groups }, { query }) => meeting(readListQuery(GROUP_KIND, query), present(groups)),
});

/**
 * The groups of those found that meet the filter.
 * @throws ScimRefusal tooMany: no index answers the filter, or it asks about members in another way than by `eq`.
 */
function meeting({ filter }: ListQuery, { nodes, pageInfo }: FindScimGroupsData['groups']): readonly ScimGroup[] {
  if (filter === null) return [];
  if (pageInfo.hasNextPage) throw tooMany('groups', MAX_LOOKED_AT);
  const { memberId } = narrowGroups(filter);
  const asked = memberId == null ? filter : withoutMember(filter, memberId);
  if (asksAbout(asked, 'members'))
    throw new ScimRefusal('tooMany', 'Groups are found by one member, with "eq", and not by others.');
  return presentItems(nodes).filter((group) => meetsFilter(asked, toGroupResource(group, '')));
}

/** How many members of each group of a page are listed, and how many groups inside it. */
const boundsOf = ({ count }: ListQuery) => ({
  members: Math.min(MAX_MEMBERS, Math.floor(MAX_MEMBERS_TOGETHER / Math.max(1, count))),
  nested: Math.min(MAX_NESTED, Math.floor(MAX_NESTED_TOGETHER / Math.max(1, count))),
});

/** The variables of the document that lists groups. @param found Those that meet the filter. @throws ScimRefusal */
export function toListVariables(query: Query, found: readonly ScimGroup[]) {
  const asked = readListQuery(GROUP_KIND, query);
  const { filter, projection } = asked;
  const groupIds = pageOf(asked, found).map(({ id }) => id);
  return {
    ...partOf(asked),
    filter: filter === null ? ALL_GROUPS : { ...ALL_GROUPS, groupIds },
    withMembers: isShown(projection, 'members'),
    ...boundsOf(asked),
  };
}

/**
 * A list as it is answered.
 * @param found The groups that meet the filter.
 * @throws ScimRefusal tooMany: a group has more members than a list of so many groups shows.
 */
export function showGroups({ groups }: ListScimGroupsData, query: Query, base: string, found: readonly ScimGroup[]) {
  const asked = readListQuery(GROUP_KIND, query);
  const { count } = asked;
  const listed: readonly ShownGroup[] = presentItems(groups.nodes);
  const { members, nested } = boundsOf(asked);
  if (listed.some(({ memberIds, nestedGroups }) => isFull(memberIds, members) || isFull(nestedGroups, nested)))
    throw new ScimRefusal('tooMany', `A list of ${count} groups shows fewer than ${members} members of each.`);
  return showPage(
    asked,
    totalOf(asked, groups.totalCount, found),
    listed.map((group) => toGroupResource(group, base)),
  );
}

const isFull = (list: readonly unknown[] | null | undefined, bound: number): boolean => (list?.length ?? 0) >= bound;
