import type { z } from 'zod';
import { positionCursor } from '../../../src/kernel/index.ts';
import { lookup, presentItems } from '../../engine/index.ts';
import { FindScimGroups, type ListScimGroupsData } from '../operations.generated.ts';
import { listResponse } from './discovery.ts';
import { type ShownGroup, toGroupResource } from './group-mapping.ts';
import { GROUP_KIND } from './group-schema.ts';
import { asksAbout, type LIST_QUERY, type ListQuery, readListQuery } from './list-query.ts';
import { ALL_GROUPS, narrowGroups, withoutMember } from './narrow-groups.ts';
import { isShown, projectResource } from './projection.ts';
import { ScimRefusal } from './refusal.ts';
import { meetsFilter } from './resolved-filter.ts';
import { MAX_LOOKED_AT } from './shapes.ts';

/** Members of all groups of a page, and groups inside them: what the graph lists together. */
const MAX_MEMBERS_TOGETHER = 250_000;
const MAX_NESTED_TOGETHER = 40_000;
/** The same of one group. */
const MAX_MEMBERS = 10_000;
const MAX_NESTED = 1000;

type Query = z.output<typeof LIST_QUERY>;
type Found = Pick<NonNullable<ListScimGroupsData['found']>, 'nodes' | 'pageInfo'>;

/** The groups among which those are that meet the filter; none are looked for without one. */
export const candidates = lookup({
  operation: FindScimGroups,
  toVariables: ({ query }: { readonly query: Query }) => {
    const { filter } = readListQuery(GROUP_KIND, query);
    return filter === null ? { first: 0, filter: ALL_GROUPS } : { first: MAX_LOOKED_AT, filter: narrowGroups(filter) };
  },
  from: ({ groups }) => groups,
});

/**
 * The groups of those found that meet the filter.
 * @throws ScimRefusal tooMany: no index answers the filter, or it asks about members in another way than by `eq`.
 */
function meeting({ filter }: ListQuery, { nodes, pageInfo }: Found): readonly ShownGroup[] {
  if (filter === null) return [];
  if (pageInfo.hasNextPage)
    throw new ScimRefusal('tooMany', `No index answers the filter, and there are more than ${MAX_LOOKED_AT} groups.`);
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

/** The page of those that meet the filter. */
const pageOf = ({ startIndex, count }: ListQuery, met: readonly ShownGroup[]): readonly ShownGroup[] =>
  met.slice(startIndex - 1, startIndex - 1 + count);

/** The variables of the document that lists groups. @throws ScimRefusal */
export function toListVariables(query: Query, found: Found) {
  const asked = readListQuery(GROUP_KIND, query);
  const { startIndex, count, filter, projection } = asked;
  const groupIds = pageOf(asked, meeting(asked, found)).map(({ id }) => id);
  return {
    lookedAt: MAX_LOOKED_AT,
    filter: filter === null ? ALL_GROUPS : narrowGroups(filter),
    isFiltered: filter !== null,
    first: count,
    after: filter === null ? positionCursor(startIndex - 1) : null,
    pageFilter: filter === null ? ALL_GROUPS : { ...ALL_GROUPS, groupIds },
    isCounted: filter === null,
    withMembers: isShown(projection, 'members'),
    ...boundsOf(asked),
  };
}

/** A list as it is answered. @throws ScimRefusal tooMany: a group has more members than a list of so many groups shows. */
export function showGroups({ found, page }: ListScimGroupsData, query: Query, base: string) {
  const asked = readListQuery(GROUP_KIND, query);
  const { startIndex, count, projection } = asked;
  const groups: readonly ShownGroup[] = presentItems(page.nodes);
  const { members, nested } = boundsOf(asked);
  if (groups.some(({ memberIds, nestedGroups }) => isFull(memberIds, members) || isFull(nestedGroups, nested)))
    throw new ScimRefusal('tooMany', `A list of ${count} groups shows fewer than ${members} members of each.`);
  const total = found === undefined ? (page.totalCount ?? 0) : meeting(asked, found).length;
  const shown = groups.map((group) => projectResource(toGroupResource(group, base), projection));
  return listResponse(total, startIndex, count === 0 ? null : shown);
}

const isFull = (list: readonly unknown[] | null | undefined, bound: number): boolean => (list?.length ?? 0) >= bound;
