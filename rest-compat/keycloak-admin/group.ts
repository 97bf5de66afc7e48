import { z } from 'zod';
import { presentItems } from '../engine/index.ts';
import { toObjectId } from '../realm-users/object-id.ts';
import { ATTRIBUTES, SENT_ATTRIBUTES, showAttributes } from './attributes.ts';
import type { FullGroup, GroupFilterInput, GroupsOfUserData, Group as ReadGroup } from './operations.generated.ts';
import { namesByOwner } from './role.ts';
import { holds, type Viewer } from './user.ts';
import { attributesIn } from './user-filter.ts';

const ACCESS = z.strictObject({
  view: z.boolean(),
  viewMembers: z.boolean(),
  manageMembers: z.boolean(),
  manage: z.boolean(),
  manageMembership: z.boolean(),
});

/** A group as it is answered (docs/dialects/kobil.md, section 4.3). */
export const GROUP = z.strictObject({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  parentId: z.string().optional(),
  subGroupCount: z.number().int().optional(),
  subGroups: z.array(z.unknown()).describe('Groups below that a list found; else empty.'),
  attributes: ATTRIBUTES.optional(),
  realmRoles: z.array(z.string()).optional().describe('Names of roles of the realm granted to the group.'),
  clientRoles: z.record(z.string(), z.array(z.string())).optional().describe('Names of roles, by `client_id`.'),
  access: ACCESS.optional().describe('What the caller may do with the group.'),
});

/** A number of groups. */
export const GROUP_COUNT = z.strictObject({ count: z.number().int() });

type Group = NonNullable<NonNullable<GroupsOfUserData['user']['groups']>[number]>;

/** Profile of the groups of the tree; others are directories of organisations. */
const TREE = 'groups';

/** The groups of the tree whose name has a text, ignoring case. */
export const matching = <G extends Pick<Group, 'name' | 'profile'>>(groups: readonly G[], search = ''): readonly G[] =>
  groups.filter(({ profile, name }) => profile === TREE && name.toLowerCase().includes(search.toLowerCase()));

/** The group as it is answered among those of a user. */
export const showGroup = ({ id, name, path, parent, attributes }: Group, isBrief: boolean) => ({
  id: toObjectId(id),
  name,
  path,
  ...(parent === null ? {} : { parentId: toObjectId(parent.id) }),
  subGroups: [],
  ...(isBrief ? {} : { attributes: showAttributes(attributes) }),
});

type Access = z.output<typeof ACCESS>;

/** What the caller may do with groups of a tenant. */
export function groupAccessOf({ permissions }: Viewer): Access {
  const may = holds(permissions);
  return {
    view: may('group:read'),
    viewMembers: may('group-member:read'),
    manageMembers: may('user:write'),
    manage: may('group:write'),
    manageMembership: may('group-member:write'),
  };
}

/** The names of roles granted to a group, those of clients by client. */
function showRoles(roles: FullGroup['roles']) {
  const { ofTenant, ofClients } = namesByOwner(roles);
  return { realmRoles: ofTenant, clientRoles: ofClients };
}

type Shown = z.input<typeof GROUP>;
type Whole = ReadGroup & Partial<FullGroup>;

/** The group of the tree as it is answered; with attributes and roles where they were read. */
export const showTreeGroup = (
  { id, name, path, parent, childCount, attributes, roles }: Whole,
  access?: Access,
): Shown => ({
  id: toObjectId(id),
  name,
  path,
  ...(parent === null ? {} : { parentId: toObjectId(parent.id) }),
  subGroupCount: childCount ?? 0,
  subGroups: [],
  ...(attributes === undefined ? {} : { attributes: showAttributes(attributes), ...showRoles(roles ?? null) }),
  ...(access === undefined ? {} : { access }),
});

/** All groups of the tree, each inside its parent. */
export function showTree(groups: readonly Whole[]): Shown[] {
  const byParent = Map.groupBy(groups, ({ parent }) => parent?.id ?? null);
  const below = (parentId: string | null): Shown[] =>
    (byParent.get(parentId) ?? []).map((group) => ({ ...showTreeGroup(group), subGroups: below(group.id) }));
  return below(null);
}

type Found = Whole & { readonly ancestors?: readonly (Whole | null)[] | null };

/** Groups that were found, each inside those above it, which are shown once. */
export function showHierarchy(found: readonly Found[], access: Access): Shown[] {
  const tops: Shown[] = [];
  const shown = new Map<string, { readonly group: Shown; readonly below: Shown[] }>();
  const place = (group: Whole, siblings: Shown[]): Shown[] => {
    const known = shown.get(group.id);
    if (known !== undefined) return known.below;
    const below: Shown[] = [];
    const made = { ...showTreeGroup(group, access), subGroups: below };
    shown.set(group.id, { group: made, below });
    siblings.push(made);
    return below;
  };
  for (const { ancestors, ...group } of found) {
    let siblings = tops;
    for (const above of presentItems(ancestors ?? [])) siblings = place(above, siblings);
    place(group, siblings);
  }
  return tops;
}

/** Path of the name of a group, which the shape alone would not tell from one of another type. */
export const ABSENT_GROUP_NAME = 'name.absent';

const NAME = z.string().nullable().optional();
const isNamed = ({ name }: { readonly name?: string | null | undefined }): boolean =>
  name != null && name.trim() !== '';
const NAMED = { path: ABSENT_GROUP_NAME.split('.') };
const CHANGED = z.object({ name: NAME.describe('Mandatory.'), attributes: SENT_ATTRIBUTES });

/** Changes to a group as they are sent. */
export const CHANGED_GROUP = CHANGED.refine(isNamed, NAMED);

/** A group to be put somewhere, as it is sent. */
export const PLACED_GROUP = CHANGED.extend({
  id: z.string().nullable().optional().describe('An existing group, which is moved. Default: a new one is made.'),
}).refine(isNamed, NAMED);

/** The variables that put a group below a parent, or at the top. */
export const toPlace = ({ id, name, attributes }: z.output<typeof PLACED_GROUP>, parentId: string | null) => ({
  isNew: id == null,
  groupId: id ?? '',
  name: name!,
  attributes: attributes ?? {},
  parentId,
});

/** The variables of a change, except for the group. */
export const toGroupChange = ({ name, attributes }: z.output<typeof CHANGED_GROUP>) => ({
  name: name!,
  ...(attributes == null ? {} : { attributes }),
});

/** Parameters that narrow lists of groups. */
export const GROUP_FILTER_PARAMETERS = {
  search: z.string().optional().describe('Text in the name, ignoring case.'),
  exact: z.enum(['true', 'false']).optional().describe('`true`: `search` is the whole name.'),
};

interface AskedGroups {
  readonly search?: string | undefined;
  readonly exact?: 'true' | 'false' | undefined;
  readonly q?: string | undefined;
}

/** Whether a list is about groups at whatever place, and not those at the top alone. */
export const isSearch = ({ search, q }: AskedGroups): boolean => Boolean(search) || Boolean(q);

/** The groups of the tree that parameters ask for. */
export function toGroupFilter({ search, exact, q }: AskedGroups): GroupFilterInput {
  const isExact = Boolean(search) && exact === 'true';
  const whole = [...(isExact ? [{ field: 'NAME' as const, value: search! }] : []), ...(q ? attributesIn(q) : [])];
  return {
    profile: TREE,
    ...(search && !isExact ? { nameContains: search } : {}),
    ...(whole.length === 0 ? {} : { anyOf: [{ allOf: whole }] }),
  };
}
