import { sql } from 'kysely';
import { BatchReader, type ColumnSet, type Database, defineVersions, RowColumns } from '../../persistence/index.ts';
import { type Group, GroupEntity } from './group.entity.ts';

/** A group with one of its members. */
export interface MemberGroup extends Group {
  readonly userId: string;
}

/** What readers get of groups. */
export const LISTED = new RowColumns<Group>(GroupEntity, 'groups', { always: ['path'] });

/** The offset and the limit make the planner use index probes, also while the tables have no statistics. */
const findGroupsOf = defineVersions<MemberGroup>(
  'groups-of-users',
  LISTED.all,
  (columns) => sql`select ${columns}, members.user_id as "userId" from unnest($2::text[]) as wanted (user_id)
    cross join lateral (select m.group_id, m.user_id from group_members m
      where m.tenant_id = $1 and m.user_id = wanted.user_id offset 0) members
    cross join lateral (select * from groups g where g.tenant_id = $1 and g.id = members.group_id limit 1) groups
    order by groups.path, groups.id`,
);

/** A user whose groups are asked for. */
interface Wanted {
  readonly tenantId: string;
  readonly userId: string;
  /** What is read of the groups; null: all. */
  readonly columns: ColumnSet | null;
}

/** Most users whose groups one statement reads for different requests. */
const MAX_BATCH = 100;
/** In place of the key of a set of columns. No set has this one, because names of properties have no blanks. */
const WHOLE = ' ';

/** Reads the groups of users. Requests about one user each, which are many at a time, share a statement. */
export class MemberGroupsReader {
  readonly #db: Database;
  readonly #ofOne: BatchReader<Wanted, MemberGroup[]>;

  constructor(db: Database) {
    this.#db = db;
    this.#ofOne = new BatchReader({
      max: MAX_BATCH,
      read: (wanted) => this.#readTogether(wanted),
      groupBy: ({ tenantId, columns }) => `${tenantId} ${columns?.key ?? WHOLE}`,
    });
  }

  /** The groups of which each user is a direct member, by path. */
  async read(
    tenantId: string,
    userIds: readonly string[],
    columns: ColumnSet | null,
  ): Promise<Map<string, MemberGroup[]>> {
    const [first, ...others] = [...new Set(userIds)];
    if (first === undefined) return new Map();
    if (others.length > 0) return this.#readMany(tenantId, [first, ...others], columns);
    const groups = await this.#ofOne.ask({ tenantId, userId: first, columns });
    return groups.length === 0 ? new Map() : new Map([[first, groups]]);
  }

  /** @param wanted Of one tenant and the same columns. */
  async #readTogether(wanted: readonly Wanted[]): Promise<readonly MemberGroup[][]> {
    const { tenantId, columns } = wanted[0]!;
    const userIds = [...new Set(wanted.map(({ userId }) => userId))];
    const groups = await this.#readMany(tenantId, userIds, columns);
    return wanted.map(({ userId }) => groups.get(userId) ?? []);
  }

  async #readMany(
    tenantId: string,
    userIds: readonly string[],
    columns: ColumnSet | null,
  ): Promise<Map<string, MemberGroup[]>> {
    const rows = await this.#db.run(findGroupsOf(LISTED.narrow(columns)), [tenantId, userIds]);
    return Map.groupBy(rows, ({ userId }) => userId);
  }
}
