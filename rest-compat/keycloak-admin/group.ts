import { z } from 'zod';
import { toObjectId } from '../realm-users/object-id.ts';
import { textsOf } from '../realm-users/profile.ts';
import type { GroupsOfUserData } from './operations.generated.ts';

/** A group as it is answered (docs/dialects/kobil.md, section 4.3). */
export const GROUP = z.strictObject({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  parentId: z.string().optional(),
  subGroups: z.array(z.unknown()).describe('Always empty.'),
  attributes: z.record(z.string(), z.array(z.string())).optional().describe('Each with all its values.'),
});

/** A number of groups. */
export const GROUP_COUNT = z.strictObject({ count: z.number().int() });

type Group = NonNullable<NonNullable<GroupsOfUserData['user']['groups']>[number]>;

/** Profile of the groups of the tree; others are directories of organisations. */
const TREE = 'groups';

/** The groups of the tree whose name has a text, ignoring case. */
export const matching = <G extends Pick<Group, 'name' | 'profile'>>(groups: readonly G[], search = ''): readonly G[] =>
  groups.filter(({ profile, name }) => profile === TREE && name.toLowerCase().includes(search.toLowerCase()));

/** The group as it is answered. */
export function showGroup({ id, name, path, parent, attributes }: Group, isBrief: boolean) {
  const values = Object.entries(attributes).map(([key, value]) => [
    key,
    textsOf(value).filter((text) => text !== null),
  ]);
  return {
    id: toObjectId(id),
    name,
    path,
    ...(parent === null ? {} : { parentId: toObjectId(parent.id) }),
    subGroups: [],
    ...(isBrief ? {} : { attributes: Object.fromEntries(values) }),
  };
}
