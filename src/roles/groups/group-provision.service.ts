import type { Authority, PermissionGrant } from '../../access/index.ts';
import { invalidField, kernelErrors } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { Group } from './group.entity.ts';
import type { GroupService } from './group.service.ts';
import type { GroupStore } from './group.store.ts';
import type { GroupEdgeStore } from './group-edge.store.ts';
import type { GroupMemberService, KnownUsers } from './group-member.service.ts';
import type { GroupNestingService } from './group-nesting.service.ts';
import { groupIdOf, TREE_PROFILE } from './group-reference.ts';

/** A new group of the tree with its members. */
export interface ProvisionGroup {
  readonly name: string;
  readonly externalId?: string | null;
  /** Public ids of users and ids of groups, at most 10,000. */
  readonly members?: readonly string[];
}

/** Changes to a group of the tree and its members; what is absent stays. */
export interface ConfigureGroup {
  readonly name?: string;
  readonly externalId?: string | null;
  /** Those that become members, at most 10,000; members stay. */
  readonly members?: readonly string[];
  /** Those that are members no longer, at most 10,000; others, also unknown ones, are skipped. */
  readonly removedMembers?: readonly string[];
  /** Whether all members that `members` does not name are removed. Default false. */
  readonly replaceMembers?: boolean;
}

export interface GroupProvisionServiceDeps {
  readonly db: Database;
  readonly store: GroupStore;
  readonly edges: GroupEdgeStore;
  readonly users: KnownUsers;
  readonly groups: Pick<GroupService, 'create' | 'update'>;
  readonly members: Pick<GroupMemberService, 'add' | 'remove'>;
  readonly nesting: Pick<GroupNestingService, 'nest' | 'unnest'>;
}

/** Most members of one change: each causes an event, in one transaction. */
const MAX_MEMBERS = 10_000;
/** Most groups inside a group. */
const MAX_NESTED = 1000;
/** Users that one call of `GroupMemberService` takes, and groups that one of `GroupNestingService` takes. */
const USERS_AT_ONCE = 1000;
const GROUPS_AT_ONCE = 200;

const MAY_CHANGE_MEMBERS: PermissionGrant = { permission: 'group-member:write', reach: 'tenant' };

/** The members of a change by their kind. */
interface Members {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

const NOBODY: Members = { users: [], groups: [] };

/** Creates and changes groups of the tree together with their members, which are users and groups, all or nothing. */
export class GroupProvisionService {
  readonly #deps: GroupProvisionServiceDeps;

  constructor(deps: GroupProvisionServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Creates a group at the top of the tree.
   * @throws FORBIDDEN The caller gives members and does not hold `group-member:write`.
   * @throws GROUP_MEMBER_NOT_FOUND A member is neither a user nor a group.
   * @throws GROUP_NAME_TAKEN, GROUP_NAME_INVALID, GROUP_PARENT_INVALID, GROUP_TOO_DEEP, ACCOUNT_GUARDED, INVALID_INPUT
   */
  async provision(authority: Authority, { name, externalId = null, members = [] }: ProvisionGroup): Promise<Group> {
    assertMembers(authority, members, 'input.members');
    return this.#deps.db.transaction(async () => {
      const group = await this.#deps.groups.create(authority, { name, externalId });
      await this.#add(authority, group.id, await this.#byKind(authority, members));
      return group;
    });
  }

  /**
   * Changes what is given and leaves the rest.
   * @throws NOT_FOUND There is no such group in the tree.
   * @throws What `provision`, `GroupService.update`, and changes of members throw.
   */
  async configure(authority: Authority, id: string, change: ConfigureGroup): Promise<Group> {
    const { name, externalId, members = [], removedMembers = [], replaceMembers = false } = change;
    assertMembers(authority, members, 'input.members');
    assertMembers(authority, removedMembers, 'input.removedMembers');
    if (replaceMembers) assertMayChangeMembers(authority);
    const { db, groups, store } = this.#deps;
    return db.transaction(async () => {
      const groupId = await groupIdOf(store, authority, { id, profile: TREE_PROFILE });
      await this.#lockFor(authority, change);
      const own = { ...(name === undefined ? {} : { name }), ...(externalId === undefined ? {} : { externalId }) };
      if (Object.keys(own).length > 0) await groups.update(authority, groupId, own);
      const added = await this.#byKind(authority, members);
      const removed = replaceMembers
        ? await this.#othersThan(authority, groupId, added)
        : await this.#known(authority, removedMembers);
      await this.#add(authority, groupId, added);
      await this.#remove(authority, groupId, removed);
      const group = await store.findById(authority.tenant.id, groupId);
      if (group === null) throw kernelErrors.NOT_FOUND();
      return group;
    });
  }

