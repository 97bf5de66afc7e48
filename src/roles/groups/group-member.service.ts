import type { Authority } from '../../access/index.ts';
import type { EventLog, EventType } from '../../events/index.ts';
import { type Clock, invalidField, kernelErrors, requireText } from '../../kernel/index.ts';
import { type Database, type PageRequest, type PageResult, violatedConstraint } from '../../persistence/index.ts';
import type { GuardedAccounts } from '../guarded-accounts.ts';
import { holderEvents } from '../holder.events.ts';
import type { RolePermissions } from '../role-permissions.ts';
import type { Group, GroupMember } from './group.entity.ts';
import { groupErrors } from './group.errors.ts';
import { assertMayLend } from './group.service.ts';
import type { GroupStore, Membership } from './group.store.ts';
import { findGroups, findGroupsOfEach, type TreeReference } from './group-reference.ts';

/** Tells which of some ids are users of the tenant. `users/` implements it, because this module may not import `users/`. */
export interface KnownUsers {
  findMany(tenantId: string, ids: readonly string[]): Promise<{ has(id: string): boolean }>;
}

export interface GroupMemberServiceDeps {
  readonly db: Database;
  readonly store: GroupStore;
  readonly permissions: RolePermissions;
  readonly guarded: GuardedAccounts;
  readonly users: KnownUsers;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** A user, and groups. */
export interface GroupsOfUser {
  readonly userId: string;
  /** At most 200. */
  readonly groups: readonly TreeReference[];
}

/** Most users that one change may add or remove: each causes an event, in one transaction. */
const MAX_MEMBERS = 1000;
/** Ids of 36 characters: 400 KB. */
const MAX_LISTED = 10_000;
/** A page of 200 groups with 1,000 members each: 9 MB. */
const MAX_LISTED_TOGETHER = 250_000;

/** Rules of group members. Adding a member twice or removing a user who is no member has no effect and is no error. */
export class GroupMemberService {
  readonly #deps: GroupMemberServiceDeps;

