import type { Authority } from '../../access/index.ts';
import type { EventLog, EventType } from '../../events/index.ts';
import { type Clock, fold, invalidField, isSameJson, kernelErrors, newId, requireText } from '../../kernel/index.ts';
import {
  anyOfFaults,
  type ColumnSet,
  type Database,
  type PageRequest,
  type PageResult,
  violatedConstraint,
} from '../../persistence/index.ts';
import { mergedAttributes } from '../attributes.ts';
import { assertMayGrant } from '../escalation.ts';
import type { GuardedAccounts } from '../guarded-accounts.ts';
import type { RoleStore } from '../role.store.ts';
import { grantsElsewhere, type RolePermissions } from '../role-permissions.ts';
import type { Group } from './group.entity.ts';
import { groupErrors } from './group.errors.ts';
import { groupEvents } from './group.events.ts';
import type { GroupKeys, GroupStore, MemberGroupKeys } from './group.store.ts';
import type { GroupEdgeStore } from './group-edge.store.ts';
import type { GroupFilter, GroupOrder } from './group-filter.ts';
import { findGroup, type GroupReference, groupIdOf, MAX_DEPTH, MAX_WITHIN, TREE_PROFILE } from './group-reference.ts';

export interface CreateGroup {
  /** 1 to 255 characters. In the tree, without `/` and unique among the groups of the same parent, ignoring case. */
  readonly name: string;
  /** Default `groups`. */
  readonly profile?: string;
  /** Id of the group in its directory, unique per profile. Default: the id of the group. */
  readonly key?: string;
  /** Only for groups of the tree. Default: none. */
  readonly parentId?: string | null;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly externalId?: string | null;
}

export interface UpdateGroup {
  readonly name?: string;
  /** Null moves the group to the top. */
  readonly parentId?: string | null;
  /** Replaces the named attributes; null removes one, others stay. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Whether attributes that are not named are removed, where some are given. Default false. */
  readonly replaceAttributes?: boolean;
  readonly externalId?: string | null;
}

export interface GroupServiceDeps {
  readonly db: Database;
  readonly store: GroupStore;
  readonly edges: GroupEdgeStore;
  readonly roleStore: RoleStore;
  readonly permissions: RolePermissions;
  readonly guarded: GuardedAccounts;
  readonly events: EventLog;
  readonly clock: Clock;
}

const TEXT = { max: 255 };
const FILTER_TEXT = { min: 0, max: 1024 };
/** Ids of a filter: a page of groups. */
const MAX_IDS = 200;
const PROFILE = /^[A-Za-z0-9._-]{1,64}$/;

/** Rules of groups: their names and their position in the tree. See `GroupMemberService` for their members. */
export class GroupService {
  readonly #deps: GroupServiceDeps;

  constructor(deps: GroupServiceDeps) {
    this.#deps = deps;
  }

