import { toObjectId } from '../../realm-users/object-id.ts';
import type { ScimGroup } from '../operations.generated.ts';
import { GROUP_KIND } from './group-schema.ts';
import { locationOf } from './location.ts';
import { ScimRefusal } from './refusal.ts';
import { type Resource, withMember } from './resource.ts';

/** Most members of a group that an answer has, and most groups inside it. */
export const MAX_MEMBERS = 10_000;
export const MAX_NESTED = 1000;

/** A group inside another one. */
interface Inside {
  readonly id: string;
  readonly path: string;
}

/** A group as the graph shows it, with the members where they are asked for. */
export interface ShownGroup extends ScimGroup {
  readonly memberIds?: readonly string[] | null | undefined;
  readonly nestedGroups?: readonly (Inside | null)[] | null | undefined;
}

/** Names from the top to a group, without the first slash. */
const displayOf = ({ path }: { readonly path: string }): string => path.slice(1);

/** A group as a resource. @param base Address of the service provider, without a slash at the end. */
export function toGroupResource(group: ShownGroup, base: string): Resource {
  const id = toObjectId(group.id);
  const resource: Resource = {
    schemas: [GROUP_KIND.schema],
    id,
    displayName: displayOf(group),
    meta: {
      resourceType: GROUP_KIND.name,
      created: group.createdAt,
      lastModified: group.updatedAt,
      location: locationOf(base, 'Group', id),
    },
  };
  return withMember(withMember(resource, 'externalId', group.externalId), 'members', showMembers(group, base));
}

const showMembers = ({ memberIds, nestedGroups }: ShownGroup, base: string): readonly Resource[] => [
  ...(memberIds ?? []).map((value) => ({ value, $ref: locationOf(base, 'User', value), type: 'User' })),
  ...(nestedGroups ?? []).flatMap((group) => {
    if (group === null) return [];
    const value = toObjectId(group.id);
    return [{ value, $ref: locationOf(base, 'Group', value), type: 'Group', display: displayOf(group) }];
  }),
];

/**
 * The ids of the members of a resource, each once.
 * @throws ScimRefusal invalidValue: a member has no id.
 */
export function memberIdsOf(resource: Resource): string[] {
  const members = (resource['members'] ?? []) as readonly Resource[];
  const ids = members.map(({ value }) => {
    if (typeof value === 'string' && value !== '') return value;
    throw new ScimRefusal('invalidValue', 'A member has a "value".');
  });
  return [...new Set(ids)];
}

/**
 * The name by which a group gets a display name, which for a group below another is its path.
 * @throws ScimRefusal invalidValue: it would be below another group.
 */
export function nameFor({ path }: Pick<ScimGroup, 'path'>, displayName: string): string {
  const above = path.slice(0, path.lastIndexOf('/') + 1);
  const wanted = `/${displayName}`;
  if (wanted.startsWith(above) && wanted.length > above.length) return wanted.slice(above.length);
  throw new ScimRefusal('invalidValue', `"displayName" begins with "${above.slice(1)}".`);
}
