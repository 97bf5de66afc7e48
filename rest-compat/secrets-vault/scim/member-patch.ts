import { findAttribute, isSameName } from './attribute.ts';
import type { ScimFilter } from './filter.ts';
import { memberIdsOf } from './group-mapping.ts';
import { GROUP_KIND } from './group-schema.ts';
import { applyPatch, type PatchOperation } from './patch.ts';
import { readPatchPath } from './patch-path.ts';
import { ScimRefusal } from './refusal.ts';
import { type Resource, readValue } from './resource.ts';

/** Stands for all members that operations do not name. No id has a NUL. */
const OTHERS = '\0others';

const MEMBERS = findAttribute(GROUP_KIND, { schema: null, name: 'members', sub: null })!.attribute!;

/** A group as operations leave it. */
export interface PatchedGroup {
  /** Without members. */
  readonly resource: Resource;
  readonly members: readonly string[];
  readonly removedMembers: readonly string[];
  /** Whether members that `members` does not name are removed. */
  readonly replaceMembers: boolean;
}

/**
 * Applies operations to a group whose members are not known: there may be more of them than one change can read. Those that
 * operations remove are taken for members, which does no harm, because to remove somebody else changes nothing.
 * @param group Without members.
 * @throws ScimRefusal
 */
export function patchGroup(group: Resource, operations: readonly PatchOperation[]): PatchedGroup {
  const named = [...new Set(operations.flatMap(removedBy))];
  const before = { ...group, members: [OTHERS, ...named].map((value) => ({ value })) };
  const { members: patchedMembers, ...resource } = applyPatch(GROUP_KIND, before, operations);
  const after = new Set(memberIdsOf({ members: patchedMembers }));
  return {
    resource,
    members: [...after].filter((id) => id !== OTHERS),
    removedMembers: named.filter((id) => !after.has(id)),
    replaceMembers: !after.has(OTHERS),
  };
}

/**
 * The members that an operation removes by their ids.
 * @throws ScimRefusal invalidFilter: it names members by something else. mutability: it changes a member.
 */
function removedBy({ op, path, value }: PatchOperation): readonly string[] {
  const target = path === null ? null : readPatchPath(GROUP_KIND, path);
  if (target?.attribute?.name !== MEMBERS.name) return [];
  if (target.filter === null) return op === 'remove' && value != null ? idsIn(value) : [];
  if (op !== 'remove') throw new ScimRefusal('mutability', 'A member is added or removed, and not changed.');
  return [idIn(target.filter.written)];
}

const idsIn = (value: unknown): readonly string[] => memberIdsOf({ members: readValue(MEMBERS, value) });

function idIn(filter: ScimFilter): string {
  const isId = filter.kind === 'compare' && filter.operator === 'eq' && isSameName(filter.path.name, 'value');
  if (isId && typeof filter.value === 'string') return filter.value;
  throw new ScimRefusal('invalidFilter', 'Members are named by "value eq".');
}