  /** Locks the tree before rows, as every change of names and of groups inside groups does. */
  async #lockFor(
    authority: Authority,
    { name, members = [], removedMembers = [], replaceMembers = false }: ConfigureGroup,
  ): Promise<void> {
    const { groups } = await this.#byKind(authority, [...members, ...removedMembers]);
    if (name !== undefined || replaceMembers || groups.length > 0) await this.#deps.store.lockTree(authority.tenant.id);
  }

  async #byKind({ tenant }: Authority, ids: readonly string[]): Promise<Members> {
    if (ids.length === 0) return NOBODY;
    const found = await this.#deps.store.findMany(tenant.id, ids);
    return { users: ids.filter((id) => !found.has(id)), groups: ids.filter((id) => found.has(id)) };
  }

  /** Those of some members that there are. */
  async #known(authority: Authority, ids: readonly string[]): Promise<Members> {
    const { users, groups } = await this.#byKind(authority, ids);
    if (users.length === 0) return { users, groups };
    const known = await this.#deps.users.findMany(authority.tenant.id, users);
    return { groups, users: users.filter((id) => known.has(id)) };
  }

  /** The members of a group beside these. @throws INVALID_INPUT There are more than 10,000. */
  async #othersThan({ tenant }: Authority, groupId: string, { users, groups }: Members): Promise<Members> {
    const { edges, store } = this.#deps;
    const present = (await store.firstMembers(tenant.id, [groupId], MAX_MEMBERS + 1)).get(groupId) ?? [];
    if (present.length > MAX_MEMBERS)
      throw invalidField('input.members', 'LIST_TOO_LONG', `At most ${MAX_MEMBERS} members are replaced.`);
    const inside = (await edges.firstOf(tenant.id, [groupId], MAX_NESTED, null)).get(groupId) ?? [];
    const [keptUsers, keptGroups] = [new Set(users), new Set(groups)];
    return {
      users: present.flatMap(({ userId }) => (keptUsers.has(userId) ? [] : [userId])),
      groups: inside.flatMap(({ id }) => (keptGroups.has(id) ? [] : [id])),
    };
  }

  async #add(authority: Authority, groupId: string, { users, groups }: Members): Promise<void> {
    const { members, nesting } = this.#deps;
    for (const part of parts(groups, GROUPS_AT_ONCE)) await nesting.nest(authority, groupId, part);
    for (const part of parts(users, USERS_AT_ONCE)) await members.add(authority, groupId, part);
  }

  async #remove(authority: Authority, groupId: string, { users, groups }: Members): Promise<void> {
    const { members, nesting } = this.#deps;
    for (const part of parts(groups, GROUPS_AT_ONCE)) await nesting.unnest(authority, groupId, part);
    for (const part of parts(users, USERS_AT_ONCE)) await members.remove(authority, groupId, part);
  }
}

/** @throws INVALID_INPUT Too many. @throws FORBIDDEN */
function assertMembers(authority: Authority, ids: readonly string[], path: string): void {
  if (ids.length > MAX_MEMBERS) throw invalidField(path, 'LIST_TOO_LONG', `At most ${MAX_MEMBERS} members.`);
  if (ids.length > 0) assertMayChangeMembers(authority);
}

/** @throws FORBIDDEN */
function assertMayChangeMembers(authority: Authority): void {
  if (!authority.holds([MAY_CHANGE_MEMBERS]))
    throw kernelErrors.FORBIDDEN({ detail: 'may not change members of groups' });
}

/** A list in parts of at most so many items. */
function* parts<T>(list: readonly T[], size: number): IterableIterator<readonly T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}
