import { LockMode } from '@mikro-orm/core';
import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { fold, isUuid } from '../../kernel/index.ts';
import {
  type ColumnSet,
  columnsOf,
  type Database,
  firstPage,
  keysetPage,
  lockName,
  narrowedPage,
  narrowPageAt,
  type PageKey,
  type PageRequest,
  type PageResult,
  replaceSearchRows,
  searchKeysOf,
} from '../../persistence/index.ts';
import { type Group, GroupEntity, type GroupMember, GroupMemberEntity, PATH_ORDER_LENGTH } from './group.entity.ts';
import { type GroupFilter, type GroupOrder, narrowingOf, SEARCHED_GROUPS } from './group-filter.ts';
import { LISTED, type MemberGroup, MemberGroupsReader } from './member-groups.reader.ts';

type Tables = InferKyselyDB<typeof GroupEntity> & InferKyselyDB<typeof GroupMemberEntity>;

/** A user as a member of a group. */
export type Membership = Pick<GroupMember, 'groupId' | 'userId'>;

const ID: PageKey = { column: 'groups.id', property: 'id', type: 'uuid' };
/** Order by id is order by creation time (RFC 9562 section 5.7). */
const PAGE_KEYS: Readonly<Record<GroupOrder, readonly PageKey[]>> = {
  path: [
    {
      column: `left(groups.path, ${PATH_ORDER_LENGTH}) collate "C"`,
      property: 'path',
      type: 'text',
      length: PATH_ORDER_LENGTH,
    },
    ID,
  ],
  createdAt: [ID],
};

const MEMBER_KEYS: readonly PageKey[] = [{ column: 'group_members.user_id', property: 'userId', type: 'text' }];

/** A group of which only the columns that a reader asked for were read; only its keys are known to be there. */
export type GroupKeys = Pick<Group, 'tenantId' | 'id'>;

/** The same, with one of the members of the group. */
export type MemberGroupKeys = Pick<MemberGroup, 'tenantId' | 'id' | 'userId'>;

/** The only queries on groups and their members. */
export class GroupStore {
  readonly #db: Database;
  readonly #columns = columnsOf(GroupEntity, 'groups');
  readonly #memberColumns = columnsOf(GroupMemberEntity, 'group_members');

  readonly #memberGroups: MemberGroupsReader;

  constructor(db: Database) {
    this.#db = db;
    this.#memberGroups = new MemberGroupsReader(db);
  }