  /** @throws GROUP_KEY_AMBIGUOUS */
  find(authority: Authority, reference: GroupReference): Promise<Group | null> {
    return findGroup(this.#deps.store, authority, reference);
  }

  /** The group with this id, or null. The caller of this method must check the permission to read it. */
  findIn(tenantId: string, id: string): Promise<Group | null> {
    return this.#deps.store.findById(tenantId, id);
  }

  /** Groups by their ids; unknown ids are left out. The caller of this method must check the permission to read them. */
  findMany(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Group>>;
  /** @param columns What is read of each beside its keys; null: all. */
  findMany(
    tenantId: string,
    ids: readonly string[],
    columns: ColumnSet | null,
  ): Promise<ReadonlyMap<string, GroupKeys>>;
  findMany(
    tenantId: string,
    ids: readonly string[],
    columns: ColumnSet | null = null,
  ): Promise<ReadonlyMap<string, GroupKeys>> {
    return this.#deps.store.findMany(tenantId, ids, columns);
  }

  /**
   * The groups of which users are direct members. The caller of this method must check the permission to read them.
   * @param columns What is read of each beside its keys; null: all.
   */
  ofUsers(
    tenantId: string,
    userIds: readonly string[],
    columns: ColumnSet | null,
  ): Promise<ReadonlyMap<string, readonly MemberGroupKeys[]>> {
    return this.#deps.store.groupsOf(tenantId, userIds, columns);
  }

  /**
   * The groups directly inside groups. The caller of this method must check the permission to read them.
   * @param columns What is read of each beside its keys; null: all.
   */
  childrenOf(
    tenantId: string,
    parentIds: readonly string[],
    columns: ColumnSet | null,
  ): Promise<ReadonlyMap<string, readonly GroupKeys[]>> {
    return this.#deps.store.childrenOf(tenantId, parentIds, columns);
  }

  /** How many groups are directly inside groups; absent = none. The caller of this method must check the permission to read them. */
  countChildren(tenantId: string, parentIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#deps.store.countChildren(tenantId, parentIds);
  }

  /** The groups above groups, from the top. The caller of this method must check the permission to read them. */
  ancestorsOf(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Group[]>> {
    return this.#deps.store.ancestorsOf(tenantId, ids);
  }

  /** Returns the id that the methods below take. @throws NOT_FOUND, GROUP_KEY_AMBIGUOUS */
  idOf(authority: Authority, reference: GroupReference): Promise<string> {
    return groupIdOf(this.#deps.store, authority, reference);
  }

  /**
   * @param columns What is read of each group beside its keys; null: all.
   * @throws INVALID_INPUT The filter, the page or a cursor.
   */
  async page(
    authority: Authority,
    filter: GroupFilter,
    order: GroupOrder,
    request: PageRequest,
    columns: ColumnSet | null,
  ): Promise<PageResult<GroupKeys>> {
    const { anyOf, groupIds, ...texts } = filter;
    for (const [name, text] of Object.entries(texts))
      if (text != null) requireText(text, `filter.${name}`, FILTER_TEXT);
    if (groupIds !== undefined && groupIds.length > MAX_IDS)
      throw invalidField('filter.groupIds', 'LIST_TOO_LONG', `At most ${MAX_IDS} ids.`);
    const fields = anyOf === undefined ? [] : anyOfFaults(anyOf, 'filter.anyOf');
    if (fields.length > 0) throw kernelErrors.INVALID_INPUT({ fields });
    const found = await this.#atPath(authority, filter);
    return this.#deps.store.page(authority.tenant.id, found, order, request, columns);
  }

  /** The filter with the id of the group at its path, which an index finds by the names from the top. */
  async #atPath(authority: Authority, { path, groupIds, ...filter }: GroupFilter): Promise<GroupFilter> {
    if (path === undefined) return groupIds === undefined ? filter : { ...filter, groupIds };
    const group = await findGroup(this.#deps.store, authority, { path });
    const isMeant = group !== null && (groupIds === undefined || groupIds.includes(group.id));
    return { ...filter, groupIds: isMeant ? [group.id] : [] };
  }

  /** @throws GROUP_NAME_TAKEN, GROUP_NAME_INVALID, GROUP_KEY_TAKEN, GROUP_PROFILE_INVALID, GROUP_PARENT_*, GROUP_TOO_DEEP */
  async create(authority: Authority, input: CreateGroup): Promise<Group> {
    const { clock, db, store } = this.#deps;
    const tenantId = authority.tenant.id;
    const profile = input.profile ?? TREE_PROFILE;
    if (!PROFILE.test(profile)) throw groupErrors.GROUP_PROFILE_INVALID();
    const name = checkedName(input.name, profile);
    const attributes = mergedAttributes({}, input.attributes ?? {}, 'input.attributes');
    const externalId = optionalText(input.externalId, 'input.externalId');
    const id = newId();
    const key = input.key === undefined ? id : requireText(input.key, 'input.key', TEXT);
    const now = clock.now();
    return db.transaction(async () => {
      const parent = await this.#parent(tenantId, profile, input.parentId ?? null);
      if (parent !== null && depthOf(parent) + 1 > MAX_DEPTH) throw groupErrors.GROUP_TOO_DEEP();
      const group = store.create({
        tenantId,
        id,
        profile,
        key,
        parentId: parent?.id ?? null,
        name,
        path: pathUnder(parent, name),
        attributes,
        externalId,
        createdAt: now,
        updatedAt: now,
      });
      await this.#flushMapped();
      await store.replaceSearchRows(group);
      this.#record(authority, group, groupEvents['group.created']);
      return group;
    });
  }

  /**
   * Changes what the input names. After a move, the members of the group have the roles of its new parents.
   * @throws NOT_FOUND, ACCOUNT_GUARDED, PERMISSION_ESCALATION, ADMINISTRATOR_LAST, and what `create` throws.
   */
  async update(authority: Authority, id: string, input: UpdateGroup): Promise<Group> {
    const { clock, db, store } = this.#deps;
    return db.transaction(async () => {
      // Lock the tree before the row, so that a transaction with the tree lock never waits for this row.
      if (input.name !== undefined || input.parentId !== undefined) await store.lockTree(authority.tenant.id);
      const group = await this.#lock(authority, id);
      const changed = this.#assign(group, input);
      if (await this.#move(authority, group, input)) changed.push('place');
      if (changed.length === 0) return group;
      group.updatedAt = clock.now();
      await this.#flushMapped();
      if (changed.includes('attributes')) await store.replaceSearchRows(group);
      this.#record(authority, group, groupEvents['group.updated'], { changed });
      return group;
    });
  }

  /** Deletes a group with those below it, one event each. @throws NOT_FOUND, ACCOUNT_GUARDED, ADMINISTRATOR_LAST */
  async delete(authority: Authority, id: string): Promise<Group> {
    const { db, guarded, roleStore, store } = this.#deps;
    return db.transaction(async () => {
      await store.lockTree(authority.tenant.id);
      const group = await this.#lock(authority, id);
      const gone = await store.subtree(group.tenantId, group.id);
      const ids = gone.map((each) => each.id);
      await guarded.assertMayChange(authority, 'group', ids);
      await guarded.keepingAdministrators(authority, async () => {
        await roleStore.deleteGrantsOf(group.tenantId, 'group', ids);
        await store.delete(group.tenantId, group.id);
      });
      for (const each of gone) this.#record(authority, { ...group, ...each }, groupEvents['group.deleted']);
      return group;
    });
  }

  async #lock(authority: Authority, id: string): Promise<Group> {
    const group = await this.#deps.store.lock(authority.tenant.id, id);
    if (group === null) throw kernelErrors.NOT_FOUND();
    await this.#deps.guarded.assertMayChange(authority, 'group', group.id);
    return group;
  }

  #assign(group: Group, { attributes, replaceAttributes = false, externalId }: UpdateGroup): string[] {
    const changed: string[] = [];
    if (attributes !== undefined) {
      const next = mergedAttributes(replaceAttributes ? {} : (group.attributes ?? {}), attributes, 'input.attributes');
      if (!isSameJson(next, group.attributes)) changed.push('attributes');
      group.attributes = next;
    }
    if (externalId !== undefined) {
      const next = optionalText(externalId, 'input.externalId');
      if (next !== (group.externalId ?? null)) changed.push('externalId');
      group.externalId = next;
    }
    return changed;
  }

  /** Renames or moves a group, and updates the paths below it. @returns Whether anything changed. */
  async #move(authority: Authority, group: Group, input: UpdateGroup): Promise<boolean> {
    const { db, guarded, store } = this.#deps;
    const name = input.name === undefined ? group.name : checkedName(input.name, group.profile);
    const parentId = input.parentId === undefined ? (group.parentId ?? null) : input.parentId;
    const isMoved = parentId !== (group.parentId ?? null);
    if (name === group.name && !isMoved) return false;
    const subtree = await store.subtree(group.tenantId, group.id);
    const parent = await this.#parent(group.tenantId, group.profile, parentId);
    if (isMoved) await this.#assertMayMove(authority, group, subtree.length, parent);
    const before = group.path;
    const change = async () => {
      Object.assign(group, { name, foldedName: fold(name), parentId, path: pathUnder(parent, name) });
      await this.#flushMapped();
      const below = subtree.slice(1).map(({ id }) => id);
      await store.movePaths(group.tenantId, below, before, group.path);
      await db.em.flush();
    };
    if (isMoved) await guarded.keepingAdministrators(authority, change);
    else await change();
    return true;
  }

  /** @param inTree How many groups the tree has from this one on: its size has no bound, that of the groups nested in it has. */
  async #assertMayMove(
    authority: Authority,
    { id, tenantId }: Group,
    inTree: number,
    parent: Group | null,
  ): Promise<void> {
    const { edges, guarded, permissions } = this.#deps;
    const within = await edges.within(tenantId, [id]);
    if (within.length > Math.max(inTree, MAX_WITHIN + 1))
      throw invalidField('input.parentId', 'LIST_TOO_LONG', `At most ${MAX_WITHIN} groups move with one.`);
    await guarded.assertMayChange(authority, 'group', within);
    if (parent === null) return;
    if (within.includes(parent.id)) throw groupErrors.GROUP_PARENT_INVALID();
    if (!(await edges.fit(tenantId, parent.id, [id], MAX_DEPTH))) throw groupErrors.GROUP_TOO_DEEP();
    await assertMayLend(authority, permissions, [parent.id]);
  }

  async #parent(tenantId: string, profile: string, id: string | null): Promise<Group | null> {
    if (id === null) return null;
    if (profile !== TREE_PROFILE) throw groupErrors.GROUP_PARENT_INVALID();
    const parent = await this.#deps.store.findById(tenantId, id);
    if (parent === null) throw groupErrors.GROUP_PARENT_NOT_FOUND();
    if (parent.profile !== TREE_PROFILE) throw groupErrors.GROUP_PARENT_INVALID();
    return parent;
  }

