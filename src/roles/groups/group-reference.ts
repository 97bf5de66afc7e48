import type { Authority } from '../../access/index.ts';
import { fold, invalidField, isStorableText, kernelErrors } from '../../kernel/index.ts';
import { requireEach } from '../require-each.ts';
import type { Group } from './group.entity.ts';
import { groupErrors } from './group.errors.ts';
import type { GroupStore } from './group.store.ts';

/** The profile whose groups form a tree; groups of any other are an organisation directory, found by `key`. */
export const TREE_PROFILE = 'groups';

/** Most levels of the tree: a path of 32 names of 255 characters is 8 KB, and people do not manage deeper trees. */
export const MAX_DEPTH = 32;

/** Most groups at all levels inside a group that others are nested in: each is compared with the caller when the group moves. */
export const MAX_WITHIN = 2000;

/** Most groups that one change of a user's memberships names: each causes an event, in one transaction. */
const MAX_GROUPS = 200;

/** Identifies a group by its id, by its path in the tree, or by its key in a directory. */
export interface GroupReference {
  readonly id?: string | null | undefined;
  /** `/parent/child`, ignoring case; the first slash may be left out. */
  readonly path?: string | null | undefined;
  readonly key?: string | null | undefined;
  /**
   * With an id: the profile the group must have. With a key, when left out: the only directory of organisations that has
   * the key.
   */
  readonly profile?: string | null | undefined;
}

/** @throws GROUP_KEY_AMBIGUOUS Several directories have the key. */
export async function findGroup(
  store: GroupStore,
  { tenant }: Authority,
  { id, path, key, profile }: GroupReference,
): Promise<Group | null> {
  if (path != null) return (await findByPaths(store, tenant.id, [path])).get(path) ?? null;
  if (id != null) {
    const group = await store.findById(tenant.id, id);
    return profile == null || group?.profile === profile ? group : null;
  }
  if (key == null || !isStorableText(key) || !isStorableText(profile ?? '')) return null;
  if (profile != null) return store.findByKey(tenant.id, profile, key);
  const [group, other] = await store.findOutside(tenant.id, TREE_PROFILE, key);
  if (other !== undefined) throw groupErrors.GROUP_KEY_AMBIGUOUS().at('profile');
  return group ?? null;
}

/** The id of the group. @throws NOT_FOUND, GROUP_KEY_AMBIGUOUS */
export async function groupIdOf(store: GroupStore, authority: Authority, reference: GroupReference): Promise<string> {
  if (reference.id != null && reference.profile == null) return reference.id;
  const group = await findGroup(store, authority, reference);
  if (group === null) throw kernelErrors.NOT_FOUND();
  return group.id;
}

/** Identifies a group of a list by its id or by its path in the tree. */
export type TreeReference = { readonly id: string } | { readonly path: string };

/**
 * Finds all of the groups, each once, with two statements at most.
 * @param path GraphQL input path of the list.
 * @throws INVALID_INPUT More than 200.
 * @throws GROUP_NOT_FOUND One is not there.
 */
export async function findGroups(
  store: GroupStore,
  tenantId: string,
  references: readonly TreeReference[],
  path: string,
): Promise<Group[]> {
  return (await findGroupsOfEach(store, tenantId, [references], path))[0]!;
}

/** As `findGroups` for several lists, with as many statements as for one. @returns The groups of each list. */
export async function findGroupsOfEach(
  store: GroupStore,
  tenantId: string,
  lists: readonly (readonly TreeReference[])[],
  path: string,
): Promise<Group[][]> {
  if (lists.some(({ length }) => length > MAX_GROUPS))
    throw invalidField(path, 'LIST_TOO_LONG', `At most ${MAX_GROUPS} groups at once.`);
  const references = lists.flat();
  const ids = references.flatMap((reference) => ('id' in reference ? [reference.id] : []));
  const paths = references.flatMap((reference) => ('path' in reference ? [reference.path] : []));
  const byId = await store.findMany(tenantId, [...new Set(ids)]);
  const byPath = await findByPaths(store, tenantId, [...new Set(paths)]);
  const find = (reference: TreeReference) => ('id' in reference ? byId.get(reference.id) : byPath.get(reference.path));
  return lists.map((list) => requireEach(list, find, groupErrors.GROUP_NOT_FOUND, path));
}

/** The group of each path as it was given; paths without a group are left out. */
async function findByPaths(
  store: GroupStore,
  tenantId: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Group>> {
  const wanted = paths.flatMap((path) => {
    const names = toFoldedNames(path);
    return names === null ? [] : [{ path, names }];
  });
  const found = await store.findByNames(
    tenantId,
    wanted.map(({ names }) => names),
  );
  return new Map(found.map(({ at, ...group }) => [wanted[at]!.path, group]));
}

/** The folded names on a path from the top; null when no group can be there. */
function toFoldedNames(path: string): string[] | null {
  const names = path.replace(/^\//, '').split('/');
  if (names.length > MAX_DEPTH || names.some((name) => name === '' || !isStorableText(name))) return null;
  // Fold each name after the split: the compatibility form of some characters contains a slash.
  return names.map(fold);
}
