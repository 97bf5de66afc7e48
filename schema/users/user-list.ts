import type { GraphQLResolveInfo } from 'graphql';
import type { UserFilter, UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { keyOf, type TaggedType } from '../global-id.ts';
import { anyOfFrom } from '../kit/comparison.ts';
import { type ConnectionData, type PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { toColumns } from '../kit/given.ts';
import { SortDirection } from '../kit/order.ts';
import { columnsRead } from '../kit/reads.ts';
import { type UserFilterInput, UserOrderField, type UserOrderInput } from './user.input.ts';

/** Converts a filter for the service. @param path Its place in the arguments. */
export function toFilter(
  { userIds, groupId, roleId, providerId, anyOf, and, or, not, ...filter }: UserFilterInput,
  path = 'filter',
): UserFilter {
  const bare = (type: TaggedType, name: string, id: string | null | undefined) =>
    id == null ? null : keyOf(type, id, `${path}.${name}`);
  const all = (name: string, filters: readonly UserFilterInput[] | null | undefined) =>
    filters?.map((each, at) => toFilter(each, `${path}.${name}.${at}`)) ?? null;
  return {
    ...toColumns(filter),
    ...(anyOf == null ? {} : { anyOf: anyOfFrom(anyOf) }),
    userIds: userIds?.map((id, at) => keyOf('User', id, `${path}.userIds.${at}`)) ?? null,
    groupId: bare('Group', 'groupId', groupId),
    roleId: bare('Role', 'roleId', roleId),
    providerId: bare('FederationProvider', 'providerId', providerId),
    and: all('and', and),
    or: all('or', or),
    not: not == null ? null : toFilter(not, `${path}.not`),
  } as UserFilter;
}

/** The page of a list of users that a field asks for. */
export async function readUsers(
  { services, authority, largestPage }: GraphContext,
  info: GraphQLResolveInfo,
  page: PageArgs,
  filter: UserFilter,
  orderBy: UserOrderInput | null | undefined,
): Promise<ConnectionData<UserKeys>> {
  const request = toPageRequest(page, info, orderBy?.direction === SortDirection.DESC, largestPage);
  const order = orderBy?.field ?? UserOrderField.CREATED_AT;
  return toConnection(await services.users.page(authority, filter, order, request, columnsRead(info)));
}