  constructor(deps: GroupMemberServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Members of one group, by user id, without those of groups below it.
   * @param readFirst Reads the first page; given by a loader, which reads those of many groups together.
   */
  page(
    authority: Authority,
    groupId: string,
    request: PageRequest,
    readFirst?: (size: number) => Promise<readonly GroupMember[]>,
  ): Promise<PageResult<GroupMember>> {
    return this.#deps.store.members(authority.tenant.id, groupId, request, readFirst);
  }

  /**
   * The first direct members of each group, by user id. The caller of this method must check the permission to read them.
   * @throws INVALID_INPUT More than 10,000 of one group, or 250,000 of all together.
   */
  async firstOf(
    tenantId: string,
    groupIds: readonly string[],
    limit: number,
  ): Promise<ReadonlyMap<string, readonly GroupMember[]>> {
    if (limit < 0 || limit > MAX_LISTED) throw invalidField('limit', 'LIMIT', `0 to ${MAX_LISTED} members are listed.`);
    if (limit * groupIds.length > MAX_LISTED_TOGETHER)
      throw invalidField('limit', 'LIMIT', `At most ${MAX_LISTED_TOGETHER} members of all groups are listed together.`);
    return this.#deps.store.firstMembers(tenantId, groupIds, limit);
  }

  /**
   * @param userIds Public ids, at most 1000; all are added or none.
   * @throws NOT_FOUND, GROUP_MEMBER_NOT_FOUND, ACCOUNT_GUARDED
   * @throws PERMISSION_ESCALATION The caller does not hold all permissions of the roles of the group and its parents.
   */
  async add(authority: Authority, groupId: string, userIds: readonly string[]): Promise<Group> {
    const { clock, db, guarded, permissions, store } = this.#deps;
    const users = checkedUsers(userIds);
    return db.transaction(async () => {
      const group = await this.#open(authority, groupId);
      await this.#assertKnown(authority, users);
      await assertMayLend(authority, permissions, [group.id]);
      await guarded.assertMayChange(authority, 'user', users);
      const added = await store.addMembers(group.tenantId, group.id, users, clock.now()).catch(unknownMember);
      for (const userId of added) this.#record(authority, group, userId, holderEvents['group_member.added']);
      return group;
    });
  }

  /** @throws NOT_FOUND, GROUP_MEMBER_NOT_FOUND, ACCOUNT_GUARDED, ADMINISTRATOR_LAST */
  async remove(authority: Authority, groupId: string, userIds: readonly string[]): Promise<Group> {
    const { db, guarded, store } = this.#deps;
    const users = checkedUsers(userIds);
    return db.transaction(async () => {
      const group = await this.#open(authority, groupId);
      await this.#assertKnown(authority, users);
      await guarded.assertMayChange(authority, 'user', users);
      const removed = await guarded.keepingAdministrators(authority, () =>
        store.removeMembers(group.tenantId, group.id, users),
      );
      for (const userId of removed) this.#record(authority, group, userId, holderEvents['group_member.removed']);
      return group;
    });
  }

  /**
   * Makes a user a member of several groups, all or none.
   * @param references At most 200.
   * @returns The groups, each once.
   * @throws GROUP_MEMBER_NOT_FOUND, GROUP_NOT_FOUND, ACCOUNT_GUARDED, INVALID_INPUT
   * @throws PERMISSION_ESCALATION The caller does not hold all permissions of the roles of the groups and their parents.
   */
  async join(authority: Authority, userId: string, references: readonly TreeReference[]): Promise<Group[]> {
    return (await this.joinEach(authority, [{ userId, groups: references }]))[0]!;
  }

  /**
   * Makes users members of groups, all or none, with as many statements as for one.
   * @param joining At most 1,000 users, each once.
   * @returns The groups of each user, each once.
   * @throws What `join` throws.
   */
  async joinEach(authority: Authority, joining: readonly GroupsOfUser[]): Promise<Group[][]> {
    const { clock, db, guarded, permissions, store } = this.#deps;
    const tenantId = authority.tenant.id;
    const userIds = joining.map(({ userId }) => userId);
    return db.transaction(async () => {
      // An unknown user is the first to be refused.
      await this.#assertKnown(authority, checkedUsers(userIds));
      const lists = joining.map(({ groups }) => groups);
      const groupsOf = await findGroupsOfEach(store, tenantId, lists, 'input.groups');
      await assertMayLend(authority, permissions, [...new Set(groupsOf.flat().map(({ id }) => id))]);
      await guarded.assertMayChange(authority, 'user', userIds);
      const members = groupsOf.flatMap((groups, at) => groups.map(({ id }) => ({ groupId: id, userId: userIds[at]! })));
      const added = await store.join(tenantId, members, clock.now()).catch(unknownMember);
      const joined = Map.groupBy(added, ({ userId }) => userId);
      for (const [at, groups] of groupsOf.entries()) this.#recordJoined(authority, userIds[at]!, groups, joined);
      return groupsOf;
    });
  }

  /**
   * Ends the memberships of a user in several groups, all or none; groups of which it is no member are skipped.
   * @param references At most 200.
   * @returns The groups, each once.
   * @throws GROUP_MEMBER_NOT_FOUND, GROUP_NOT_FOUND, ACCOUNT_GUARDED, ADMINISTRATOR_LAST, INVALID_INPUT
   */
  async leave(authority: Authority, userId: string, references: readonly TreeReference[]): Promise<Group[]> {
    const { db, guarded, store } = this.#deps;
    return db.transaction(async () => {
      const groups = await this.#groupsFor(authority, userId, references);
      const ids = groups.map(({ id }) => id);
      await guarded.assertMayChange(authority, 'user', userId);
      const left = await guarded.keepingAdministrators(authority, () => store.leave(authority.tenant.id, userId, ids));
      for (const group of groups.filter(({ id }) => left.includes(id)))
        this.#record(authority, group, userId, holderEvents['group_member.removed']);
      return groups;
    });
  }

  #recordJoined(
    authority: Authority,
    userId: string,
    groups: readonly Group[],
    joined: ReadonlyMap<string, readonly Membership[]>,
  ): void {
    const ids = new Set(joined.get(userId)?.map(({ groupId }) => groupId));
    for (const group of groups.filter(({ id }) => ids.has(id)))
      this.#record(authority, group, userId, holderEvents['group_member.added']);
  }

  /** The groups that a change of one user names; an unknown user is the first to be refused. */
  async #groupsFor(authority: Authority, userId: string, references: readonly TreeReference[]): Promise<Group[]> {
    await this.#assertKnown(authority, checkedUsers([userId]));
    return findGroups(this.#deps.store, authority.tenant.id, references, 'input.groups');
  }

  async #assertKnown(authority: Authority, userIds: readonly string[]): Promise<void> {
    const known = await this.#deps.users.findMany(authority.tenant.id, userIds);
    const unknown = userIds.find((id) => !known.has(id));
    if (unknown === undefined) return;
    const message = `There is no user ${unknown}.`;
    throw groupErrors.GROUP_MEMBER_NOT_FOUND({
      fields: [{ path: 'input.userId', code: 'GROUP_MEMBER_NOT_FOUND', message }],
    });
  }

  async #open(authority: Authority, groupId: string): Promise<Group> {
    const group = await this.#deps.store.findById(authority.tenant.id, groupId);
    if (group === null) throw kernelErrors.NOT_FOUND();
    return group;
  }

  #record({ caller, tenant }: Authority, group: Group, subjectId: string, type: EventType): void {
    this.#deps.events.record(caller, tenant, { type, subjectId, params: { groupId: group.id, name: group.name } });
  }
}

function checkedUsers(userIds: readonly string[]): string[] {
  if (userIds.length > MAX_MEMBERS)
    throw invalidField('input.userIds', 'LIST_TOO_LONG', `At most ${MAX_MEMBERS} users.`);
  return [...new Set(userIds.map((id) => requireText(id, 'input.userId', { max: 128 })))];
}

/** Handles a user who was deleted after the check. */
function unknownMember(error: unknown): never {
  if (violatedConstraint(error) !== 'group_members__user_id__fkey') throw error;
  throw groupErrors.GROUP_MEMBER_NOT_FOUND().at('input.userId');
}