  #record({ caller, tenant }: Authority, group: Group, type: EventType, params: Record<string, unknown> = {}): void {
    this.#deps.events.record(caller, tenant, { type, params: { groupId: group.id, name: group.name, ...params } });
  }

  async #flushMapped(): Promise<void> {
    try {
      await this.#deps.db.em.flush();
    } catch (error) {
      const code = TAKEN[violatedConstraint(error) ?? ''];
      if (code === undefined) throw error;
      const { message } = groupErrors.rows[code];
      throw groupErrors[code]({ fields: [{ path: TAKEN_PATH[code], code, message }] });
    }
  }
}

const TAKEN: Readonly<Record<string, 'GROUP_NAME_TAKEN' | 'GROUP_KEY_TAKEN' | undefined>> = {
  groups__parent_name: 'GROUP_NAME_TAKEN',
  groups__key: 'GROUP_KEY_TAKEN',
};
const TAKEN_PATH = { GROUP_NAME_TAKEN: 'input.name', GROUP_KEY_TAKEN: 'input.key' } as const;

/**
 * Requires that the caller may grant the roles of groups to which it adds members or child groups, because they get these
 * roles.
 * @throws PERMISSION_ESCALATION, PERMISSION_MASTER_ONLY
 */
export async function assertMayLend(
  authority: Authority,
  permissions: RolePermissions,
  groupIds: readonly string[],
): Promise<void> {
  for (const held of (await permissions.heldByMany(authority.tenant.id, 'group', groupIds)).values()) {
    assertMayGrant(authority, [...held.permissions.grants(), ...grantsElsewhere(held)]);
  }
}

/** Levels from the top to the group; names in the tree hold no `/`. */
const depthOf = (group: Group): number => group.path.split('/').length - 1;

const pathUnder = (parent: Group | null, name: string): string => `${parent?.path ?? ''}/${name}`;

const optionalText = (value: string | null | undefined, path: string): string | null =>
  value == null ? null : requireText(value, path, TEXT);

function checkedName(value: unknown, profile: string): string {
  const name = requireText(value, 'input.name', TEXT);
  if (profile !== TREE_PROFILE || !name.includes('/')) return name;
  throw groupErrors.GROUP_NAME_INVALID().at('input.name');
}
