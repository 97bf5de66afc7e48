import type { Authority } from '../../access/index.ts';
import type { EventLog } from '../../events/index.ts';
import { type Clock, invalidField, kernelErrors } from '../../kernel/index.ts';
import type { ColumnSet, Database } from '../../persistence/index.ts';
import type { GuardedAccounts } from '../guarded-accounts.ts';
import { requireEach } from '../require-each.ts';
import type { RolePermissions } from '../role-permissions.ts';
import type { Group } from './group.entity.ts';
import { groupErrors } from './group.errors.ts';
import { groupEvents } from './group.events.ts';
import { assertMayLend } from './group.service.ts';
import type { GroupKeys, GroupStore } from './group.store.ts';
import type { GroupEdgeStore } from './group-edge.store.ts';
import { MAX_DEPTH, MAX_WITHIN, TREE_PROFILE } from './group-reference.ts';

export interface GroupNestingServiceDeps {
  readonly db: Database;
  readonly store: GroupStore;
  readonly edges: GroupEdgeStore;
  readonly permissions: RolePermissions;
  readonly guarded: GuardedAccounts;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Most groups that one change names: each causes an event, in one transaction. */
const MAX_GROUPS = 200;
const MANY_WITHIN = `At most ${MAX_WITHIN} groups are in a group with those inside them.`;
/** Most groups inside a group, beside those below it in the tree. */
const MAX_NESTED = 1000;
/** A page of 200 groups with 200 groups inside each: 40,000 rows of 1 KB. */
const MAX_LISTED_TOGETHER = 40_000;

/**
 * Groups of the tree inside other ones, beside their places in the tree: members of the group inside have the roles of the group
 * around it, as members of a child have those of the parent. Nesting twice, and taking out what is not inside, is no error.
 */
export class GroupNestingService {
  readonly #deps: GroupNestingServiceDeps;

  constructor(deps: GroupNestingServiceDeps) {
    this.#deps = deps;
  }

  /**
   * The first groups inside each group, by id. The caller of this method must check the permission to read them.
   * @throws INVALID_INPUT More than 1,000 of one group, or 40,000 of all together.
   */
  async firstOf(
    tenantId: string,
    groupIds: readonly string[],
    limit: number,
    columns: ColumnSet | null,
  ): Promise<ReadonlyMap<string, readonly GroupKeys[]>> {
    if (limit < 0 || limit > MAX_NESTED) throw invalidField('limit', 'LIMIT', `0 to ${MAX_NESTED} groups are listed.`);
    if (limit * groupIds.length > MAX_LISTED_TOGETHER)
      throw invalidField('limit', 'LIMIT', `At most ${MAX_LISTED_TOGETHER} groups are listed together.`);
    return this.#deps.edges.firstOf(tenantId, groupIds, limit, columns);
  }

  /**
   * Puts groups into a group, all or none.
   * @param nestedIds At most 200.
   * @throws NOT_FOUND, GROUP_NOT_FOUND, ACCOUNT_GUARDED
   * @throws GROUP_PARENT_INVALID A group is not of the tree, or would be inside itself.
   * @throws PERMISSION_ESCALATION The caller does not hold all permissions that the groups get.
   * @throws GROUP_TOO_DEEP The tree and the groups inside groups would have more than 32 levels together.
   * @throws INVALID_INPUT More than 1,000 groups would be inside, or 2,000 with those inside them.
   */
  async nest(authority: Authority, groupId: string, nestedIds: readonly string[]): Promise<Group> {
    const { clock, db, edges, guarded, permissions } = this.#deps;
    return db.transaction(async () => {
      const { group, nested } = await this.#open(authority, groupId, nestedIds);
      const ids = nested.map(({ id }) => id);
      const within = await edges.within(group.tenantId, ids);
      if ([group, ...nested].some(({ profile }) => profile !== TREE_PROFILE) || within.includes(group.id))
        throw groupErrors.GROUP_PARENT_INVALID().at('input.nestedGroupIds');
      if (!(await edges.fit(group.tenantId, group.id, ids, MAX_DEPTH))) throw groupErrors.GROUP_TOO_DEEP();
      await guarded.assertMayChange(authority, 'group', within);
      await assertMayLend(authority, permissions, [group.id]);
      const added = await edges.add(group.tenantId, group.id, ids, clock.now());
      if ((await edges.count(group.tenantId, group.id)) > MAX_NESTED)
        throw invalidField('input.nestedGroupIds', 'LIST_TOO_LONG', `At most ${MAX_NESTED} groups are in a group.`);
      if ((await edges.within(group.tenantId, [group.id])).length > MAX_WITHIN + 1)
        throw invalidField('input.nestedGroupIds', 'LIST_TOO_LONG', MANY_WITHIN);
      this.#record(authority, group, added);
      return group;
    });
  }

  /**
   * Takes groups out of a group.
   * @param nestedIds At most 200.
   * @throws NOT_FOUND, GROUP_NOT_FOUND, ACCOUNT_GUARDED, ADMINISTRATOR_LAST
   */
  async unnest(authority: Authority, groupId: string, nestedIds: readonly string[]): Promise<Group> {
    const { db, edges, guarded } = this.#deps;
    return db.transaction(async () => {
      const { group, nested } = await this.#open(authority, groupId, nestedIds);
      const ids = nested.map(({ id }) => id);
      await guarded.assertMayChange(authority, 'group', await edges.within(group.tenantId, ids));
      const removed = await guarded.keepingAdministrators(authority, () => edges.remove(group.tenantId, group.id, ids));
      this.#record(authority, group, removed);
      return group;
    });
  }

  /** The groups that a change names. Moves in the tree wait until it ends, so that two changes form no cycle together. */
  async #open(
    { tenant }: Authority,
    groupId: string,
    nestedIds: readonly string[],
  ): Promise<{ readonly group: Group; readonly nested: readonly Group[] }> {
    const { store } = this.#deps;
    if (nestedIds.length > MAX_GROUPS)
      throw invalidField('input.nestedGroupIds', 'LIST_TOO_LONG', `At most ${MAX_GROUPS} groups at once.`);
    await store.lockTree(tenant.id);
    const group = await store.findById(tenant.id, groupId);
    if (group === null) throw kernelErrors.NOT_FOUND();
    const found = await store.findMany(tenant.id, nestedIds);
    const find = (id: string) => found.get(id);
    return { group, nested: requireEach(nestedIds, find, groupErrors.GROUP_NOT_FOUND, 'input.nestedGroupIds') };
  }

  /** One event for each group; it ends what is remembered of the roles of the tenant. */
  #record({ caller, tenant }: Authority, group: Group, nestedIds: readonly string[]): void {
    const type = groupEvents['group.updated'];
    const named = { groupId: group.id, name: group.name, changed: ['nestedGroups'] };
    for (const nestedGroupId of nestedIds)
      this.#deps.events.record(caller, tenant, { type, params: { ...named, nestedGroupId } });
  }
}
