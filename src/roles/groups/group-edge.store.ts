import { sql } from 'kysely';
import { type ColumnSet, type Database, defineStatement, RowColumns } from '../../persistence/index.ts';
import { type Group, GroupEntity } from './group.entity.ts';
import type { GroupKeys } from './group.store.ts';

/** Adds the groups `$3` to the group `$2`; those that are inside it stay. */
const ADD = defineStatement<{ readonly childId: string }>(
  'group-edges-add',
  `insert into group_edges (tenant_id, group_id, child_id, created_at)
    select $1::uuid, $2::uuid, child, $4::timestamptz from unnest($3::uuid[]) as child
    on conflict do nothing returning child_id as "childId"`,
);
const REMOVE = defineStatement<{ readonly childId: string }>(
  'group-edges-remove',
  `delete from group_edges where tenant_id = $1 and group_id = $2 and child_id = any($3::uuid[])
    returning child_id as "childId"`,
);
const COUNT = defineStatement<{ readonly total: number }>(
  'group-edges-count',
  'select count(*)::int as total from group_edges where tenant_id = $1 and group_id = $2',
);
/** The groups `$2` and all groups inside them, by the tree and by edges. */
const WITHIN = defineStatement<{ readonly id: string }>(
  'groups-within',
  `with recursive within (id) as (
      select unnest($2::uuid[])
      union
      select inside.id from within cross join lateral (
        select g.id from groups g where g.tenant_id = $1 and g.parent_id = within.id
        union all
        select e.child_id from group_edges e where e.tenant_id = $1 and e.group_id = within.id
      ) inside
    )
    select id from within`,
);

/** The levels of groups from the top to the lowest one, if the groups `$3` are inside the group `$2`: no more than `$4` on each side. */
const LEVELS = defineStatement<{ readonly levels: number }>(
  'groups-levels',
  `with recursive above (id, level) as (
      select $2::uuid, 1
      union
      select around.id, above.level + 1 from above cross join lateral (
        select g.parent_id as id from groups g where g.tenant_id = $1 and g.id = above.id and g.parent_id is not null
        union all
        select e.group_id from group_edges e where e.tenant_id = $1 and e.child_id = above.id
      ) around where above.level < $4::int
    ), within (id, level) as (
      select unnest($3::uuid[]), 1
      union
      select inside.id, within.level + 1 from within cross join lateral (
        select g.id from groups g where g.tenant_id = $1 and g.parent_id = within.id
        union all
        select e.child_id from group_edges e where e.tenant_id = $1 and e.group_id = within.id
      ) inside where within.level < $4::int
    )
    select (select max(level) from above) + coalesce((select max(level) from within), 0) as levels`,
);

const LISTED = new RowColumns<Group>(GroupEntity, 'groups', { always: ['path'] });

/** The only queries on groups inside groups that the tree does not say. */
export class GroupEdgeStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** @returns The groups that were not inside before. */
  async add(tenantId: string, groupId: string, childIds: readonly string[], now: Date): Promise<string[]> {
    const rows = await this.#db.run(ADD, [tenantId, groupId, childIds, now]);
    return rows.map(({ childId }) => childId);
  }

  /** @returns The groups that were inside. */
  async remove(tenantId: string, groupId: string, childIds: readonly string[]): Promise<string[]> {
    const rows = await this.#db.run(REMOVE, [tenantId, groupId, childIds]);
    return rows.map(({ childId }) => childId);
  }

  /** How many groups are inside a group beside those that are below it in the tree. */
  async count(tenantId: string, groupId: string): Promise<number> {
    return (await this.#db.run(COUNT, [tenantId, groupId]))[0]!.total;
  }

  /** The ids of groups and of all groups inside them, in the tree or not, at any depth. */
  async within(tenantId: string, ids: readonly string[]): Promise<string[]> {
    return (await this.#db.run(WITHIN, [tenantId, ids])).map(({ id }) => id);
  }

  /**
   * Whether groups can be inside a group, with all that is around and inside them by the tree and by edges.
   * @param max Most levels from the top to the lowest group.
   */
  async fit(tenantId: string, groupId: string, childIds: readonly string[], max: number): Promise<boolean> {
    return (await this.#db.run(LEVELS, [tenantId, groupId, childIds, max]))[0]!.levels <= max;
  }

  /** The first groups inside each group beside those below it in the tree, by id. @param columns What is read; null: all. */
  async firstOf(
    tenantId: string,
    groupIds: readonly string[],
    limit: number,
    columns: ColumnSet | null,
  ): Promise<ReadonlyMap<string, readonly GroupKeys[]>> {
    const { rows } = await sql<GroupKeys & { above: string }>`
      select ${LISTED.narrow(columns).columns}, inside.group_id as above
      from unnest(${groupIds as string[]}::uuid[]) as wanted (id)
      cross join lateral (
        select e.group_id, e.child_id from group_edges e
        where e.tenant_id = ${tenantId}::uuid and e.group_id = wanted.id
        order by e.child_id limit ${limit}
      ) inside
      join groups on groups.tenant_id = ${tenantId}::uuid and groups.id = inside.child_id
      order by inside.group_id, inside.child_id`.execute(this.#db.read<unknown>());
    return Map.groupBy(rows, ({ above }) => above);
  }
}
