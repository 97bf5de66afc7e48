import type { Authority } from '../../access/index.ts';
import type { EventLog, EventType } from '../../events/index.ts';
import { type Clock, invalidField, kernelErrors } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { RolePermissions } from '../role-permissions.ts';
import type { DefaultGroupStore } from './default-group.store.ts';
import type { Group } from './group.entity.ts';
import { groupEvents } from './group.events.ts';
import { assertMayLend } from './group.service.ts';
import type { GroupStore } from './group.store.ts';
import { TREE_PROFILE } from './group-reference.ts';

export interface DefaultGroupServiceDeps {
  readonly db: Database;
  readonly store: DefaultGroupStore;
  readonly groups: GroupStore;
  readonly permissions: RolePermissions;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Most default groups of a tenant: each causes a membership and an event for every new user. */
const MAX_DEFAULTS = 50;

/** The groups of the tree that new users join, see `NewUserService`. */
export class DefaultGroupService {
  readonly #deps: DefaultGroupServiceDeps;

  constructor(deps: DefaultGroupServiceDeps) {
    this.#deps = deps;
  }

  /** The default groups of a tenant, by path. The caller of this method must check the permission to read them. */
  list(tenantId: string): Promise<readonly Group[]> {
    return this.#deps.store.list(tenantId);
  }

  /**
   * Lets new users join a group; it is no error when they do so already.
   * @throws NOT_FOUND There is no such group in the tree.
   * @throws INVALID_INPUT There are 50 already.
   * @throws PERMISSION_ESCALATION The caller does not hold all permissions of the roles of the group and its parents.
   */
  async add(authority: Authority, groupId: string): Promise<Group> {
    const { clock, db, permissions, store } = this.#deps;
    return db.transaction(async () => {
      await store.lock(authority.tenant.id);
      const group = await this.#find(authority, groupId);
      await assertMayLend(authority, permissions, [group.id]);
      if (!(await store.add(group.tenantId, group.id, clock.now()))) return group;
      if ((await store.count(group.tenantId)) > MAX_DEFAULTS)
        throw invalidField('input', 'LIST_TOO_LONG', `A tenant has at most ${MAX_DEFAULTS} default groups.`);
      this.#record(authority, group, groupEvents['default_group.added']);
      return group;
    });
  }

  /** Lets new users no longer join a group; members stay. @throws NOT_FOUND There is no such group in the tree. */
  async remove(authority: Authority, groupId: string): Promise<Group> {
    const { db, store } = this.#deps;
    return db.transaction(async () => {
      const group = await this.#find(authority, groupId);
      if (await store.remove(group.tenantId, group.id))
        this.#record(authority, group, groupEvents['default_group.removed']);
      return group;
    });
  }

  async #find({ tenant }: Authority, groupId: string): Promise<Group> {
    const group = await this.#deps.groups.findById(tenant.id, groupId);
    if (group?.profile !== TREE_PROFILE) throw kernelErrors.NOT_FOUND();
    return group;
  }

  #record({ caller, tenant }: Authority, { id: groupId, name }: Group, type: EventType): void {
    this.#deps.events.record(caller, tenant, { type, params: { groupId, name } });
  }
}
