import type { z } from 'zod';
import { lookup, present, presentItems } from '../../engine/index.ts';
import { FindScimUsers, type FindScimUsersData, type ListScimUsersData } from '../operations.generated.ts';
import { pageOf, partOf, showPage, tooMany, totalOf } from './list-page.ts';
import { asksAbout, type LIST_QUERY, type ListQuery, readListQuery } from './list-query.ts';
import { NOBODY, narrowUsers } from './narrow-users.ts';
import { isShown, type Projection } from './projection.ts';
import { meetsFilter, type ResolvedFilter } from './resolved-filter.ts';
import { MAX_LOOKED_AT } from './shapes.ts';
import { toUserResource } from './user-mapping.ts';
import { USER_KIND } from './user-schema.ts';

/** Most users whose addresses a filter looks at: a user has up to 320,000 characters of them, so many have 64 MB. */
const MAX_WITH_ADDRESSES = 200;

type Query = z.output<typeof LIST_QUERY>;

/** Which lists of a user an answer has; each takes a statement. */
export const shownLists = (projection: Projection) => ({
  withGroups: isShown(projection, 'groups'),
  withAddresses: isShown(projection, 'addresses'),
});

/** Which lists of a user a filter looks at. */
const askedLists = (filter: ResolvedFilter) => ({
  withGroups: asksAbout(filter, 'groups'),
  withAddresses: asksAbout(filter, 'addresses'),
});

/** How many users a filter looks at. */
const mostLookedAt = (filter: ResolvedFilter): number =>
  asksAbout(filter, 'addresses') ? MAX_WITH_ADDRESSES : MAX_LOOKED_AT;

/** Ids of the users that meet the filter, oldest first; nobody is looked for without one. */
export const met = lookup({
  operation: FindScimUsers,
  toVariables: ({ query }: { readonly query: Query; readonly baseUrl: string }) => {
    const { filter } = readListQuery(USER_KIND, query);
    if (filter === null) return { first: 0, filter: NOBODY, withGroups: false, withAddresses: false };
    return { first: mostLookedAt(filter), filter: narrowUsers(filter), ...askedLists(filter) };
  },
  from: ({ users }, { query, baseUrl }) => meeting(readListQuery(USER_KIND, query), present(users), baseUrl),
});

/**
 * Ids of the users found that meet the filter.
 * @throws ScimRefusal tooMany: no index answers the filter.
 */
function meeting({ filter }: ListQuery, { nodes, pageInfo }: FindScimUsersData['users'], base: string): string[] {
  if (filter === null) return [];
  if (pageInfo.hasNextPage) throw tooMany('users', mostLookedAt(filter));
  const users = presentItems(nodes).filter((user) => meetsFilter(filter, toUserResource(user, base)));
  return users.map(({ subject }) => subject);
}

/** The variables of the document that lists users. @param found Ids of those that meet the filter. @throws ScimRefusal */
export function toListVariables(query: Query, found: readonly string[]) {
  const asked = readListQuery(USER_KIND, query);
  const { filter, projection } = asked;
  return {
    ...partOf(asked),
    filter: filter === null ? null : { userIds: pageOf(asked, found) },
    ...shownLists(projection),
  };
}

/** A list as it is answered. @param found Ids of the users that meet the filter. */
export function showUsers({ users }: ListScimUsersData, query: Query, base: string, found: readonly string[]) {
  const asked = readListQuery(USER_KIND, query);
  const page = presentItems(users.nodes).map((user) => toUserResource(user, base));
  return showPage(asked, totalOf(asked, users.totalCount, found), page);
}
