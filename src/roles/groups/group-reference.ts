import type { Authority } from '../../access/index.ts';
import { isStorableText, kernelErrors } from '../../kernel/index.ts';
import type { Group } from './group.entity.ts';
import { groupErrors } from './group.errors.ts';
import type { GroupStore } from './group.store.ts';

/** The profile whose groups form a tree; groups of any other are an organisation directory, found by `key`. */
export const TREE_PROFILE = 'groups';

/** Identifies a group by its id, or by its key in a directory. */
export interface GroupReference {
  readonly id?: string | null | undefined;
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
  { id, key, profile }: GroupReference,
): Promise<Group | null> {
  if (id != null) {
    const group = await store.findById(tenant.id, id);
    return profile == null || group?.profile === profile ? group : null;
  }
  if (key == null || !isStorableText(key) || !isStorableText(profile ?? '')) return null;
  if (profile != null) return store.findByKey(tenant.id, profile, key);
  const [group, other] = await store.findOutside(tenant.id, TREE_PROFILE, key);
  if (other !== undefined) {
    const { message } = groupErrors.rows.GROUP_KEY_AMBIGUOUS;
    throw groupErrors.GROUP_KEY_AMBIGUOUS({ fields: [{ path: 'profile', code: 'GROUP_KEY_AMBIGUOUS', message }] });
  }
  return group ?? null;
}

/** The id of the group. @throws NOT_FOUND, GROUP_KEY_AMBIGUOUS */
export async function groupIdOf(store: GroupStore, authority: Authority, reference: GroupReference): Promise<string> {
  if (reference.id != null && reference.profile == null) return reference.id;
  const group = await findGroup(store, authority, reference);
  if (group === null) throw kernelErrors.NOT_FOUND();
  return group.id;
}
