import { sql } from 'kysely';
import { fold, isUuid } from '../../kernel/index.ts';
import {
  type AnyOf,
  allOf,
  anyOfNarrowing,
  finding,
  type Narrowing,
  type Searched,
  type SearchField,
  testing,
} from '../../persistence/index.ts';

/** What a list of groups can be narrowed by. */
export interface GroupFilter {
  readonly profile?: string;
  /** Only children of this group; null = only groups at the top. */
  readonly parentId?: string | null;
  /** Part of the name, ignoring case. */
  readonly nameContains?: string;
  readonly externalId?: string;
  /** The group at this path in the tree, ignoring case. `GroupService` finds it, and the store gets its id. */
  readonly path?: string;
  /** At most 200. */
  readonly groupIds?: readonly string[];
  /** Groups of which this user is a direct member, or into which this group was put. */
  readonly memberId?: string;
  /** Groups of comparisons, of which all in at least one group must hold. */
  readonly anyOf?: AnyOf;
}

export type GroupOrder = 'path' | 'createdAt';

/** Fields that comparisons of groups may name beside attributes. */
export type GroupSearchField = 'key' | 'profile' | 'name';

export const SEARCHED_GROUPS: Searched = {
  table: 'groups',
  keys: { table: 'group_attribute_keys', owner: 'group_id', ownerType: 'uuid' },
  fields: {
    key: { column: 'key', isIndexed: true },
    profile: { column: 'profile' },
    name: { column: 'folded_name', normalise: fold },
  } satisfies Record<GroupSearchField, SearchField>,
};

/** Groups with one of these ids. */
function byIds(tenantId: string, ids: readonly string[]): Narrowing {
  const test = sql<boolean>`groups.id = any(${ids.filter(isUuid)}::uuid[])`;
  return finding({
    source: sql`select groups.id from groups where groups.tenant_id = ${tenantId}::uuid and ${test}`,
    test,
  });
}

/** Groups with this member: a user, or a group that was put into them. */
function byMember(tenantId: string, memberId: string): Narrowing {
  const users = sql`select m.group_id as id from group_members m
    where m.tenant_id = ${tenantId}::uuid and m.user_id = ${memberId}`;
  const around = isUuid(memberId)
    ? sql`${users} union all select e.group_id from group_edges e
        where e.tenant_id = ${tenantId}::uuid and e.child_id = ${memberId}::uuid`
    : users;
  return finding({ source: around, test: sql<boolean>`groups.id in (${around})` });
}

/** The conditions of a filter that no index serves in the order; null when there are none. */
export function narrowingOf(
  tenantId: string,
  { profile, externalId, nameContains, groupIds, memberId, anyOf }: GroupFilter,
  order: GroupOrder,
): Narrowing | null {
  const hasExternalId = sql<boolean>`groups.external_id = ${externalId}`;
  const inTenant = sql`select groups.id from groups where groups.tenant_id = ${tenantId}::uuid`;
  return allOf([
    ...(profile === undefined || order === 'createdAt' ? [] : [testing(sql<boolean>`groups.profile = ${profile}`)]),
    ...(externalId === undefined
      ? []
      : [finding({ source: sql`${inTenant} and ${hasExternalId}`, test: hasExternalId })]),
    ...(groupIds === undefined ? [] : [byIds(tenantId, groupIds)]),
    ...(memberId === undefined ? [] : [byMember(tenantId, memberId)]),
    ...(nameContains === undefined
      ? []
      : [testing(sql<boolean>`position(${fold(nameContains)} in groups.folded_name) > 0`)]),
    ...(anyOf === undefined ? [] : [anyOfNarrowing(SEARCHED_GROUPS, tenantId, anyOf)]),
  ]);
}