  get #sql(): Kysely<Tables> {
    return this.#db.read() as Kysely<Tables>;
  }

  #select(tenantId: string) {
    return this.#sql.selectFrom('groups').select(this.#columns).where('groups.tenant_id', '=', tenantId);
  }

  #selectNarrow(tenantId: string, columns: ColumnSet | null) {
    const selected = LISTED.narrow(columns).columns;
    return this.#sql
      .selectFrom('groups')
      .select(selected as never)
      .where('groups.tenant_id', '=', tenantId);
  }

  async findById(tenantId: string, id: string): Promise<Group | null> {
    return (await this.findMany(tenantId, [id])).get(id) ?? null;
  }

  /** @param columns What is read of them; null or absent: all. */
  async findMany(
    tenantId: string,
    ids: readonly string[],
    columns: ColumnSet | null = null,
  ): Promise<Map<string, Group>> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return new Map();
    const query = this.#selectNarrow(tenantId, columns).where('groups.id', 'in', known);
    const rows = (await query.execute()) as unknown as Group[];
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Finds a group by its key in a directory. */
  async findByKey(tenantId: string, profile: string, key: string): Promise<Group | null> {
    const query = this.#select(tenantId).where('groups.profile', '=', profile).where('groups.key', '=', key);
    return ((await query.executeTakeFirst()) ?? null) as Group | null;
  }

  /**
   * The groups of the tree under these names from the top, by one statement; those that are not there are left out.
   * @param paths Folded names, each at least one.
   * @returns The groups, each with its index in `paths`.
   */
  async findByNames(
    tenantId: string,
    paths: readonly (readonly string[])[],
  ): Promise<(Group & { readonly at: number })[]> {
    if (paths.length === 0) return [];
    const { rows } = await sql<Group & { at: number }>`
      with recursive walk (at, names, depth, id) as (
        select wanted.at::int - 1, wanted.names, 0, '00000000-0000-0000-0000-000000000000'::uuid
        from jsonb_array_elements(${JSON.stringify(paths)}::jsonb) with ordinality as wanted (names, at)
        union all
        select w.at, w.names, w.depth + 1, below.id from walk w cross join lateral (
          select g.id from groups g
          where g.tenant_id = ${tenantId}::uuid and g.profile = 'groups' and g.folded_name = w.names ->> w.depth
            and coalesce(g.parent_id, '00000000-0000-0000-0000-000000000000'::uuid) = w.id
          limit 1
        ) below
        where w.depth < jsonb_array_length(w.names)
      )
      select walk.at, ${sql.join(this.#columns)}
      from walk cross join lateral (
        select * from groups g where g.tenant_id = ${tenantId}::uuid and g.id = walk.id limit 1
      ) groups
      where walk.depth = jsonb_array_length(walk.names)`.execute(this.#sql);
    return rows;
  }

  /**
   * Groups with this key in all profiles except one; two at most, because callers only need to know whether there is
   * exactly one.
   */
  async findOutside(tenantId: string, profile: string, key: string): Promise<Group[]> {
    const query = this.#select(tenantId).where('groups.profile', '<>', profile).where('groups.key', '=', key);
    return (await query.limit(2).execute()) as Group[];
  }

  /**
   * @param order `path`: a child follows its parent. Paths that begin with the same 500 characters are in the order of time.
   * @param columns What is read of the groups; null or absent: all.
   */
  page(
    tenantId: string,
    filter: GroupFilter,
    order: GroupOrder,
    request: PageRequest,
    columns: ColumnSet | null = null,
  ): Promise<PageResult<Group>> {
    return narrowPageAt(request, columns, (part, wanted) => this.#page(tenantId, filter, order, part, wanted));
  }

  #page(
    tenantId: string,
    filter: GroupFilter,
    order: GroupOrder,
    request: PageRequest,
    columns: ColumnSet | null,
  ): Promise<PageResult<Group>> {
    let query = this.#selectNarrow(tenantId, columns);
    if (filter.parentId === null) query = query.where('groups.parent_id', 'is', null);
    else if (filter.parentId !== undefined) {
      query = isUuid(filter.parentId)
        ? query.where('groups.parent_id', '=', filter.parentId)
        : query.where(sql<boolean>`false`);
    }
    // The index of the profile orders by id.
    if (filter.profile !== undefined && order === 'createdAt')
      query = query.where('groups.profile', '=', filter.profile);
    const list = { query, table: 'groups', columns: LISTED.narrow(columns).columns, id: 'groups.id' };
    return narrowedPage<Group>(this.#db, list, narrowingOf(tenantId, filter, order), PAGE_KEYS[order], request);
  }

  /** The groups of which each user is a direct member, by path. @param columns What is read of them; null or absent: all. */
  groupsOf(
    tenantId: string,
    userIds: readonly string[],
    columns: ColumnSet | null = null,
  ): Promise<Map<string, MemberGroup[]>> {
    return this.#memberGroups.read(tenantId, userIds, columns);
  }

  /** The children of each group, by path. @param columns What is read of them; null: all. */
  async childrenOf(
    tenantId: string,
    parentIds: readonly string[],
    columns: ColumnSet | null,
  ): Promise<Map<string, GroupKeys[]>> {
    const known = parentIds.filter(isUuid);
    if (known.length === 0) return new Map();
    const rows = (await this.#selectNarrow(tenantId, columns)
      .select('groups.parent_id as above')
      .where('groups.parent_id', 'in', known)
      .orderBy('groups.path')
      .orderBy('groups.id')
      .execute()) as unknown as (GroupKeys & { above: string })[];
    return Map.groupBy(rows, ({ above }) => above);
  }

  /** How many children each group has; those without any are left out. */
  async countChildren(tenantId: string, parentIds: readonly string[]): Promise<Map<string, number>> {
    const { rows } = await sql<{ id: string; total: number }>`
      select parent_id as id, count(*)::int as total from groups
      where tenant_id = ${tenantId}::uuid and parent_id = any(${parentIds.filter(isUuid)}::uuid[])
      group by parent_id`.execute(this.#sql);
    return new Map(rows.map(({ id, total }) => [id, total]));
  }

  /** The groups above each group, from the top; those at the top are left out. */
  async ancestorsOf(tenantId: string, ids: readonly string[]): Promise<Map<string, Group[]>> {
    const { rows } = await sql<Group & { below: string }>`
      with recursive above (below, id, distance) as (
        select g.id, g.parent_id, 1 from groups g
        where g.tenant_id = ${tenantId}::uuid and g.id = any(${ids.filter(isUuid)}::uuid[]) and g.parent_id is not null
        union all
        select a.below, g.parent_id, a.distance + 1 from above a
        join groups g on g.tenant_id = ${tenantId}::uuid and g.id = a.id
        where g.parent_id is not null
      )
      select above.below, ${sql.join(this.#columns)}
      from above join groups on groups.tenant_id = ${tenantId}::uuid and groups.id = above.id
      order by above.below, above.distance desc`.execute(this.#sql);
    return Map.groupBy(rows, ({ below }) => below);
  }

  /**
   * Members of one group, by user id.
   * @param readFirst Reads the first page; given by a loader, which reads those of many groups together.
   */
  async members(
    tenantId: string,
    groupId: string,
    request: PageRequest,
    readFirst?: (size: number) => Promise<readonly GroupMember[]>,
  ): Promise<PageResult<GroupMember>> {
    const first = readFirst === undefined ? null : await firstPage(request, MEMBER_KEYS, readFirst);
    if (first !== null) return first;
    const query = this.#sql
      .selectFrom('group_members')
      .select(this.#memberColumns)
      .where('group_members.tenant_id', '=', tenantId)
      .where('group_members.group_id', '=', groupId);
    return keysetPage<GroupMember>(this.#db, query, MEMBER_KEYS, request);
  }

  /** The first members of each group, by user id; not those of groups below it. */
  async firstMembers(
    tenantId: string,
    groupIds: readonly string[],
    limit: number,
  ): Promise<ReadonlyMap<string, readonly GroupMember[]>> {
    const { rows } = await sql<GroupMember>`
      select ${sql.join(this.#memberColumns)}
      from unnest(${groupIds as string[]}::uuid[]) as wanted (id)
      cross join lateral (
        select * from group_members m
        where m.tenant_id = ${tenantId}::uuid and m.group_id = wanted.id
        order by m.user_id limit ${limit}
      ) group_members
      order by group_members.group_id, group_members.user_id`.execute(this.#sql);
    return Map.groupBy(rows, ({ groupId }) => groupId);
  }

  /** The group and everything below it, by level. */
  async subtree(tenantId: string, id: string): Promise<Pick<Group, 'id' | 'name'>[]> {
    const { rows } = await sql<Pick<Group, 'id' | 'name'>>`
      with recursive below (id, name, depth) as (
        select id, name, 0 from groups where tenant_id = ${tenantId} and id = ${id}
        union all
        select g.id, g.name, b.depth + 1 from below b
        join groups g on g.tenant_id = ${tenantId} and g.parent_id = b.id
      )
      select id, name from below order by depth, id`.execute(this.#sql);
    return rows;
  }

  /**
   * Prevents other moves of groups until the unit of work ends: two concurrent moves that are valid alone could form a
   * cycle.
   */
  async lockTree(tenantId: string): Promise<void> {
    await lockName(this.#db, `groups ${tenantId}`);
  }

  /** The entity to change, inside a unit of work; locked until it ends. */
  async lock(tenantId: string, id: string): Promise<Group | null> {
    return isUuid(id)
      ? this.#db.em.findOne(GroupEntity, { tenantId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      : null;
  }

  create(group: Omit<Group, 'foldedName'>): Group {
    return this.#db.em.create(GroupEntity, { ...group, foldedName: fold(group.name) });
  }

  /** Makes the search rows of a group match its attributes, after the group was flushed in the open unit of work. */
  replaceSearchRows({ tenantId, id, attributes }: Pick<Group, 'tenantId' | 'id' | 'attributes'>): Promise<void> {
    const rows = Object.entries(attributes ?? {}).flatMap(([name, value]) =>
      searchKeysOf(value).map((key) => [name, key] as const),
    );
    return replaceSearchRows(this.#db, SEARCHED_GROUPS.keys, tenantId, id, rows);
  }

  /** Replaces the beginning of every path below a group that was renamed or moved. */
  async movePaths(tenantId: string, descendantIds: readonly string[], before: string, after: string): Promise<void> {
    if (descendantIds.length === 0) return;
    await sql`
      update groups set path = ${after} || substr(path, ${[...before].length + 1})
      where tenant_id = ${tenantId} and id = any(${descendantIds as string[]}::uuid[])`.execute(this.#sql);
  }

  /** Deletes a group, all groups below it, and their memberships. */
  async delete(tenantId: string, id: string): Promise<void> {
    await this.#sql.deleteFrom('groups').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
  }

  /** @returns The users who were not members before. */
  async addMembers(tenantId: string, groupId: string, userIds: readonly string[], now: Date): Promise<string[]> {
    const members = userIds.map((userId) => ({ groupId, userId }));
    return (await this.join(tenantId, members, now)).map(({ userId }) => userId);
  }

  /** Makes users members of groups, by one statement. @returns The memberships that are new. */
  async join(tenantId: string, members: readonly Membership[], now: Date): Promise<Membership[]> {
    if (members.length === 0) return [];
    const { rows } = await sql<Membership>`
      insert into group_members (tenant_id, group_id, user_id, created_at)
      select ${tenantId}::uuid, joined.group_id, joined.user_id, ${now}::timestamptz
      from unnest(${members.map(({ groupId }) => groupId)}::uuid[], ${members.map(({ userId }) => userId)}::text[])
        as joined (group_id, user_id)
      on conflict do nothing
      returning group_id as "groupId", user_id as "userId"`.execute(this.#sql);
    return rows;
  }

  /** @returns The users who were members before. */
  async removeMembers(tenantId: string, groupId: string, userIds: readonly string[]): Promise<string[]> {
    return (await this.#deleteMembers(tenantId, [groupId], userIds)).map(({ user_id }) => user_id);
  }

  /** Ends memberships of one user. @returns The ids of the groups of which it was a member. */
  async leave(tenantId: string, userId: string, groupIds: readonly string[]): Promise<string[]> {
    return (await this.#deleteMembers(tenantId, groupIds, [userId])).map(({ group_id }) => group_id);
  }

  /** @returns The memberships of these users in these groups that there were. */
  async #deleteMembers(
    tenantId: string,
    groupIds: readonly string[],
    userIds: readonly string[],
  ): Promise<readonly { readonly group_id: string; readonly user_id: string }[]> {
    if (groupIds.length === 0 || userIds.length === 0) return [];
    return this.#sql
      .deleteFrom('group_members')
      .where('tenant_id', '=', tenantId)
      .where('group_id', 'in', [...groupIds])
      .where('user_id', 'in', [...userIds])
      .returning(['group_id', 'user_id'])
      .execute();
  }
}
